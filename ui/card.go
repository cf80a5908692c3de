package ui

import (
	"net/netip"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

const faceSize = 36

// A card is a peer that things can be sent to: by dropping them on it, or by
// pressing it.
type card struct {
	pressable
	peer    netcore.Peer
	hint    string // instead of the address while the pointer is over it; may be empty
	back    *canvas.Rectangle
	face    *avatar
	name    *label
	caption *label
}

func newCard(p netcore.Peer, hint string, onTap func(netcore.Peer)) *card {
	c := &card{back: newBox(radius), face: newAvatar(faceSize), hint: hint}
	c.name, c.caption = newText(""), newCaption("")
	c.onTap = func() { onTap(c.peer) }
	c.set(p)
	c.ExtendBaseWidget(c)
	return c
}

// set shows what has become of the peer.
func (c *card) set(p netcore.Peer) {
	c.peer = p
	c.face.set(p)
	c.name.setName(p.Name, nil)
	c.paint()
}

func (c *card) paint() {
	c.back.FillColor = tint(colorCard)
	c.back.StrokeColor, c.back.StrokeWidth = tint(colorStroke), 1
	c.caption.setText(labels(c.peer))
	if c.hovered || c.focused {
		c.back.StrokeColor = tint(theme.ColorNamePrimary)
	}
	if c.hovered && c.hint != "" {
		c.caption.setText(c.hint)
	}
}

func (c *card) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{c.back, c.face, c.name, c.caption},
		min:     func() fyne.Size { return fyne.NewSize(0, faceSize+2*(gap+3)) },
		place:   c.place,
		paint:   c.paint,
	}
}

func (c *card) place(s fyne.Size) {
	c.back.Resize(s)
	put(c.face, gap+3, (s.Height-faceSize)/2, faceSize, faceSize)
	twoLines(c.name, c.caption, gap+3+faceSize+gap+3, s.Width-gap-3, s.Height)
}

// twoLines puts a name and its caption between two edges, in the middle of a
// height.
func twoLines(name, caption *label, left, right, height float32) {
	h1, h2 := name.height(), caption.height()
	top := (height - h1 - h2) / 2
	put(name, left, top, right-left, h1)
	put(caption, left, top+h1, right-left, h2)
}

// systems are the names of operating systems as people write them.
var systems = map[string]string{
	"linux": "Linux", "windows": "Windows", "darwin": "macOS", "freebsd": "FreeBSD",
	"openbsd": "OpenBSD", "netbsd": "NetBSD", "android": "Android", "ios": "iOS",
}

// labels are what tells a peer from another one of its name: its system and
// its address.
func labels(p netcore.Peer) string {
	system := systems[p.System]
	if system == "" {
		system = display(p.System)
	}
	address := address(p.Addrs)
	if system != "" && address != "" {
		return system + " · " + address
	}
	return system + address
}

func address(addrs []netip.AddrPort) string {
	if len(addrs) == 0 {
		return ""
	}
	return display(addrs[0].Addr().Unmap().String())
}
