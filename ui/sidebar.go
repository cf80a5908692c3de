package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	caption *label
	cards   *fyne.Container // of *card, ordered as the peers are
	nobody  fyne.CanvasObject
	status  *label
	inbox   string
	self    netcore.Peer

	settings *button
}

func newSidebar(w *Window) *sidebar {
	s := &sidebar{window: w, face: newAvatar(selfSize), name: newHeading(""), caption: newCaption("")}
	s.cards = container.New(layout.NewVBoxLayout())
	s.nobody = newEmpty(theme.SearchIcon(), keyNobody, keyNobodyHint)
	s.status = newCaption("")
	scroll := container.NewVScroll(padded(s.cards, space, 1))
	peers := container.NewBorder(padded(newCaption(say(phrase{key: keyNearby})), space, 4), nil, nil, nil,
		container.NewStack(scroll, s.nobody))
	s.root = container.NewStack(
		newSurface(colorSidebar, "", 0),
		container.NewBorder(s.header(), s.footer(), nil, nil, peers),
	)
	return s
}

// header is this device's own card, and the way to its settings.
func (s *sidebar) header() fyne.CanvasObject {
	const height = selfSize + 2*space
	s.settings = newIconButton(s.window.tips, theme.SettingsIcon(), say(phrase{key: keyLimits}), s.window.askLimits)
	return container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, height) },
		place: func(size fyne.Size) {
			button := s.settings.minSize()
			left := size.Width - space - button.Width + 4 // its icon ends where the cards do
			put(s.settings, left, (height-button.Height)/2, button.Width, button.Height)
			put(s.face, space, space, selfSize, selfSize)
			twoLines(s.name, s.caption, space+selfSize+gap+3, left-gap, height)
		},
	}, s.face, s.name, s.caption, s.settings)
}

// footer says where received files go, and opens that folder.
func (s *sidebar) footer() fyne.CanvasObject {
	open := newIconButton(s.window.tips, theme.FolderOpenIcon(), say(phrase{key: keyOpenFolder}), func() { s.window.openPath(s.inbox) })
	line := newSurface(theme.ColorNameSeparator, "", 0)
	return container.NewBorder(line, nil, nil, nil,
		padded(container.NewBorder(nil, nil, nil, open, middle(s.status)), space, 0))
}

// middle centres a line of text in a height.
func middle(l *label) *fyne.Container {
	return container.New(placed{
		min:   l.MinSize,
		place: func(s fyne.Size) { put(l, 0, (s.Height-l.height())/2, s.Width, l.height()) },
	}, l)
}

func (s *sidebar) setSelf(p netcore.Peer) {
	if p.ID == s.self.ID && p.Name == s.self.Name && slices.Equal(p.Addrs, s.self.Addrs) {
		return
	}
	s.self = p
	s.face.set(p)
	s.name.setName(p.Name, nil)
	if a := address(p.Addrs); a != "" {
		s.caption.setText(say(phrase{key: keySelf, args: args{"Address": a}}))
	} else {
		s.caption.setText(say(phrase{key: keySelfAlone}))
	}
}

func (s *sidebar) setInbox(dir string) {
	s.inbox = dir
	s.status.setPath(dir, func(path string) string {
		return say(phrase{key: keyInbox, args: args{"Folder": path}})
	})
}

// setPeers shows these peers, in this order. A peer keeps its card.
func (s *sidebar) setPeers(peers []netcore.Peer) {
	old := make(map[netcore.PeerID]*card)
	for _, o := range s.cards.Objects {
		old[o.(*card).peer.ID] = o.(*card)
	}
	cards := make([]fyne.CanvasObject, len(peers))
	for i, p := range peers {
		c := old[p.ID]
		switch {
		case c == nil:
			c = newCard(p, say(phrase{key: keyCardHint}), s.window.pickFilesFor)
		case !samePeer(c.peer, p):
			c.set(p)
			c.Refresh()
		}
		cards[i] = c
	}
	if !slices.Equal(cards, s.cards.Objects) {
		s.cards.Objects = cards
		s.cards.Refresh()
		s.root.Refresh()
	}
	setVisible(s.nobody, len(peers) == 0)
}

// samePeer reports whether two peers look alike.
func samePeer(a, b netcore.Peer) bool {
	return a.ID == b.ID && a.Name == b.Name && a.System == b.System && slices.Equal(a.Addrs, b.Addrs)
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
