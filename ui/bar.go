package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A bar says how much of a transfer is done. Its value changes ten times a
// second, so it moves one rectangle and refreshes nothing else.
type bar struct {
	widget.BaseWidget
	track, fill *canvas.Rectangle
	value       float32
	color       fyne.ThemeColorName // of the fill
}

func newBar() *bar {
	b := &bar{track: newBox(barSize / 2.0), fill: newBox(barSize / 2.0), color: theme.ColorNamePrimary}
	b.paint()
	b.ExtendBaseWidget(b)
	return b
}

func (b *bar) set(value float32) {
	if value != b.value {
		b.value = value
		b.place(b.Size())
	}
}

func (b *bar) setColor(name fyne.ThemeColorName) {
	if name != b.color {
		b.color = name
		b.paint()
		b.fill.Refresh()
	}
}

func (b *bar) paint() {
	b.track.FillColor = tint(colorTrack)
	b.fill.FillColor = tint(b.color)
}

func (b *bar) place(s fyne.Size) {
	b.track.Resize(s)
	width := s.Width * b.value
	if b.value > 0 {
		width = max(width, s.Height) // a dot at least, to have round ends
	}
	b.fill.Resize(fyne.NewSize(width, s.Height))
	b.fill.Hidden = width == 0
}

func (b *bar) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{b.track, b.fill},
		min:     func() fyne.Size { return fyne.NewSize(0, barSize) },
		place:   b.place,
		paint:   b.paint,
	}
}
