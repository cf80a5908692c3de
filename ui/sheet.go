package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

const (
	sheetWidth = 440
	sheetPad   = 20
	// settle is how long a sheet that comes by itself takes no answer: who was
	// typing or clicking when it came did not mean it.
	settle = 500 * time.Millisecond
)

// A sheet is a question over the window. Enter presses its last button, Esc
// its first one. What is below it cannot be used.
type sheet struct {
	window  *Window
	overlay *fyne.Container
	panel   *fyne.Container
	scrim   *surface
	buttons []*button
	width   float32
	onClose func() // called when it is taken away; may be nil
	// deliberate is whether Enter presses nothing, for what is said must be meant.
	deliberate bool
}

// newSheet makes a sheet of a body and at least one button.
func (w *Window) newSheet(body fyne.CanvasObject, buttons ...*button) *sheet {
	s := &sheet{window: w, buttons: buttons, width: sheetWidth, scrim: newSurface(colorScrim, "", 0)}
	row := container.NewHBox(layout.NewSpacer())
	for _, b := range buttons {
		b.onKey = w.typedKey
		row.Add(b)
	}
	content := container.NewBorder(nil, padded(row, 0, gap), nil, nil, body)
	s.panel = container.NewStack(
		newSurface(theme.ColorNameOverlayBackground, colorStroke, radius+3),
		padded(content, sheetPad, sheetPad-gap),
	)
	s.overlay = container.New(placed{
		min:   func() fyne.Size { return fyne.Size{} },
		place: func(size fyne.Size) { s.scrim.Resize(size); s.center(size) },
	}, s.scrim, s.panel)
	return s
}

// scrolledWidth is the width of what scrolls in a sheet.
const scrolledWidth = sheetWidth - 2*sheetPad

// What scrolls ends where all does that does not: around it, in the room that a sheet has around its body, are a scroll
// bar, and the outlines of what is at the edge, which would be cut off.
const (
	barRoom  = 12
	ringRoom = 4
)

// scrolled lets the body of a sheet scroll. Put it into the sheet by beyond.
func scrolled(o fyne.CanvasObject) *container.Scroll {
	return container.NewVScroll(inset(o, ringRoom, barRoom))
}

// beyond gives what is scrolled the width that it would have without.
func beyond(s *container.Scroll) *fyne.Container { return inset(s, -ringRoom, -barRoom) }

// center lays the panel out. Its height is known only after its lines have been
// broken to its width.
func (s *sheet) center(window fyne.Size) {
	width := min(s.width, window.Width-2*space)
	s.panel.Resize(fyne.NewSize(width, s.panel.MinSize().Height))
	height := min(s.panel.MinSize().Height, window.Height-2*space)
	put(s.panel, (window.Width-width)/2, (window.Height-height)/2, width, height)
}

// show opens the sheet over all that is open.
func (s *sheet) show() {
	w := s.window
	w.sheets = append(w.sheets, s)
	w.win.Canvas().Overlays().Add(s.overlay)
	s.overlay.Resize(w.win.Canvas().Size())
}

// fill gives the panel its size again after its body has changed.
func (s *sheet) fill() {
	s.center(s.overlay.Size())
	s.panel.Refresh()
}

// showUnasked opens a sheet that nobody called for: it takes answers only
// after a moment.
func (s *sheet) showUnasked() {
	s.setDisabled(true)
	s.show()
	s.window.after(settle, func() { s.setDisabled(false) })
}

func (s *sheet) setDisabled(off bool) {
	for _, b := range s.buttons {
		b.setDisabled(off)
	}
}

// close takes the sheet away, and leaves those above it. It may be called twice.
func (s *sheet) close() {
	w := s.window
	i := slices.Index(w.sheets, s)
	if i < 0 {
		return
	}
	above := slices.Clone(w.sheets[i+1:])
	w.sheets = w.sheets[:i]
	w.win.Canvas().Overlays().Remove(s.overlay) // removes all above it too
	for _, other := range above {
		other.show()
	}
	if s.onClose != nil {
		s.onClose()
	}
}

// typedKey answers the sheet.
func (s *sheet) typedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if s.deliberate {
			return
		}
		s.buttons[len(s.buttons)-1].Tapped(nil)
	case fyne.KeyEscape:
		s.buttons[0].Tapped(nil)
	}
}

// topSheet is the sheet that is on top; nil if that is something else.
func (w *Window) topSheet() *sheet {
	if n := len(w.sheets); n > 0 && w.win.Canvas().Overlays().Top() == w.sheets[n-1].overlay {
		return w.sheets[n-1]
	}
	return nil
}

// signed has the sign of a tone left of what a sheet says.
func signed(t tone, body fyne.CanvasObject) fyne.CanvasObject {
	const side, left = 26, 26 + space
	sign := widget.NewIcon(theme.NewColoredResource(signs[t].icon(), signs[t].color))
	return container.New(placed{
		min:   func() fyne.Size { return body.MinSize().AddWidthHeight(left, 0) },
		place: func(s fyne.Size) { put(sign, 0, 0, side, side); put(body, left, 0, s.Width-left, s.Height) },
	}, sign, body)
}
