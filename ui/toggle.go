package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// A toggle is a switch with its name, and a sentence on what it does.
type toggle struct {
	pressable
	on    bool
	name  *label
	text  *paragraph // nil: the name says all
	ring  *canvas.Rectangle
	track *canvas.Rectangle
	knob  *canvas.Circle
}

const (
	trackWidth  = 32
	trackHeight = 18
)

// newToggle makes a switch whose words are broken to width. onChange is told when a person turns it.
func (w *Window) newToggle(name, text string, on bool, width float32, onChange func(bool)) *toggle {
	t := &toggle{
		on: on, name: newText(""), ring: newBox(radius - 2), track: newBox(trackHeight / 2), knob: canvas.NewCircle(nil),
	}
	t.name.setName(name, nil)
	if text != "" {
		t.text = newParagraph(text, theme.SizeNameCaptionText, colorMuted)
		t.text.fillLines(width - trackWidth - 2*gap)
	}
	t.onTap = func() {
		t.set(!t.on)
		onChange(t.on)
	}
	t.onKey = w.typedKey
	t.paint()
	t.ExtendBaseWidget(t)
	return t
}

// set turns it without telling anybody.
func (t *toggle) set(on bool) {
	if t.on != on {
		t.on = on
		t.place(t.Size())
		t.Refresh()
	}
}

// TypedKey implements fyne.Focusable: Enter is for the sheet around it.
func (t *toggle) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeySpace {
		t.Tapped(nil)
		return
	}
	t.passOn(ev)
}

func (t *toggle) paint() {
	t.track.FillColor, t.knob.FillColor = tint(colorMuted), tint(theme.ColorNameBackground)
	t.name.setColor(theme.ColorNameForeground)
	if t.on {
		t.track.FillColor = tint(theme.ColorNamePrimary)
	}
	if t.disabled {
		t.track.FillColor = tint(colorTrack)
		t.name.setColor(theme.ColorNameDisabled)
	}
	t.ring.StrokeWidth, t.ring.FillColor = 0, nil
	if t.focused {
		t.ring.StrokeWidth, t.ring.StrokeColor = 2, tint(theme.ColorNameFocus)
	}
}

func (t *toggle) place(s fyne.Size) {
	const around = 4 // the ring is drawn outside, so that the words begin where others do
	put(t.ring, -around, -around, s.Width+2*around, s.Height+2*around)
	h := t.name.height()
	top := (max(h, trackHeight) - h) / 2
	put(t.name, 0, top, s.Width-trackWidth-2*gap, h)
	if t.text != nil {
		put(t.text, 0, top+h+1, s.Width-trackWidth-2*gap, t.text.MinSize().Height)
	}
	left := s.Width - trackWidth
	put(t.track, left, 0, trackWidth, trackHeight)
	x := left + 2
	if t.on {
		x = s.Width - trackHeight + 2
	}
	put(t.knob, x, 2, trackHeight-4, trackHeight-4)
}

func (t *toggle) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{t.ring, t.track, t.knob, t.name}
	if t.text != nil {
		objects = append(objects, t.text)
	}
	return &drawn{
		objects: objects,
		min: func() fyne.Size {
			h := max(t.name.height(), trackHeight)
			if t.text != nil {
				h += 1 + t.text.MinSize().Height
			}
			return fyne.NewSize(0, h)
		},
		place: t.place,
		paint: t.paint,
	}
}
