package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// pressable is what buttons and cards have in common: they can be hovered,
// focused, pressed, and pressed with the keyboard.
type pressable struct {
	widget.BaseWidget
	onTap    func()
	onKey    func(*fyne.KeyEvent) // keys that are not for a button; may be nil
	hovered  bool
	focused  bool // by the keyboard: who clicks knows where he is
	disabled bool
}

var (
	_ fyne.Tappable     = (*pressable)(nil)
	_ fyne.Focusable    = (*pressable)(nil)
	_ desktop.Hoverable = (*pressable)(nil)
)

func (p *pressable) Tapped(*fyne.PointEvent) {
	if !p.disabled && p.onTap != nil {
		p.onTap()
	}
}

func (p *pressable) TypedRune(rune) {}

func (p *pressable) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		p.Tapped(nil)
	default:
		p.passOn(ev)
	}
}

// passOn gives a key to whom it is for: unless something else was said, that is the window that the focus is in.
func (p *pressable) passOn(ev *fyne.KeyEvent) {
	if p.onKey != nil {
		p.onKey(ev)
		return
	}
	for _, window := range fyne.CurrentApp().Driver().AllWindows() {
		if typed := window.Canvas().OnTypedKey(); window.Canvas().Focused() != nil && typed != nil {
			typed(ev)
		}
	}
}

func (p *pressable) MouseIn(*desktop.MouseEvent)    { p.setState(&p.hovered, true) }
func (p *pressable) MouseOut()                      { p.setState(&p.hovered, false) }
func (p *pressable) MouseMoved(*desktop.MouseEvent) { p.setState(&p.hovered, true) }
func (p *pressable) FocusGained()                   { p.setState(&p.focused, !p.hovered) }
func (p *pressable) FocusLost()                     { p.setState(&p.focused, false) }
func (p *pressable) setDisabled(off bool)           { p.setState(&p.disabled, off) }

func (p *pressable) setState(which *bool, to bool) {
	if *which != to {
		*which = to
		p.Refresh()
	}
}

// A buttonLook is how much a button asks to be pressed.
type buttonLook int

const (
	lookPrimary buttonLook = iota // the one that is meant
	lookPlain                     // with an outline
	lookGrave                     // the one that is meant, and is not easily undone
	lookQuiet                     // words or an icon alone
	lookToast                     // words on a toast
)

// A button has words or an icon, and is pressed with Enter, Space or a click.
type button struct {
	pressable
	look  buttonLook
	back  *canvas.Rectangle
	text  *canvas.Text
	icon  *widget.Icon // nil: words
	hint  string       // what an icon means
	tips  *tips        // shows the hint; may be nil
	small bool         // as a caption, without room around it
}

func newButton(look buttonLook, words string, onTap func()) *button {
	b := &button{look: look, back: newBox(radius - 2), text: canvas.NewText(leader+words, nil)}
	b.onTap = onTap
	b.text.Alignment = fyne.TextAlignCenter
	b.paint()
	b.ExtendBaseWidget(b)
	return b
}

// newSmallButton makes a button that is no larger than a caption.
func newSmallButton(words string, onTap func()) *button {
	b := newButton(lookQuiet, words, onTap)
	b.small = true
	b.paint()
	return b
}

// setWords changes what a button says.
func (b *button) setWords(words string) {
	if b.text.Text != leader+words {
		b.text.Text = leader + words
		b.Refresh()
	}
}

// newIconButton makes a button of an icon; hint says what it does, to those who
// see tips and to those who see nothing.
func newIconButton(tips *tips, icon fyne.Resource, hint string, onTap func()) *button {
	b := &button{look: lookQuiet, back: newBox(radius - 2), text: canvas.NewText("", nil), hint: hint, tips: tips}
	b.icon = widget.NewIcon(theme.NewColoredResource(icon, colorMuted))
	b.onTap = onTap
	b.paint()
	b.ExtendBaseWidget(b)
	return b
}

func (b *button) MouseIn(ev *desktop.MouseEvent) {
	b.pressable.MouseIn(ev)
	if b.hint != "" {
		b.tips.enter(b)
	}
}

// MouseMoved implements desktop.Hoverable. Who has been out of the window may come back to where he was, which counts as moving.
func (b *button) MouseMoved(ev *desktop.MouseEvent) {
	if !b.hovered {
		b.MouseIn(ev)
	}
}

