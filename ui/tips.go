package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// tipDelay is how long the pointer rests on a button until it says what it
// does.
const tipDelay = 500 * time.Millisecond

// tipped is what has a tip.
type tipped interface {
	fyne.CanvasObject
	words() string // what it does
}

// tips say in words what a button does that has an icon only, one at a time,
// beside the button.
type tips struct {
	window *Window
	root   *fyne.Container // as large as the window
	panel  *fyne.Container
	words  *label
	of     tipped // the pointer is on it; nil if on none
	turn   int    // which visit it is, so that an old one's delay shows nothing
}

func newTips(w *Window) *tips {
	t := &tips{window: w, words: newLabel(theme.SizeNameCaptionText, colorOnToast)}
	const side, above = gap + 1, 4
	t.panel = container.NewStack(newSurface(colorToast, "", radius-3), container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(t.words.natural()+2*side, t.words.height()+2*above) },
		place: func(s fyne.Size) {
			put(t.words, side, above, s.Width-2*side, s.Height-2*above)
		},
	}, t.words))
	t.panel.Hide()
	t.root = container.New(placed{
		min:   func() fyne.Size { return fyne.Size{} },
		place: func(fyne.Size) { t.place() },
	}, t.panel)
	return t
}

// enter is called when the pointer comes to a button, or to what is like one; t may be nil.
func (t *tips) enter(b tipped) {
	if t == nil {
		return
	}
	t.hide()
	t.of = b
	turn := t.turn
	t.window.after(tipDelay, func() {
		if t.turn == turn && t.seen(b) {
			t.words.setText(b.words())
			t.panel.Show()
			t.root.Refresh() // the panel itself is not known to the canvas yet
		}
	})
}

// seen reports whether a button is where the pointer can be.
func (t *tips) seen(b tipped) bool {
	return !t.window.area(b).size.IsZero() && t.window.win.Canvas().Overlays().Top() == nil
}

// leave is called when the pointer goes from a button, or presses it.
func (t *tips) leave() {
	if t != nil {
		t.hide()
	}
}

func (t *tips) hide() {
	t.turn++
	t.of = nil
	t.panel.Hide()
}

// follow hides the tip of a button that is not there any more: no pointer
// leaves that.
func (t *tips) follow() {
	if t.of != nil && !t.seen(t.of) {
		t.hide()
	}
}

// place puts the tip below its button or, at the foot of the window, above.
func (t *tips) place() {
	if t.of == nil {
		return
	}
	at, size, window := t.window.area(t.of), t.panel.MinSize(), t.root.Size()
	x := at.pos.X + (at.size.Width-size.Width)/2
	x = max(min(x, window.Width-size.Width-gap), gap)
	y := at.pos.Y + at.size.Height + 3
	if y+size.Height > window.Height {
		y = at.pos.Y - size.Height - 3
	}
	put(t.panel, x, y, size.Width, size.Height)
}
