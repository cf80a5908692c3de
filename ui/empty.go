package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// newEmpty is what stands where nothing is yet: what is so, and what to do.
func newEmpty(icon fyne.Resource, what, todo key) fyne.CanvasObject {
	const side, width = 40, 250
	sign := widget.NewIcon(theme.NewColoredResource(icon, theme.ColorNameDisabled))
	title := newParagraph(say(phrase{key: what}), theme.SizeNameText, theme.ColorNameForeground)
	hint := newParagraph(say(phrase{key: todo}), theme.SizeNameCaptionText, colorMuted)
	title.align, hint.align = fyne.TextAlignCenter, fyne.TextAlignCenter
	return container.New(placed{
		min: func() fyne.Size { return fyne.Size{} },
		place: func(s fyne.Size) {
			w := min(s.Width-2*space, width)
			title.Resize(fyne.NewSize(w, 0)) // breaks the lines, and so gives the heights
			hint.Resize(fyne.NewSize(w, 0))
			h1, h2 := title.MinSize().Height, hint.MinSize().Height
			fits := s.Height >= side+h1+h2+2*gap // else there is an offer, which says more
			for _, o := range []fyne.CanvasObject{sign, title, hint} {
				setVisible(o, fits)
			}
			x, y := (s.Width-w)/2, (s.Height-side-h1-h2-2*gap)*0.42
			put(sign, (s.Width-side)/2, y, side, side)
			put(title, x, y+side+gap, w, h1)
			put(hint, x, y+side+gap+h1+4, w, h2)
		},
	}, sign, title, hint)
}
