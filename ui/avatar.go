package ui

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"ferry/netcore"
)

// faces are the colours of avatars: white letters are legible on all of them, in
// light and in dark.
var faces = [...]uint32{0x3b6fc9, 0x2c8577, 0x8a56b8, 0xb1533f, 0x557a2b, 0xb0487f, 0x4a6484, 0x96690f}

// An avatar is the first letter of a peer's name on a disc. Its colour comes from
// the peer ID, so that two peers of one name are likely to look different; it
// proves nothing.
type avatar struct {
	widget.BaseWidget
	disc   *canvas.Circle
	letter *canvas.Text
	side   float32
	peer   netcore.Peer
}

func newAvatar(side float32) *avatar {
	a := &avatar{disc: canvas.NewCircle(nil), letter: canvas.NewText("", nil), side: side}
	a.letter.Alignment = fyne.TextAlignCenter
	a.letter.TextSize = side * 0.44
	a.letter.TextStyle.Bold = true
	a.paint()
	a.ExtendBaseWidget(a)
	return a
}

func (a *avatar) set(p netcore.Peer) {
	a.peer = p
	a.letter.Text = initial(p.Name)
	a.Refresh()
}

// initial is the first letter or digit of a name, in upper case.
func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) && display(string(r)) == string(r) || unicode.IsDigit(r) {
			return strings.ToUpper(string(r))
		}
	}
	return "?"
}

// paint gives who is not here no colour of its own.
func (a *avatar) paint() {
	a.disc.FillColor, a.letter.Color = hex(faces[int(a.peer.ID[0])%len(faces)]), tint(colorOnFace)
	if !a.peer.Online {
		a.disc.FillColor, a.letter.Color = tint(colorTrack), tint(colorMuted)
	}
}

func (a *avatar) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{a.disc, a.letter},
		min:     func() fyne.Size { return fyne.NewSquareSize(a.side) },
		paint:   a.paint,
		place: func(s fyne.Size) {
			a.disc.Resize(s)
			h := a.letter.MinSize().Height
			put(a.letter, 0, (s.Height-h)/2, s.Width, h)
		},
	}
}
