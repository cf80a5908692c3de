package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// An offerLine stands for an offer that waits until others have been answered. Pressed, it is the next.
type offerLine struct {
	pressable
	back   *canvas.Rectangle
	face   *avatar
	words  *label
	amount *label
}

// asLine is the line of an offer, made if there is none.
func (o *offerCard) asLine() *offerLine {
	if o.line != nil {
		return o.line
	}
	const side = 20
	l := &offerLine{back: newBox(radius), face: newAvatar(side), words: newText(""), amount: newCaption(formatSize(o.offer.Bytes))}
	l.face.set(o.offer.Peer)
	l.words.setName(o.offer.Peer.Name, func(name string) string {
		return say(plurally(keyOfferTitle, picked(o.offer), args{"Peer": name}))
	})
	l.onTap = func() { o.window.offers.open(o) }
	l.paint()
	l.ExtendBaseWidget(l)
	o.line = l
	return l
}

func (l *offerLine) paint() {
	l.back.FillColor, l.back.StrokeColor, l.back.StrokeWidth = tint(colorCard), tint(colorStroke), 1
	if l.hovered || l.focused {
		l.back.StrokeColor = tint(theme.ColorNamePrimary)
	}
}

// CreateRenderer implements fyne.Widget.
func (l *offerLine) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{l.back, l.face, l.words, l.amount},
		min:     func() fyne.Size { return fyne.NewSize(0, offerLineHeight) },
		paint:   l.paint,
		place: func(s fyne.Size) {
			l.back.Resize(s)
			side := l.face.side
			put(l.face, gap+3, (s.Height-side)/2, side, side)
			width := l.amount.natural()
			put(l.amount, s.Width-width-gap-3, (s.Height-l.amount.height())/2, width, l.amount.height())
			left := side + 2*gap + 6
			put(l.words, left, (s.Height-l.words.height())/2, s.Width-left-width-2*gap-6, l.words.height())
		},
	}
}

func (l *offerLine) inside() []fyne.CanvasObject { return []fyne.CanvasObject{l.words, l.amount} }
