package ui

import (
	"net/netip"
	"time"

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
	waiting int  // how many transfers wait for it
	hinted  bool // says what to do instead of the address while the pointer is over it
	now     func() time.Time
	back    *canvas.Rectangle
	face    *avatar
	name    *label
	caption *label
	more    *button // what is known about it; nil if that is not to be had
}

func newCard(p netcore.Peer, now func() time.Time, onTap func(netcore.Peer)) *card {
	c := &card{back: newBox(radius), face: newAvatar(faceSize), now: now}
	c.name, c.caption = newText(""), newCaption("")
	c.onTap = func() { onTap(c.peer) }
	c.set(p, 0)
	c.ExtendBaseWidget(c)
	return c
}

// set shows what has become of the peer, and how many transfers wait for it.
func (c *card) set(p netcore.Peer, waiting int) {
	c.peer, c.waiting = p, waiting
	c.face.set(p)
	c.name.setName(p.Name, nil)
	c.paint()
}

// age says anew when a peer that is not here was.
func (c *card) age() {
	if !c.peer.Online {
		c.paint()
	}
}

func (c *card) paint() {
	c.back.FillColor = tint(colorCard)
	c.back.StrokeColor, c.back.StrokeWidth = tint(colorStroke), 1
	c.name.setColor(theme.ColorNameForeground)
	if !c.peer.Online {
		c.back.FillColor = tint(colorSidebar)
		c.name.setColor(colorMuted)
	}
	if c.hovered || c.focused {
		c.back.StrokeColor = tint(theme.ColorNamePrimary)
	}
	if c.more != nil {
		setVisible(c.more, c.peer.Known)
	}
	c.caption.setText(c.words())
}

// words are the second line: what tells the peer from others, or what to do.
func (c *card) words() string {
	switch {
	case c.hovered && c.hinted && c.peer.Online:
		return say(phrase{key: keyCardHint})
	case c.hovered && c.hinted:
		return say(phrase{key: keyCardHintAway})
	case c.peer.Online:
		return labels(c.peer)
	case c.waiting > 0:
		return sayAll([]phrase{plurally(keyWaiting, c.waiting, nil), formatSeen(c.peer.Seen, c.now())})
	}
	return say(formatSeen(c.peer.Seen, c.now()))
}

func (c *card) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{c.back, c.face, c.name, c.caption}
	if c.more != nil {
		objects = append(objects, c.more)
	}
	return &drawn{
		objects: objects,
		min:     func() fyne.Size { return fyne.NewSize(0, faceSize+2*(gap+3)) },
		place:   c.place,
		paint:   c.paint,
	}
}

func (c *card) place(s fyne.Size) {
	c.back.Resize(s)
	put(c.face, gap+3, (s.Height-faceSize)/2, faceSize, faceSize)
	right := s.Width - gap - 3
	if c.more != nil {
		size := c.more.minSize()
		put(c.more, s.Width-size.Width-3, (s.Height-size.Height)/2, size.Width, size.Height)
		if c.more.Visible() {
			right = s.Width - size.Width - 5
		}
	}
	twoLines(c.name, c.caption, gap+3+faceSize+gap+3, right, s.Height)
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
