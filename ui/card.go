package ui

import (
	"net/netip"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"ferry/netcore"
)

const (
	faceSize   = 36
	cardHeight = faceSize + 2*(gap+3)
	sealSize   = 14
)

// A card is a peer that things can be sent to: by dropping them on it, or by
// pressing it. It shows another peer when it is told to.
type card struct {
	pressable
	peer    netcore.Peer
	waiting int  // how many transfers wait for it
	busy    busy // what is being done with it
	hinted  bool // says what to do instead of how it stands while the pointer is over it
	chosen  bool // it is one of those to send to
	target  bool // files are dragged over it
	now     func() time.Time
	onMenu  func(netcore.Peer, fyne.Position) // what can be done with it; nil if that is not to be had
	back    *canvas.Rectangle
	face    *avatar
	name    *label
	seal    *widget.Icon // it is verified
	caption *label
	more    *button      // opens the menu; nil if there is none
	tick    *widget.Icon // it is chosen; nil if it cannot be
}

func newCard(p netcore.Peer, now func() time.Time, onTap func(netcore.Peer)) *card {
	c := &card{back: newBox(radius), face: newAvatar(faceSize), now: now}
	c.name, c.caption = newText(""), newCaption("")
	c.seal = widget.NewIcon(theme.NewColoredResource(theme.ConfirmIcon(), colorGood))
	c.onTap = func() { onTap(c.peer) }
	c.set(p, 0, busy{})
	c.ExtendBaseWidget(c)
	return c
}

// set shows what has become of the peer, how many transfers wait for it, and what is being done.
func (c *card) set(p netcore.Peer, waiting int, now busy) {
	c.peer, c.waiting, c.busy = p, waiting, now
	c.face.set(p)
	c.name.setName(p.Name, nil)
	c.paint()
	c.place(c.Size())
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
	c.caption.setColor(colorMuted)
	if !c.peer.Online {
		c.back.FillColor = tint(colorSidebar)
		c.name.setColor(colorMuted)
	}
	if c.hovered || c.focused || c.chosen {
		c.back.StrokeColor = tint(theme.ColorNamePrimary)
	}
	if c.chosen || c.focused {
		c.back.StrokeWidth = 2
	}
	if c.target {
		c.back.FillColor, c.back.StrokeColor, c.back.StrokeWidth = tint(colorTarget), tint(theme.ColorNamePrimary), 2
		c.name.setColor(theme.ColorNameForeground) // muted ones cannot be read on it
		c.caption.setColor(theme.ColorNameForeground)
	}
	if notTheOne(c.peer) {
		c.caption.setColor(colorMixed)
	}
	if c.more != nil && setVisible(c.more, !c.target) {
		c.place(c.Size()) // words have its room, or no longer
	}
	setVisible(c.seal, !c.peer.Verified.IsZero())
	if c.tick != nil {
		icon := theme.NewColoredResource(theme.CheckButtonIcon(), colorMuted)
		if c.chosen {
			icon = theme.NewColoredResource(theme.CheckButtonCheckedIcon(), theme.ColorNamePrimary)
		}
		c.tick.SetResource(icon)
	}
	if c.target && !c.warns() {
		c.caption.setName(c.peer.Name, c.release)
	} else {
		c.caption.setText(c.words())
	}
}

// setTarget says that files are dragged over it, or no longer are.
func (c *card) setTarget(on bool) { c.setState(&c.target, on) }

// release is what becomes of files that are dragged over it and released.
func (c *card) release(name string) string {
	k := keyRelease
	if !c.peer.Online {
		k = keyReleaseAway
	}
	return say(phrase{key: k, args: args{"Peer": name}})
}

// words are the second line: how it stands with the peer, or what to do.
func (c *card) words() string {
	switch {
	case c.warns():
		return onlineWords(c.peer)
	case c.hovered && c.hinted && c.peer.Online:
		return say(phrase{key: keyCardHint})
	case c.hovered && c.hinted:
		return say(phrase{key: keyCardHintAway})
	case c.busy.phrase().key != "":
		return say(c.busy.phrase())
	case c.peer.Online:
		return onlineWords(c.peer)
	case c.waiting > 0:
		return sayAll([]phrase{plurally(keyWaiting, c.waiting, nil), formatSeen(c.peer.Seen, c.now())})
	}
	return say(formatSeen(c.peer.Seen, c.now()))
}

