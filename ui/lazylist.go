package ui

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// A lazyList shows any number of things of one height with as many widgets as fit on the screen. A thing keeps
// its widget while it is on screen, wherever it moves, so that a focus or a pointer on it stays with it.
type lazyList[K comparable, O fyne.CanvasObject] struct {
	widget.BaseWidget
	pitch  float32           // height of one, with the gap below it
	gap    float32           // of that
	scroll *container.Scroll // that it is in, as the first thing of it

	create func() O
	show   func(O, K)
	leave  func(O) // called when a widget goes from the screen; may be nil

	keys    []K
	live    map[K]O
	spare   []O
	content *fyne.Container
}

// init makes it ready; its other fields have been set.
func (l *lazyList[K, O]) init() {
	l.live = make(map[K]O)
	l.content = container.New(placed{
		min:   func() fyne.Size { return fyne.NewSize(0, max(float32(len(l.keys))*l.pitch-l.gap, 0)) },
		place: func(fyne.Size) { l.arrange() },
	})
	l.ExtendBaseWidget(l)
}

// set shows things, which must not be changed afterwards. It costs as much as is on screen.
func (l *lazyList[K, O]) set(keys []K) {
	resized := len(keys) != len(l.keys)
	l.keys = keys
	if resized && l.scroll != nil {
		l.scroll.Refresh() // the bar, and how far it goes
	}
	l.arrange()
}

// arrange gives what is on screen its widgets, and shows it anew.
func (l *lazyList[K, O]) arrange() {
	first, last := l.visible()
	seen := make(map[K]bool, last-first)
	for _, k := range l.keys[first:last] {
		seen[k] = true
	}
	for k, o := range l.live {
		if !seen[k] {
			l.put(k, o)
		}
	}
	for i := first; i < last; i++ {
		k := l.keys[i]
		o := l.take(k)
		l.show(o, k)
		put(o, 0, float32(i)*l.pitch, l.Size().Width, l.pitch-l.gap)
		o.Show()
	}
}

// put takes a widget off the screen.
func (l *lazyList[K, O]) put(k K, o O) {
	delete(l.live, k)
	if l.leave != nil {
		l.leave(o)
	}
	o.Hide()
	l.spare = append(l.spare, o)
}

// take returns the widget of a thing, which may be another one's of before.
func (l *lazyList[K, O]) take(k K) O {
	o, ok := l.live[k]
	if ok {
		return o
	}
	if n := len(l.spare); n > 0 {
		o, l.spare = l.spare[n-1], l.spare[:n-1]
	} else {
		o = l.create()
		l.content.Objects = append(l.content.Objects, o)
	}
	l.live[k] = o
	return o
}

// visible is the range of things that are on screen, if only in part.
func (l *lazyList[K, O]) visible() (first, last int) {
	if l.scroll == nil || l.Size().Width <= 0 {
		return 0, 0
	}
	top := l.scroll.Offset.Y
	bottom := top + l.scroll.Size().Height
	last = min(max(int(math.Ceil(float64(bottom/l.pitch))), 0), len(l.keys))
	return min(max(int(top/l.pitch), 0), last), last
}

// reveal scrolls until a thing is on screen whole.
func (l *lazyList[K, O]) reveal(i int) {
	top := float32(i) * l.pitch
	bottom := top + l.pitch
	at := l.scroll.Offset
	switch {
	case top < at.Y:
		at.Y = top
	case bottom > at.Y+l.scroll.Size().Height:
		at.Y = bottom - l.scroll.Size().Height
	}
	l.scroll.ScrollToOffset(at)
	l.arrange()
}

func (l *lazyList[K, O]) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(l.content)
}

// inside implements composed.
func (l *lazyList[K, O]) inside() (all []fyne.CanvasObject) {
	for _, k := range l.keys {
		if o, ok := l.live[k]; ok {
			all = append(all, o)
		}
	}
	return all
}
