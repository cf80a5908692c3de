package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"ferry/netcore"
)

// A fileList shows any number of files of a transfer, by their numbers. What it shows of them is read when it is needed. It is
// one stop of the Tab key, and scrolls by keys.
type fileList struct {
	widget.BaseWidget
	list  *lazyList[int32, *fileRow]
	read  map[int32]netcore.FileInfo // around what is on screen
	show  func(*fileRow, netcore.FileInfo)
	need  func()               // something is on screen that is not read
	onKey func(*fyne.KeyEvent) // keys that are not for the list
	back  *surface
	ring  *canvas.Rectangle
}

func newFileList(show func(*fileRow, netcore.FileInfo), need func(), onKey func(*fyne.KeyEvent)) *fileList {
	l := &fileList{show: show, need: need, onKey: onKey, ring: newBox(radius - 2)}
	l.back = newSurface(theme.ColorNameInputBackground, "", radius-2)
	l.list = &lazyList[int32, *fileRow]{pitch: fileHeight, create: newFileRow, show: l.showRow}
	l.list.init()
	l.list.scroll = container.NewVScroll(l.list)
	l.list.scroll.OnScrolled = func(fyne.Position) { l.arrange() }
	l.ExtendBaseWidget(l)
	return l
}

// set lists other files, from the first on.
func (l *fileList) set(numbers []int32) {
	l.read = nil
	l.list.scroll.ScrollToTop()
	l.list.set(numbers)
	l.arrange()
}

// arrange shows what is on screen, and has read what is missing.
func (l *fileList) arrange() {
	l.list.arrange()
	first, last := l.list.visible()
	for _, n := range l.list.keys[first:last] {
		if _, ok := l.read[n]; !ok {
			l.need()
			return
		}
	}
}

// around are the numbers of what is on screen, and of a screen before and after it.
func (l *fileList) around() []int32 {
	first, last := l.list.visible()
	n := last - first
	return l.list.keys[max(first-n, 0):min(last+n, len(l.list.keys))]
}

// take shows what was read.
func (l *fileList) take(files []netcore.FileInfo, numbers []int32) {
	l.read = make(map[int32]netcore.FileInfo, len(files))
	for i, n := range numbers {
		l.read[n] = files[i]
	}
	l.arrange()
}

func (l *fileList) showRow(r *fileRow, n int32) {
	if f, ok := l.read[n]; ok {
		l.show(r, f)
	} else {
		r.clear()
	}
}

// FocusGained implements fyne.Focusable.
func (l *fileList) FocusGained() { l.setRing(2) }

// FocusLost implements fyne.Focusable.
func (l *fileList) FocusLost() { l.setRing(0) }

func (l *fileList) setRing(width float32) {
	l.ring.StrokeWidth, l.ring.StrokeColor = width, tint(theme.ColorNameFocus)
	l.ring.Refresh()
}

// TypedRune implements fyne.Focusable.
func (l *fileList) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (l *fileList) TypedKey(ev *fyne.KeyEvent) {
	page := l.list.scroll.Size().Height - fileHeight
	end := l.list.MinSize().Height
	by := map[fyne.KeyName]float32{
		fyne.KeyUp: -fileHeight, fyne.KeyDown: fileHeight, fyne.KeyPageUp: -page, fyne.KeyPageDown: page, fyne.KeyHome: -end, fyne.KeyEnd: end,
	}[ev.Name]
	if by == 0 {
		l.onKey(ev)
		return
	}
	at := l.list.scroll.Offset
	at.Y = max(min(at.Y+by, end-l.list.scroll.Size().Height), 0)
	l.list.scroll.ScrollToOffset(at)
	l.arrange()
}

// CreateRenderer implements fyne.Widget.
func (l *fileList) CreateRenderer() fyne.WidgetRenderer {
	const least = 5*fileHeight + 2*listPad
	return &drawn{
		objects: []fyne.CanvasObject{l.back, l.list.scroll, l.ring},
		min:     func() fyne.Size { return fyne.NewSize(0, least) },
		place: func(s fyne.Size) {
			l.back.Resize(s)
			l.ring.Resize(s)
			put(l.list.scroll, listPad, listPad, s.Width-2*listPad, s.Height-2*listPad)
			l.arrange()
		},
		paint: func() { l.back.Refresh() },
	}
}

func (l *fileList) inside() []fyne.CanvasObject { return []fyne.CanvasObject{l.list} }
