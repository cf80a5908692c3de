package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// drawn is the renderer of all widgets here: it keeps the objects that the
// widget made, places them, and has the widget colour them anew when the theme
// changes.
type drawn struct {
	objects []fyne.CanvasObject
	min     func() fyne.Size
	place   func(fyne.Size)
	paint   func()
}

func (d *drawn) Destroy()                     {}
func (d *drawn) Objects() []fyne.CanvasObject { return d.objects }
func (d *drawn) MinSize() fyne.Size           { return d.min() }
func (d *drawn) Layout(s fyne.Size)           { d.place(s) }

func (d *drawn) Refresh() {
	d.paint()
	for _, o := range d.objects {
		o.Refresh()
	}
}

// placed is a layout of two functions, for containers.
type placed struct {
	min   func() fyne.Size
	place func(fyne.Size)
}

func (p placed) MinSize([]fyne.CanvasObject) fyne.Size        { return p.min() }
func (p placed) Layout(_ []fyne.CanvasObject, size fyne.Size) { p.place(size) }

func tint(name fyne.ThemeColorName) color.Color { return theme.Color(name) }

// put moves and resizes in one call.
func put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(max(w, 0), max(h, 0)))
}

func newBox(rounding float32) *canvas.Rectangle {
	r := canvas.NewRectangle(color.Transparent)
	r.CornerRadius = rounding
	return r
}
