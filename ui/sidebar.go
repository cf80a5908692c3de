package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

const (
	sidebarWidth = 300
	selfSize     = 40
)

// The sidebar says who this device is, who is there, and where received
// files go.
type sidebar struct {
	window  *Window
	root    *fyne.Container
	face    *selfFace
	name    *selfName
	visible *button         // who can see this device
	search  *searchField    // from manyDevices on
	finder  *fyne.Container // holds it
	cards   *lazyList[netcore.PeerID, *card]
	nobody  *paragraph  // nobody has the name that is searched for
	blocked *button     // how many are blocked; hidden if none is
	checks  *checkPanel // while nobody is here
	scroll  *container.Scroll
	peers   map[netcore.PeerID]netcore.Peer // that are listed
	found   *label                          // where this device can be found
	status  *label
	inbox   string
	self    netcore.Peer

	settings, address, connect *button
}

func newSidebar(w *Window) *sidebar {
	s := &sidebar{window: w, face: newSelfFace(w)}
	s.name = newSelfName(w)
	s.visible = newSmallButton("", w.askVisibility)
	s.search = newSearchField(w, func() { s.setPeers(w.view) })
	s.finder = padded(s.search, space, 0)
	s.finder.Hide()
	s.cards = &lazyList[netcore.PeerID, *card]{pitch: cardHeight + gap, gap: gap, create: s.newCard, show: s.showCard, leave: s.leaveCard}
	s.cards.init()
	s.checks = newCheckPanel(w)
	s.nobody = newParagraph(say(phrase{key: keySearchNobody}), theme.SizeNameCaptionText, colorMuted)
	s.nobody.align = fyne.TextAlignCenter
	s.nobody.Hide()
	s.blocked = newSmallButton("", w.showBlocked)
	s.blocked.Hide()
	s.found, s.status = newCaption(""), newCaption("")
	s.scroll = container.NewVScroll(padded(container.NewVBox(s.cards, s.nobody, s.checks.root, inset(container.NewHBox(s.blocked), -smallSide, 0)), space, ringRoom))
	s.cards.scroll = s.scroll
	s.scroll.OnScrolled = func(fyne.Position) { s.cards.arrange() }
	top := container.NewVBox(s.heading(), s.finder)
	peers := container.NewBorder(top, nil, nil, nil, container.New(placed{
		min: func() fyne.Size { return fyne.Size{} },
		place: func(size fyne.Size) {
			s.scroll.Resize(size)
			s.cards.arrange() // there may be room for more of them
		},
	}, s.scroll))
	s.root = container.NewStack(
		newSurface(colorSidebar, "", 0),
		container.NewBorder(s.header(), s.footer(), nil, nil, peers),
	)
	return s
}

// header is this device's own card: its picture, who can see it, its address, and its settings.
func (s *sidebar) header() fyne.CanvasObject {
	const height = selfSize + 2*space
	s.settings = newIconButton(s.window.tips, theme.SettingsIcon(), say(phrase{key: keySettings}), s.window.showSettings)
	s.address = newIconButton(s.window.tips, theme.GridIcon(), say(phrase{key: keyAddress}), s.window.showAddress)
	return container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, height) },
		place: func(size fyne.Size) {
			icon := s.settings.minSize()
			right := size.Width - space + 4 // the icon ends where the cards do
			for _, b := range []*button{s.settings, s.address} {
				right -= icon.Width
				put(b, right, (height-icon.Height)/2, icon.Width, icon.Height)
			}
			put(s.face, space, space, selfSize, selfSize)
			left := float32(space + selfSize + gap + 3)
			h1, small := s.name.MinSize().Height, s.visible.minSize()
			top := (height - h1 - small.Height) / 2
			put(s.name, left, top, right-left, h1)
			put(s.visible, left-smallSide, top+h1, min(small.Width, right-left+smallSide), small.Height)
		},
	}, s.face, s.name, s.visible, s.address, s.settings)
}

// heading is what stands over the cards.
func (s *sidebar) heading() fyne.CanvasObject {
	s.connect = newIconButton(s.window.tips, theme.ContentAddIcon(), say(phrase{key: keyConnect}), s.window.askConnect)
	size := s.connect.minSize()
	title := newCaption(say(phrase{key: keyNearby}))
	return container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, size.Height) },
		place: func(area fyne.Size) {
			left := area.Width - space - size.Width + 4
			put(title, space, (area.Height-title.height())/2, left-space, title.height())
			put(s.connect, left, 0, size.Width, size.Height)
		},
	}, title, s.connect)
}

// footer says where this device can be found, where received files go, and opens that
// folder.
func (s *sidebar) footer() fyne.CanvasObject {
	open := newIconButton(s.window.tips, theme.FolderOpenIcon(), say(phrase{key: keyOpenFolder}), func() { s.window.openPath(s.inbox) })
	line := newSurface(theme.ColorNameSeparator, "", 0)
	size := open.minSize()
	const above, between = 5, 1
	return container.New(placed{
		min: func() fyne.Size {
			return fyne.NewSize(0, above+s.found.height()+between+size.Height)
		},
		place: func(area fyne.Size) {
			put(line, 0, 0, area.Width, 1)
			put(s.found, space, above, area.Width-2*space, s.found.height())
			below := above + s.found.height() + between
			left := area.Width - space - size.Width + 4
			put(s.status, space, below+(size.Height-s.status.height())/2, left-space-gap, s.status.height())
			put(open, left, below, size.Width, size.Height)
		},
	}, line, s.found, s.status, open)
}

// middle centres a line of text in a height.
func middle(l *label) *fyne.Container {
	return container.New(placed{
		min:   l.MinSize,
		place: func(s fyne.Size) { put(l, 0, (s.Height-l.height())/2, s.Width, l.height()) },
	}, l)
}