// warns reports whether it says nothing but that its peer may be taken for another one: above all to who is about to
// drop something here.
func (c *card) warns() bool { return c.peer.Online && notTheOne(c.peer) }

// notTheOne reports whether a peer has the name of another one, and nobody has made sure of it.
func notTheOne(p netcore.Peer) bool { return p.Namesake && p.Verified.IsZero() }

// namesakeWords say so in a line; where nobody has a right to the name, with what tells them apart.
func namesakeWords(p netcore.Peer) string {
	if !p.Doubled {
		return say(phrase{key: keyNotTheOne, args: args{"Peer": p.Name}})
	}
	words := say(phrase{key: keyDoubledShort, args: args{"Peer": p.Name}})
	if where := address(p.Addrs); where != "" {
		return where + " · " + words
	}
	return words
}

// namesakePhrase says it in full.
func namesakePhrase(p netcore.Peer) phrase {
	k := keyNamesake
	if p.Doubled {
		k = keyDoubled
	}
	return phrase{key: k, args: args{"Peer": p.Name}}
}

// onlineWords say how it stands with a peer that is here.
func onlineWords(p netcore.Peer) string {
	switch {
	case !p.Verified.IsZero():
		return say(phrase{key: keyOnlineVerified, args: args{"System": systemOf(p)}})
	case notTheOne(p):
		return namesakeWords(p)
	case len(p.Addrs) == 0:
		return say(phrase{key: keyOnline})
	}
	return say(phrase{key: keyOnlineAt, args: args{"Where": labels(p)}})
}

// TypedKey implements fyne.Focusable: the menu key opens the menu, and so does F10, with Shift or without.
func (c *card) TypedKey(ev *fyne.KeyEvent) {
	if c.onMenu != nil && (ev.Name == desktop.KeyMenu || ev.Name == fyne.KeyF10) {
		c.openMenu()
		return
	}
	c.pressable.TypedKey(ev)
}

// TappedSecondary opens the menu where the pointer is.
func (c *card) TappedSecondary(ev *fyne.PointEvent) {
	if c.onMenu != nil {
		c.onMenu(c.peer, ev.AbsolutePosition)
	}
}

// openMenu opens it below the button.
func (c *card) openMenu() {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(c.more)
	c.onMenu(c.peer, at.AddXY(0, c.more.Size().Height))
}

func (c *card) CreateRenderer() fyne.WidgetRenderer {
	objects := []fyne.CanvasObject{c.back, c.face, c.name, c.seal, c.caption}
	if c.more != nil {
		objects = append(objects, c.more)
	}
	if c.tick != nil {
		objects = append(objects, c.tick)
	}
	return &drawn{
		objects: objects,
		min:     func() fyne.Size { return fyne.NewSize(0, cardHeight) },
		place:   c.place,
		paint:   c.paint,
	}
}

func (c *card) place(s fyne.Size) {
	if s.IsZero() {
		return // it is not on the screen yet
	}
	c.back.Resize(s)
	put(c.face, gap+3, (s.Height-faceSize)/2, faceSize, faceSize)
	right := s.Width - gap - 3
	switch {
	case c.more != nil && c.more.Visible():
		size := c.more.minSize()
		right = s.Width - size.Width - 5
		put(c.more, right+2, (s.Height-size.Height)/2, size.Width, size.Height)
	case c.tick != nil:
		right -= tickSize
		put(c.tick, right, (s.Height-tickSize)/2, tickSize, tickSize)
		right -= gap
	}
	left := float32(gap + 3 + faceSize + gap + 3)
	room := right
	if c.seal.Visible() {
		room -= sealSize + 4
	}
	twoLines(c.name, c.caption, left, right, s.Height)
	width := min(c.name.natural(), room-left)
	put(c.name, left, c.name.Position().Y, width, c.name.height())
	put(c.seal, left+width+4, c.name.Position().Y+(c.name.height()-sealSize)/2, sealSize, sealSize)
	if !c.seal.Visible() {
		put(c.name, left, c.name.Position().Y, right-left, c.name.height())
	}
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

// systemOf is a peer's system as people write it.
func systemOf(p netcore.Peer) string {
	if system := systems[p.System]; system != "" {
		return system
	}
	return display(p.System)
}

// labels are what tells a peer from another one of its name: its system and
// its address.
func labels(p netcore.Peer) string {
	system, address := systemOf(p), address(p.Addrs)
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
