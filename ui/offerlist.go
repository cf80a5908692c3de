package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// entryHeight is that of one line of what comes.
const entryHeight = 26

// An offerList shows a tree of what comes, with a tick before each entry. It is one stop of the Tab key; arrows move in it,
// Space ticks.
type offerList struct {
	widget.BaseWidget
	tree    *tree
	cursor  int // the line that keys are for
	focused bool
	changed func()               // a tick was changed
	onKey   func(*fyne.KeyEvent) // keys that are not for the list
	back    *surface
	ring    *canvas.Rectangle
	list    *lazyList[int32, *entryRow]
}

func newOfferList(changed func(), onKey func(*fyne.KeyEvent)) *offerList {
	l := &offerList{changed: changed, onKey: onKey, tree: newTree(), ring: newBox(radius - 2)}
	l.back = newSurface(theme.ColorNameInputBackground, "", radius-2)
	l.list = &lazyList[int32, *entryRow]{pitch: entryHeight, create: l.newRow, show: l.showRow}
	l.list.init()
	l.list.scroll = container.NewVScroll(l.list)
	l.list.scroll.OnScrolled = func(fyne.Position) { l.list.arrange() }
	l.paint()
	l.ExtendBaseWidget(l)
	return l
}

// setTree shows another tree. What was not wanted of the one before is not wanted of it.
func (l *offerList) setTree(t *tree) {
	unwanted, deepest := make(map[string]bool), -1
	for _, p := range l.tree.skipped() {
		unwanted[p] = true
		deepest = max(deepest, strings.Count(p, "/"))
	}
	for i := range t.nodes {
		if n := &t.nodes[i]; i > 0 && int(n.depth) <= deepest && unwanted[t.path(int32(i))] {
			t.setWanted(int32(i), false)
		}
	}
	t.openAlone()
	l.tree, l.cursor = t, 0
	l.list.set(t.shown())
}

// height is what it takes to show all lines.
func (l *offerList) height() float32 {
	return float32(len(l.list.keys))*entryHeight + 2*listPad
}

// listPad is the room above and below the lines.
const listPad = 3

// leastLines are shown of a list with more, at least.
const leastLines = 2

func (l *offerList) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{l.back, l.list.scroll, l.ring},
		min: func() fyne.Size {
			return fyne.NewSize(0, min(l.height(), leastLines*entryHeight+2*listPad))
		},
		place: func(s fyne.Size) {
			l.back.Resize(s)
			l.ring.Resize(s)
			put(l.list.scroll, listPad, listPad, s.Width-2*listPad, s.Height-2*listPad)
			l.list.arrange()
		},
		paint: l.paint,
	}
}

func (l *offerList) paint() {
	l.ring.StrokeWidth = 0
	if l.focused {
		l.ring.StrokeWidth, l.ring.StrokeColor = 2, tint(theme.ColorNameFocus)
	}
}

func (l *offerList) newRow() *entryRow {
	r := newEntryRow()
	r.onTick = func() { l.pressed(r.index); l.tick(r.index) }
	r.onOpen = func() { l.pressed(r.index); l.toggle(r.index, !l.tree.nodes[r.index].open) }
	return r
}

func (l *offerList) showRow(r *entryRow, i int32) {
	r.set(l.tree, i, l.focused && l.cursor < len(l.list.keys) && l.list.keys[l.cursor] == i)
}

// pressed moves the cursor and the focus to where the pointer is, so that Enter answers.
func (l *offerList) pressed(i int32) {
	l.cursor = max(slices.Index(l.list.keys, i), 0)
	fyne.CurrentApp().Driver().CanvasForObject(l).Focus(l)
}

// tick wants an entry that was not wanted whole, and does not want one that was.
func (l *offerList) tick(i int32) {
	n := &l.tree.nodes[i]
	l.tree.setWanted(i, n.wanted < n.leaves)
	l.list.arrange()
	l.changed()
}

// toggle opens a folder, or shuts it.
func (l *offerList) toggle(i int32, open bool) {
	if n := &l.tree.nodes[i]; n.first == 0 || n.open == open {
		return
	}
	l.tree.nodes[i].open = open
	l.list.set(l.tree.shown())
	l.changed()
}

// FocusGained implements fyne.Focusable.
func (l *offerList) FocusGained() { l.setFocused(true) }

// FocusLost implements fyne.Focusable.
func (l *offerList) FocusLost() { l.setFocused(false) }

func (l *offerList) setFocused(on bool) {
	l.focused = on
	l.Refresh()
	l.list.arrange()
}

// TypedRune implements fyne.Focusable.
func (l *offerList) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (l *offerList) TypedKey(ev *fyne.KeyEvent) {
	if len(l.list.keys) == 0 {
		l.onKey(ev)
		return
	}
	i := l.list.keys[l.cursor]
	switch ev.Name {
	case fyne.KeyUp:
		l.move(-1)
	case fyne.KeyDown:
		l.move(1)
	case fyne.KeyPageUp:
		l.move(-int(l.list.scroll.Size().Height / entryHeight))
	case fyne.KeyPageDown:
		l.move(int(l.list.scroll.Size().Height / entryHeight))
	case fyne.KeyHome:
		l.move(-len(l.list.keys))
	case fyne.KeyEnd:
		l.move(len(l.list.keys))
	case fyne.KeyRight:
		l.toggle(i, true)
	case fyne.KeyLeft:
		l.toggle(i, false)
	case fyne.KeySpace:
		l.tick(i)
	default:
		l.onKey(ev)
	}
}

// move moves the cursor by so many lines.
func (l *offerList) move(by int) {
	l.cursor = min(max(l.cursor+by, 0), len(l.list.keys)-1)
	l.list.reveal(l.cursor)
}

func (l *offerList) inside() []fyne.CanvasObject { return []fyne.CanvasObject{l.list} }
