package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"ferry/netcore"
)

// A rowList shows any number of transfers with as many rows as fit on the screen.
// An item keeps its row while it scrolls. With the keyboard, one of them is chosen.
type rowList struct {
	widget.BaseWidget
	actions rowActions
	items   []item
	rows    []*row // item i is in rows[i % len(rows)]
	content *fyne.Container
	scroll  *container.Scroll
	onEnd   func()               // called when the last items come into sight; may be nil
	onKey   func(*fyne.KeyEvent) // keys that are not for a list
	canvas  func() fyne.Canvas   // where it can get the focus
	chosen  netcore.TransferID   // zero: none
	focused bool
}

var _ fyne.Focusable = (*rowList)(nil)

func newRowList(actions rowActions) *rowList {
	l := &rowList{actions: actions}
	l.actions.chosen = l.clicked
	l.content = container.New(placed{
		min:   func() fyne.Size { return fyne.NewSize(0, float32(len(l.items))*rowHeight) },
		place: func(fyne.Size) { l.arrange() },
	})
	l.scroll = container.NewVScroll(l.content)
	l.scroll.OnScrolled = func(fyne.Position) { l.arrange() }
	l.ExtendBaseWidget(l)
	return l
}

// set shows items, which must not be changed afterwards.
func (l *rowList) set(items []item) {
	resized := len(items) != len(l.items)
	l.items = items
	if resized {
		l.scroll.Refresh() // the bar, and how far it goes; arranges too
	}
	l.arrange()
}

// arrange gives the items that are on screen their rows.
func (l *rowList) arrange() {
	first, last := l.visible()
	l.provide(int(l.scroll.Size().Height/rowHeight) + 2)
	used := make([]bool, len(l.rows))
	for i := first; i < last; i++ {
		slot := i % len(l.rows)
		used[slot] = true
		r := l.rows[slot]
		put(r, 0, float32(i)*rowHeight, l.scroll.Size().Width-rowMargin, rowHeight)
		r.set(l.items[i])
		r.setMark(l.items[i].ID == l.chosen, l.focused)
		r.Show()
	}
	for slot, on := range used {
		if !on {
			l.rows[slot].Hide()
		}
	}
	const soon = 20
	if l.onEnd != nil && last > 0 && last+soon >= len(l.items) {
		l.onEnd()
	}
}

// rowMargin is right of the rows: what is in them ends where all of the page does. The scroll bar lies there.
const rowMargin = space - rowInset

// visible is the range of items that are on screen, if only in part.
func (l *rowList) visible() (first, last int) {
	top, height := l.scroll.Offset.Y, l.scroll.Size().Height
	if height <= 0 {
		return 0, 0
	}
	first = max(int(top/rowHeight), 0)
	last = min(int((top+height)/rowHeight)+1, len(l.items))
	return min(first, last), last
}

// provide has at least n rows.
func (l *rowList) provide(n int) {
	for len(l.rows) < n {
		r := newRow(l.actions)
		l.rows = append(l.rows, r)
		l.content.Objects = append(l.content.Objects, r)
	}
}

// at is where the chosen item is; -1 if none is, or it is not listed any more.
func (l *rowList) at() int {
	return slices.IndexFunc(l.items, func(it item) bool { return it.ID == l.chosen })
}

// choose goes to an item, or to the nearest that there is, and brings it into sight.
func (l *rowList) choose(i int) {
	if len(l.items) == 0 {
		return
	}
	i = max(min(i, len(l.items)-1), 0)
	l.chosen = l.items[i].ID
	top, height := float32(i)*rowHeight, l.scroll.Size().Height
	switch offset := l.scroll.Offset.Y; {
	case top < offset:
		l.scroll.ScrollToOffset(fyne.NewPos(0, top))
	case top+rowHeight > offset+height:
		l.scroll.ScrollToOffset(fyne.NewPos(0, top+rowHeight-height))
	}
	l.arrange()
}

func (l *rowList) clicked(it item) {
	l.chosen = it.ID
	if l.canvas != nil {
		l.canvas().Focus(l)
	}
	l.arrange()
}

// FocusGained implements fyne.Focusable.
func (l *rowList) FocusGained() {
	l.focused = true
	if l.at() < 0 {
		first, _ := l.visible()
		l.choose(first)
	}
	l.arrange()
}

// FocusLost implements fyne.Focusable.
func (l *rowList) FocusLost() {
	l.focused = false
	l.arrange()
}

// TypedRune implements fyne.Focusable.
func (l *rowList) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (l *rowList) TypedKey(ev *fyne.KeyEvent) {
	i := l.at()
	page := max(int(l.scroll.Size().Height/rowHeight)-1, 1)
	switch ev.Name {
	case fyne.KeyUp:
		l.choose(i - 1)
	case fyne.KeyDown:
		l.choose(i + 1)
	case fyne.KeyPageUp:
		l.choose(i - page)
	case fyne.KeyPageDown:
		l.choose(i + page)
	case fyne.KeyHome:
		l.choose(0)
	case fyne.KeyEnd:
		l.choose(len(l.items) - 1)
	default:
		if i < 0 || !l.act(l.items[i], ev.Name) {
			l.onKey(ev)
		}
	}
}

// act does what a key means for an item, and reports whether it means something.
func (l *rowList) act(it item, name fyne.KeyName) bool {
	var d deed
	ok := true
	switch name {
	case fyne.KeyReturn, fyne.KeyEnter:
		d, ok = it.usual()
	case fyne.KeySpace:
		d, ok = it.toggle()
	case fyne.KeyDelete, fyne.KeyBackspace:
		d = it.remove()
	default:
		return false
	}
	if !ok {
		return true // nothing to open is no reason to do something else
	}
	i := l.at()
	l.actions.do[d](it)
	if l.at() < 0 {
		l.choose(i) // the next one has moved up
	}
	return true
}

func (l *rowList) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(l.scroll)
}
