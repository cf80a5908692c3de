package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// A surface is an area of one of the theme's colours, with an outline of
// another if stroke is not empty.
type surface struct {
	widget.BaseWidget
	rect         *canvas.Rectangle
	fill, stroke fyne.ThemeColorName
}

func newSurface(fill, stroke fyne.ThemeColorName, rounding float32) *surface {
	s := &surface{rect: newBox(rounding), fill: fill, stroke: stroke}
	s.paint()
	s.ExtendBaseWidget(s)
	return s
}

func (s *surface) paint() {
	s.rect.FillColor = tint(s.fill)
	if s.stroke != "" {
		s.rect.StrokeColor, s.rect.StrokeWidth = tint(s.stroke), 1
	}
}

func (s *surface) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{s.rect},
		min:     func() fyne.Size { return fyne.NewSquareSize(1) },
		place:   s.rect.Resize,
		paint:   s.paint,
	}
}

// newGap is room of a height.
func newGap(height float32) fyne.CanvasObject {
	return container.New(placed{
		min:   func() fyne.Size { return fyne.NewSize(0, height) },
		place: func(fyne.Size) {},
	})
}

// inset keeps an object away from the left edge and from the right one.
func inset(o fyne.CanvasObject, left, right float32) *fyne.Container {
	return container.New(placed{
		min:   func() fyne.Size { return o.MinSize().AddWidthHeight(left+right, 0) },
		place: func(s fyne.Size) { put(o, left, 0, s.Width-left-right, s.Height) },
	}, o)
}

// padded keeps an object away from the edges of the area that it is given.
func padded(o fyne.CanvasObject, x, y float32) *fyne.Container {
	c := &fyne.Container{Objects: []fyne.CanvasObject{o}}
	c.Layout = placed{
		min:   func() fyne.Size { return o.MinSize().AddWidthHeight(2*x, 2*y) },
		place: func(s fyne.Size) { put(o, x, y, s.Width-2*x, s.Height-2*y) },
	}
	return c
}
