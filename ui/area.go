package ui

import "fyne.io/fyne/v2"

// A rect is a place on the canvas.
type rect struct {
	pos  fyne.Position
	size fyne.Size
}

// area is where an object is on the canvas. It is empty for one that is not
// to be seen.
func (w *Window) area(o fyne.CanvasObject) rect {
	pos := w.app.Driver().AbsolutePositionForObject(o)
	if !o.Visible() || pos.IsZero() {
		// The driver says zero for what is not in the tree; nothing here lies
		// in that corner.
		return rect{}
	}
	return rect{pos, o.Size()}
}

func contains(r rect, p fyne.Position) bool {
	return p.X >= r.pos.X && p.X < r.pos.X+r.size.Width && p.Y >= r.pos.Y && p.Y < r.pos.Y+r.size.Height
}