func (b *button) MouseOut() {
	b.pressable.MouseOut()
	b.tips.leave()
}

func (b *button) Tapped(ev *fyne.PointEvent) {
	b.tips.leave()
	b.pressable.Tapped(ev)
}

func (b *button) words() string {
	if b.icon != nil {
		return b.hint
	}
	return b.text.Text[len(leader):]
}

func (b *button) paint() {
	b.text.TextSize = theme.Size(theme.SizeNameText)
	if b.small {
		b.text.TextSize = theme.Size(theme.SizeNameCaptionText)
	}
	b.back.FillColor, b.text.Color = b.colors()
	b.back.StrokeWidth = 0
	if b.look == lookPlain {
		b.back.StrokeWidth, b.back.StrokeColor = 1, tint(colorStroke)
	}
	if b.focused {
		b.back.StrokeWidth, b.back.StrokeColor = 2, tint(theme.ColorNameFocus)
		if b.look == lookPrimary || b.look == lookGrave {
			b.back.StrokeColor = tint(theme.ColorNameForeground) // the other cannot be seen on it
		}
	}
}

func (b *button) colors() (back, words color.Color) {
	back, words = color.Transparent, tint(theme.ColorNameForeground)
	if b.look == lookPlain {
		back = tint(colorCard)
	}
	switch {
	case b.disabled && (b.look == lookPrimary || b.look == lookGrave):
		return tint(colorTrack), tint(theme.ColorNameDisabled)
	case b.disabled:
		return back, tint(theme.ColorNameDisabled)
	case b.look == lookPrimary || b.look == lookGrave:
		back, words = tint(theme.ColorNamePrimary), tint(theme.ColorNameForegroundOnPrimary)
		if b.look == lookGrave {
			back = tint(colorBad)
		}
		if b.hovered {
			back = over(back, tint(theme.ColorNamePressed))
		}
		return back, words
	case b.look == lookToast:
		words = tint(colorLink)
	case b.small: // nothing else tells it from a caption
		words = tint(theme.ColorNamePrimary)
	case b.look == lookQuiet:
		words = tint(colorMuted)
	}
	switch {
	case b.hovered && b.look == lookPlain:
		back = over(back, tint(theme.ColorNameHover))
	case b.hovered:
		back = tint(theme.ColorNameHover)
	}
	return back, words
}

// over mixes a colour that is not opaque onto one that is.
func over(below, above color.Color) color.Color {
	r0, g0, b0, _ := below.RGBA()
	r1, g1, b1, a := above.RGBA() // with alpha in them
	mix := func(x0, x1 uint32) uint8 { return uint8((x0*(0xffff-a)/0xffff + x1) >> 8) }
	return color.NRGBA{R: mix(r0, r1), G: mix(g0, g1), B: mix(b0, b1), A: 0xff}
}

// The room at the sides of the words of a small button and of a quiet one. It is out of line where they are at an edge, for
// nothing but the words is seen.
const (
	smallSide = 4
	quietSide = gap + 2
)

func (b *button) minSize() fyne.Size {
	if b.icon != nil {
		return fyne.NewSquareSize(iconSize + 10)
	}
	words := b.text.MinSize()
	if b.small {
		return fyne.NewSize(words.Width+2*smallSide, words.Height+2)
	}
	side := float32(space)
	if b.look == lookQuiet || b.look == lookToast {
		side = quietSide
	}
	return fyne.NewSize(words.Width+2*side, words.Height+12)
}

func (b *button) CreateRenderer() fyne.WidgetRenderer {
	d := &drawn{objects: []fyne.CanvasObject{b.back, b.text}, min: b.minSize, paint: b.paint}
	d.place = func(s fyne.Size) {
		b.back.Resize(s)
		h := b.text.MinSize().Height
		put(b.text, 0, (s.Height-h)/2, s.Width, h)
	}
	if b.icon != nil {
		d.objects = []fyne.CanvasObject{b.back, b.icon}
		d.place = func(s fyne.Size) {
			b.back.Resize(s)
			put(b.icon, (s.Width-iconSize)/2, (s.Height-iconSize)/2, iconSize, iconSize)
		}
	}
	return d
}
