package ui

import (
	"image/color"
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

// An avatar is a peer's picture on a disc or, where there is none, the first letter of its name. The colour comes from
// the peer ID, so that two peers of one name are likely to look different. Neither
// proves anything: how sure it is who that is stands beside it, in words.
type avatar struct {
	widget.BaseWidget
	disc     *canvas.Circle // below a letter, and around a picture
	letter   *canvas.Text
	face     *canvas.Raster // draws portrait; hidden if there is none
	portrait portrait
	side     float32
	peer     netcore.Peer
}

func newAvatar(side float32) *avatar {
	a := &avatar{disc: canvas.NewCircle(nil), letter: canvas.NewText("", nil), side: side}
	a.face = canvas.NewRaster(a.portrait.draw)
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
	a.disc.StrokeWidth = 0
	if !a.peer.Online {
		a.disc.FillColor, a.letter.Color = tint(colorTrack), tint(colorMuted)
	}
	pictured := a.portrait.set(a.peer.Picture, !a.peer.Online)
	if pictured { // a white one has an edge, too
		a.disc.FillColor, a.disc.StrokeColor, a.disc.StrokeWidth = color.Transparent, tint(colorStroke), 1
	}
	setVisible(a.face, pictured)
	setVisible(a.letter, !pictured)
}

func (a *avatar) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{a.face, a.disc, a.letter},
		min:     func() fyne.Size { return fyne.NewSquareSize(a.side) },
		paint:   a.paint,
		place: func(s fyne.Size) {
			a.face.Resize(s)
			a.disc.Resize(s)
			h := a.letter.MinSize().Height
			put(a.letter, 0, (s.Height-h)/2, s.Width, h)
		},
	}
}
