package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// A rowList shows any number of transfers with as many rows as fit on the screen.
// An item keeps its row while it scrolls.
type rowList struct {
	widget.BaseWidget
	actions rowActions
	items   []item
	rows    []*row // item i is in rows[i % len(rows)]
	content *fyne.Container
	scroll  *container.Scroll
}

func newRowList(actions rowActions) *rowList {
	l := &rowList{actions: actions}
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
		put(l.rows[slot], 0, float32(i)*rowHeight, l.scroll.Size().Width-rowMargin, rowHeight)
		l.rows[slot].set(l.items[i])
		l.rows[slot].Show()
	}
	for slot, on := range used {
		if !on {
			l.rows[slot].Hide()
		}
	}
}

// rowMargin leaves the scroll bar a place of its own.
const rowMargin = 12

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

func (l *rowList) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(l.scroll)
}