func (s *sidebar) setSelf(p netcore.Peer) {
	if p.ID == s.self.ID && p.Name == s.self.Name && p.Picture == s.self.Picture {
		return
	}
	s.self = p
	s.face.face.set(p)
	s.name.set(p.Name)
}

// setVisibility says who can see this device.
func (s *sidebar) setVisibility(v netcore.Visibility, until time.Time) {
	if words := say(visibilityPhrase(v, until)); words != s.visible.words() {
		s.visible.setWords(words)
		s.root.Refresh() // it has another width now
	}
}

// setPresence says where this device can be found, and who can see it.
func (s *sidebar) setPresence(self netcore.Peer, address string, v netcore.Visibility, until time.Time) {
	s.setVisibility(v, until)
	k := statusKey(v, address)
	s.found.setName(self.Name, func(name string) string {
		return say(phrase{key: k, args: args{"Name": name, "Address": address}})
	})
}

func (s *sidebar) setInbox(dir string) {
	s.inbox = dir
	s.status.setPath(dir, func(path string) string {
		return say(phrase{key: keyInbox, args: args{"Folder": path}})
	})
}

// manyDevices is from how many on they can be searched.
const manyDevices = 10

// setPeers shows the peers of a view, in its order, as far as they are searched for. A peer keeps its card.
func (s *sidebar) setPeers(v view) {
	s.peers = make(map[netcore.PeerID]netcore.Peer, len(v.peers))
	searched := len(v.peers) >= manyDevices
	var ids []netcore.PeerID
	for _, p := range v.peers {
		if !searched || s.search.matches(p) {
			s.peers[p.ID] = p
			ids = append(ids, p.ID)
		}
	}
	s.cards.set(ids)
	nobody := v.online() == 0
	s.checks.setCompany(len(v.peers) > 0)
	changed := setVisible(s.checks.root, nobody)
	changed = setVisible(s.finder, searched) || changed
	changed = setVisible(s.nobody, searched && len(ids) == 0) || changed
	changed = setVisible(s.blocked, len(v.blocked) > 0) || changed
	s.blocked.setWords(say(plurally(keyBlockedCount, len(v.blocked), nil)))
	if changed {
		s.root.Refresh()
	}
}

func (s *sidebar) newCard() *card {
	c := newCard(netcore.Peer{}, s.window.now, s.window.pickFilesFor)
	c.hinted, c.onMenu = true, s.window.openMenu
	c.onKey = func(ev *fyne.KeyEvent) { s.move(c.peer.ID, ev) }
	c.more = newIconButton(s.window.tips, theme.MoreVerticalIcon(), say(phrase{key: keyDevice}), c.openMenu)
	return c
}

// showCard shows a peer on a card. It costs nothing if that is what is shown already.
func (s *sidebar) showCard(c *card, id netcore.PeerID) {
	p, v := s.peers[id], s.window.view
	if waiting, now := v.waiting[id], v.busy[id]; !samePeer(c.peer, p) || waiting != c.waiting || now != c.busy {
		c.set(p, waiting, now)
		c.Refresh()
	}
}

// leaveCard lets go of the focus: another peer may be next on the card.
func (s *sidebar) leaveCard(c *card) {
	canvas := s.window.win.Canvas()
	if f := canvas.Focused(); f == fyne.Focusable(c) || f == fyne.Focusable(c.more) {
		canvas.Unfocus()
	}
	c.hovered = false
}

// move goes from a peer's card to another one with the arrow keys.
func (s *sidebar) move(from netcore.PeerID, ev *fyne.KeyEvent) {
	i := slices.Index(s.cards.keys, from)
	switch ev.Name {
	case fyne.KeyUp:
		i--
	case fyne.KeyDown:
		i++
	default:
		return
	}
	if i < 0 || i >= len(s.cards.keys) {
		return
	}
	s.cards.reveal(i)
	s.window.win.Canvas().Focus(s.cards.live[s.cards.keys[i]])
}

// age says anew how long ago those were here who are not.
func (s *sidebar) age() {
	for _, c := range s.cards.live {
		c.age()
	}
}

// samePeer reports whether two peers look alike.
func samePeer(a, b netcore.Peer) bool {
	return a.ID == b.ID && a.Name == b.Name && a.OwnName == b.OwnName && a.System == b.System && slices.Equal(a.Addrs, b.Addrs) &&
		a.Online == b.Online && a.Known == b.Known && a.Seen.Equal(b.Seen) && a.Verified.Equal(b.Verified) &&
		a.Namesake == b.Namesake && a.Doubled == b.Doubled && a.Picture == b.Picture && a.AutoAccept == b.AutoAccept
}

// at is the card below a position of the canvas, nil if there is none.
func (s *sidebar) at(pos fyne.Position) *card {
	if !contains(s.window.area(s.scroll), pos) {
		return nil // what is scrolled away lies below other things
	}
	for _, c := range s.cards.live {
		if contains(s.window.area(c), pos) {
			return c
		}
	}
	return nil
}

// shortPath writes the home folder as people do.
func shortPath(path string) string {
	home, err := os.UserHomeDir()
	if err != nil || home == "" {
		return path
	}
	if rest, ok := strings.CutPrefix(path, home+string(filepath.Separator)); ok {
		return "~" + string(filepath.Separator) + rest
	}
	return path
}

// setVisible shows an object or hides it, and reports whether that is a change.
func setVisible(o fyne.CanvasObject, on bool) (changed bool) {
	switch {
	case on && !o.Visible():
		o.Show()
		return true
	case !on && o.Visible():
		o.Hide()
		return true
	}
	return false
}
