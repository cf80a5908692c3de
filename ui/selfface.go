package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
)

// A selfFace is this device's own avatar. Pressed, it asks for a picture.
type selfFace struct {
	pressable
	face *avatar
	ring *canvas.Circle // while it can be pressed, or has the focus
	tips *tips
}

func newSelfFace(w *Window) *selfFace {
	f := &selfFace{face: newAvatar(selfSize), ring: canvas.NewCircle(nil), tips: w.tips}
	f.onTap = w.choosePicture
	f.paint()
	f.ExtendBaseWidget(f)
	return f
}

func (f *selfFace) words() string { return say(phrase{key: keyChoosePicture}) }

// MouseIn implements desktop.Hoverable.
func (f *selfFace) MouseIn(ev *desktop.MouseEvent) {
	f.pressable.MouseIn(ev)
	f.tips.enter(f)
}

// MouseOut implements desktop.Hoverable.
func (f *selfFace) MouseOut() {
	f.pressable.MouseOut()
	f.tips.leave()
}

// Tapped implements fyne.Tappable.
func (f *selfFace) Tapped(ev *fyne.PointEvent) {
	f.tips.leave()
	f.pressable.Tapped(ev)
}

func (f *selfFace) paint() {
	f.ring.StrokeColor, f.ring.StrokeWidth = tint(theme.ColorNamePrimary), 2
	setVisible(f.ring, f.hovered || f.focused)
}

// CreateRenderer implements fyne.Widget.
func (f *selfFace) CreateRenderer() fyne.WidgetRenderer {
	const around = 2
	return &drawn{
		objects: []fyne.CanvasObject{f.face, f.ring},
		min:     f.face.MinSize,
		paint:   f.paint,
		place: func(s fyne.Size) {
			put(f.face, 0, 0, s.Width, s.Height)
			put(f.ring, -around, -around, s.Width+2*around, s.Height+2*around)
		},
	}
}
