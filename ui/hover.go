package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

const (
	keyRelease     key = "release.card"      // on the card that files are dragged over
	keyReleaseAway key = "release.card.away" // so, of a device that is not here
	keyReleaseAsk  key = "release.ask"       // files are dragged over no card
)

// A hover is what is known of files that are dragged over the window. It decides what lights up, and nothing else: where
// a drop goes is said by the drop.
type hover struct {
	watched bool // it is told of drags, or cannot be
	over    bool
	at      fyne.Position
	card    *card // the one that is lit; nil if none is
	hint    *dropHint
}

// onCanvas is where a pixel of the window is on its canvas.
func (w *Window) onCanvas(at image.Point) fyne.Position {
	scale := w.win.Canvas().Scale()
	return fyne.NewPos(float32(at.X)/scale, float32(at.Y)/scale)
}

// draggedOver shows what a drop at a place of the canvas would do.
func (w *Window) draggedOver(at fyne.Position) {
	w.hover.over, w.hover.at = true, at
	w.followDrag()
}

// dragEnded is told when files are no longer dragged over the window: they have left it, or were dropped,
// or were not.
func (w *Window) dragEnded() {
	w.hover.over = false
	w.followDrag()
}

// followDrag lights what lies now where files are dragged. It is called with every beat, too: cards move, and sheets open.
func (w *Window) followDrag() {
	var target *card
	over := w.hover.over && w.win.Canvas().Overlays().Top() == nil
	if over {
		target = w.sidebar.at(w.hover.at)
	}
	if last := w.hover.card; last != nil && last != target {
		last.setTarget(false)
	}
	if target != nil {
		target.setTarget(true)
	}
	w.hover.card = target
	setVisible(w.hover.hint, over && target == nil)
}

// A dropHint lies over the part of the window beside the cards while files are dragged, but over none of them: it
// says what a drop does then.
type dropHint struct {
	widget.BaseWidget
	veil, frame, plate *canvas.Rectangle
	text               *label
}

func newDropHint() *dropHint {
	h := &dropHint{veil: newBox(radius), frame: newBox(radius), plate: newBox(radius), text: newHeading(say(phrase{key: keyReleaseAsk}))}
	h.ExtendBaseWidget(h)
	h.Hide()
	return h
}

func (h *dropHint) CreateRenderer() fyne.WidgetRenderer {
	h.paint()
	return &drawn{
		objects: []fyne.CanvasObject{h.veil, h.frame, h.plate, h.text},
		min:     func() fyne.Size { return fyne.Size{} },
		place:   h.place,
		paint:   h.paint,
	}
}

func (h *dropHint) paint() {
	h.veil.FillColor = tint(colorVeil)
	h.frame.FillColor = tint(colorTarget)
	h.frame.StrokeColor, h.frame.StrokeWidth = tint(theme.ColorNamePrimary), 2
	h.plate.FillColor = tint(theme.ColorNameOverlayBackground)
	h.plate.StrokeColor, h.plate.StrokeWidth = tint(theme.ColorNamePrimary), 1
}

func (h *dropHint) place(s fyne.Size) {
	put(h.veil, gap, gap, s.Width-2*gap, s.Height-2*gap)
	put(h.frame, gap, gap, s.Width-2*gap, s.Height-2*gap)
	width := min(h.text.natural(), s.Width-2*gap-4*space)
	height := h.text.height()
	x, y := (s.Width-width)/2, (s.Height-height)/2
	put(h.plate, x-space, y-space, width+2*space, height+2*space)
	put(h.text, x, y, width, height)
}
