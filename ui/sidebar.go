package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
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
	face    *avatar
	name    *label
	visible *button         // who can see this device
	cards   *fyne.Container // of *card, ordered as the peers are
	checks  *checkPanel     // while nobody is here
	scroll  *container.Scroll
	found   *label // where this device can be found
	status  *label
	inbox   string
	self    netcore.Peer

	settings, address, connect *button
}

func newSidebar(w *Window) *sidebar {
	s := &sidebar{window: w, face: newAvatar(selfSize), name: newHeading("")}
	s.visible = newSmallButton("", w.askVisibility)
	s.cards = container.New(layout.NewVBoxLayout())
	s.checks = newCheckPanel(w)
	s.found, s.status = newCaption(""), newCaption("")
	s.scroll = container.NewVScroll(padded(container.NewVBox(s.cards, s.checks.root), space, 1))
	peers := container.NewBorder(s.heading(), nil, nil, nil, s.scroll)
	s.root = container.NewStack(
		newSurface(colorSidebar, "", 0),
		container.NewBorder(s.header(), s.footer(), nil, nil, peers),
	)
	return s
}

// header is this device's own card: who can see it, its address, and its settings.
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
			h1, small := s.name.height(), s.visible.minSize()
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
	if p.ID == s.self.ID && p.Name == s.self.Name {
		return
	}
	s.self = p
	s.face.set(p)
	s.name.setName(p.Name, nil)
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

// setPeers shows the peers of a view, in its order. A peer keeps its card.
func (s *sidebar) setPeers(v view) {
	old := make(map[netcore.PeerID]*card)
	for _, o := range s.cards.Objects {
		old[o.(*card).peer.ID] = o.(*card)
	}
	cards := make([]fyne.CanvasObject, len(v.peers))
	for i, p := range v.peers {
		c := old[p.ID]
		if c == nil {
			c = s.newCard(p)
		}
		if waiting := v.waiting[p.ID]; !samePeer(c.peer, p) || waiting != c.waiting {
			c.set(p, waiting)
			c.Refresh()
		}
		cards[i] = c
	}
	nobody := v.online() == 0
	s.checks.setCompany(len(v.peers) > 0)
	if slices.Equal(cards, s.cards.Objects) && nobody == s.checks.root.Visible() {
		return
	}
	setVisible(s.checks.root, nobody)
	s.cards.Objects = cards
	s.cards.Refresh()
	s.root.Refresh()
}

func (s *sidebar) newCard(p netcore.Peer) *card {
	c := newCard(p, s.window.now, s.window.pickFilesFor)
	c.hinted = true
	c.more = newIconButton(s.window.tips, theme.MoreVerticalIcon(), say(phrase{key: keyDevice}), func() { s.window.showDevice(c.peer) })
	c.paint()
	return c
}

// age says anew how long ago those were here who are not.
func (s *sidebar) age() {
	for _, o := range s.cards.Objects {
		o.(*card).age()
	}
}

// samePeer reports whether two peers look alike.
func samePeer(a, b netcore.Peer) bool {
	return a.ID == b.ID && a.Name == b.Name && a.System == b.System && slices.Equal(a.Addrs, b.Addrs) &&
		a.Online == b.Online && a.Known == b.Known && a.Seen.Equal(b.Seen)
}

// at is the card below a position of the canvas, nil if there is none.
func (s *sidebar) at(pos fyne.Position) *card {
	for _, o := range s.cards.Objects {
		if c := o.(*card); contains(s.window.area(c), pos) {
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

func setVisible(o fyne.CanvasObject, on bool) {
	switch {
	case on && !o.Visible():
		o.Show()
	case !on && o.Visible():
		o.Hide()
	}
}
