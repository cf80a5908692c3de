//go:build linux && !race

package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// fits fails when a button or a heading loses letters, or something leaves the window.
func (h *harness) fits() {
	h.t.Helper()
	f := &fitting{t: h.t, right: h.win.Canvas().Size().Width}
	f.look(h.win.Content(), fyne.Position{})
	if s := h.topSheet(); s != nil {
		f.left = s.panel.Position().X
		f.right = f.left + s.panel.Size().Width
		f.look(s.panel, fyne.Position{})
	}
}

// A fitting looks whether everything is between two edges, and has the width for its words.
type fitting struct {
	t           testing.TB
	left, right float32
}

// look looks at what can be seen of an object, whose parent is at from.
func (f *fitting) look(o fyne.CanvasObject, from fyne.Position) {
	if !o.Visible() {
		return
	}
	at, size := from.Add(o.Position()), o.Size()
	switch o := o.(type) {
	case *button:
		if o.icon == nil && o.text.MinSize().Width > size.Width {
			f.t.Errorf("the button %q has %v of %v", o.words(), size.Width, o.text.MinSize().Width)
		}
		f.inside(o.words(), at, size)
	case *choice:
		if o.text.MinSize().Width > size.Width {
			f.t.Errorf("the choice %q has %v of %v", o.words(), size.Width, o.text.MinSize().Width)
		}
		f.inside(o.words(), at, size)
	case *label:
		if heading := o.cut == cutEnd && o.heading; heading && o.natural() > size.Width+1 {
			f.t.Errorf("the heading %q has %v of %v", o.words(), size.Width, o.natural())
		}
	case *toggle:
		if o.name.natural() > o.name.Size().Width {
			f.t.Errorf("the switch %q has %v of %v", o.name.words(), o.name.Size().Width, o.name.natural())
		}
	case *paragraph:
		for _, line := range o.lines.Objects {
			if w := line.(*canvas.Text).MinSize().Width; w > size.Width+1 {
				f.t.Errorf("a line of %q has %v of %v", o.words, size.Width, w)
			}
		}
	}
	f.lookIn(o, at)
}

func (f *fitting) lookIn(o fyne.CanvasObject, at fyne.Position) {
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			f.look(child, at)
		}
	case *container.Scroll: // what is in it can be scrolled to
		f.look(o.Content, at.Subtract(fyne.NewPos(0, at.Y)))
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(o).Objects() {
			f.look(child, at)
		}
	}
}

func (f *fitting) inside(what string, at fyne.Position, size fyne.Size) {
	if at.X < f.left || at.X+size.Width > f.right+0.5 {
		f.t.Errorf("%q is cut off: from %v to %v, where there is from %v to %v", what, at.X, at.X+size.Width, f.left, f.right)
	}
}
