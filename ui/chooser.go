package ui

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"ferry/netcore"
)

// A chooser has what was picked, and asks to whom it goes: to one device or several. It shows who is there
// while they come and go, and takes more paths.
type chooser struct {
	window *Window
	sheet  *sheet
	paths  []string
	chosen map[netcore.PeerID]bool

	title  *paragraph
	names  *fyne.Container         // the first of paths
	signs  map[string]*widget.Icon // of those
	all    *button                 // chooses all that are here, or nobody
	amount *label                  // how much it is
	count  context.CancelFunc
	peers  map[netcore.PeerID]netcore.Peer
	cards  *lazyList[netcore.PeerID, *card]
	scroll *container.Scroll
	nobody *paragraph
	send   *button
}

// The height of the cards: room for three lines of words at least, and for
// four cards at most; more can be scrolled to.
const (
	chooserLeast = 60
	chooserMost  = 4*(cardHeight+gap) - gap + 2*ringRoom
)

// mostNamed is how many of what was picked have a line.
const mostNamed = 3

func (w *Window) askToWhom(paths []string) {
	c := &chooser{window: w, chosen: make(map[netcore.PeerID]bool), count: func() {}}
	c.title = newTitle("")
	c.names, c.amount = container.NewVBox(), newCaption("")
	c.cards = &lazyList[netcore.PeerID, *card]{pitch: cardHeight + gap, gap: gap, create: c.newCard, show: c.showCard}
	c.cards.init()
	c.nobody = newParagraph(say(phrase{key: keyToWhomNobody}), theme.SizeNameText, colorMuted)
	c.scroll = scrolled(padded(c.cards, 0, ringRoom))
	c.scroll.OnScrolled = func(fyne.Position) { c.cards.arrange() }
	c.cards.scroll = c.scroll
	c.all = newSmallButton("", c.chooseAll)
	c.all.onKey = w.typedKey
	c.send = newButton(lookPrimary, say(phrase{key: keySendNow}), c.sendNow)
	c.send.setDisabled(true)
	tray := container.NewStack(newSurface(theme.ColorNameInputBackground, "", radius-2),
		padded(container.NewVBox(c.names, c.amount), gap+3, gap))
	body := container.NewBorder(container.NewVBox(c.title, tray, spread(newCaption(say(phrase{key: keyToWhom})), c.all)), nil, nil, nil,
		container.NewStack(beyond(c.scroll), padded(c.nobody, 0, gap)))
	c.sheet = w.newSheet(body, newButton(lookPlain, say(phrase{key: keyCancel}), c.close), c.send)
	w.asking = c
	c.add(paths)
	c.sheet.show()
	c.setPeers(w.view.peers)
	c.chooseOnly()
}

// chooseOnly chooses the device that is here if no other is, unless it only has the name of a known one:
// whoever is used to pressing Enter would send to a stranger.
func (c *chooser) chooseOnly() {
	if v := c.window.view; v.online() == 1 {
		i := slices.IndexFunc(v.peers, func(p netcore.Peer) bool { return p.Online })
		if !notTheOne(v.peers[i]) {
			c.choose(v.peers[i])
		}
	}
}

// add takes more to send.
func (c *chooser) add(paths []string) {
	for _, p := range paths {
		if !slices.Contains(c.paths, p) {
			c.paths = append(c.paths, p)
		}
	}
	c.title.setWords(say(plurally(keyPicked, len(c.paths), nil)))
	c.names.Objects = nil
	c.signs = make(map[string]*widget.Icon)
	for _, p := range c.paths[:min(len(c.paths), mostNamed)] {
		c.signs[p] = widget.NewIcon(theme.NewColoredResource(theme.FileIcon(), colorMuted))
		c.names.Add(pathLine(c.signs[p], p))
	}
	if rest := len(c.paths) - mostNamed; rest > 0 {
		c.names.Add(newCaption(say(plurally(keyOfferMore, rest, nil))))
	}
	c.measure()
	c.sheet.fill()
}

// measure finds out how much it is, and what of it is a folder.
func (c *chooser) measure() {
	c.count()
	ctx, cancel := context.WithCancel(c.window.ended)
	c.count = cancel
	c.amount.setText(say(phrase{key: keyCounting}))
	paths := slices.Clone(c.paths)
	c.window.background(func(context.Context) {
		for _, p := range paths[:min(len(paths), mostNamed)] {
			if info, err := os.Stat(p); err == nil && info.IsDir() {
				c.window.ui(func() { c.signAsFolder(p) })
			}
		}
		files, bytes := sizeOf(ctx, paths)
		c.window.ui(func() {
			if ctx.Err() == nil {
				c.amount.setText(sayAll([]phrase{plurally(keyFiles, files, nil), {key: keyOfferTotal, args: args{"Size": size(bytes)}}}))
			}
		})
	})
}

// signAsFolder gives a path that has a line the sign of a folder.
func (c *chooser) signAsFolder(p string) {
	if sign := c.signs[p]; sign != nil {
		sign.SetResource(theme.NewColoredResource(theme.FolderIcon(), colorMuted))
	}
}

func (c *chooser) newCard() *card {
	k := newCard(netcore.Peer{}, c.window.now, c.choose)
	k.tick = widget.NewIcon(nil)
	k.onKey = c.window.typedKey
	return k
}

func (c *chooser) showCard(k *card, id netcore.PeerID) {
	k.chosen = c.chosen[id]
	k.set(c.peers[id], c.window.view.waiting[id], busy{})
	k.Refresh()
}

func (c *chooser) setPeers(peers []netcore.Peer) {
	c.peers = make(map[netcore.PeerID]netcore.Peer, len(peers))
	ids := make([]netcore.PeerID, len(peers))
	for i, p := range peers {
		ids[i], c.peers[p.ID] = p.ID, p
	}
	for id := range c.chosen {
		if _, there := c.peers[id]; !there {
			delete(c.chosen, id)
		}
	}
	setVisible(c.nobody, len(peers) == 0)
	resized := len(ids) != len(c.cards.keys)
	c.cards.set(ids)
	if resized || c.scroll.MinSize().Height < chooserLeast {
		height := min(max(c.cards.MinSize().Height+2*ringRoom, chooserLeast), chooserMost)
		c.scroll.SetMinSize(fyne.NewSize(0, height))
		c.sheet.fill()
		c.cards.arrange()
	}
	c.follow()
}

// choose sends to a device too, or not any more.
func (c *chooser) choose(p netcore.Peer) {
	if c.chosen[p.ID] {
		delete(c.chosen, p.ID)
	} else {
		c.chosen[p.ID] = true
	}
	c.cards.arrange()
	c.follow()
}

// sure are the devices that are here and could not be taken for others: those that "all" means.
func (c *chooser) sure() (ids []netcore.PeerID) {
	for _, id := range c.cards.keys {
		if p := c.peers[id]; p.Online && !notTheOne(p) {
			ids = append(ids, id)
		}
	}
	return ids
}

// chooseAll chooses all that are here or, if they are chosen, nobody.
func (c *chooser) chooseAll() {
	all := c.hasAll()
	clear(c.chosen)
	if !all {
		for _, id := range c.sure() {
			c.chosen[id] = true
		}
	}
	c.cards.arrange()
	c.follow()
}

// hasAll reports whether all that are here are chosen.
func (c *chooser) hasAll() bool {
	return !slices.ContainsFunc(c.sure(), func(id netcore.PeerID) bool { return !c.chosen[id] })
}

// to are the devices that are chosen, as they are listed.
func (c *chooser) to() (all []netcore.Peer) {
	for _, id := range c.cards.keys {
		if c.chosen[id] {
			all = append(all, c.peers[id])
		}
	}
	return all
}

// follow says on the button to whom it goes.
func (c *chooser) follow() {
	to := c.to()
	c.send.setDisabled(len(to) == 0)
	setVisible(c.all, len(c.sure()) > 1)
	k := keyTickAll
	if c.hasAll() {
		k = keyTickNone
	}
	c.all.setWords(say(phrase{key: k}))
	words := say(phrase{key: keySendNow})
	switch {
	case len(to) == 1:
		words = shorten(say(phrase{key: keySendTo, args: args{"Peer": to[0].Name}}), cutEnd, func(s string) bool {
			const most = 240 // there is another button
			return fyne.MeasureText(s, theme.TextSize(), fyne.TextStyle{}).Width <= most
		})
	case len(to) > 1:
		words = say(plurally(keySendToMany, len(to), nil))
	}
	c.send.setWords(words)
	c.sheet.panel.Refresh() // the button has another width
}

func (c *chooser) sendNow() {
	to := c.to()
	c.shut()
	c.window.send(c.paths, to...)
}

// close sends nothing.
func (c *chooser) close() {
	c.shut()
	c.window.dropTexts(c.paths)
}

func (c *chooser) shut() {
	c.count()
	c.window.asking = nil
	c.sheet.close()
}

// pathLine is the name of something that was picked, behind its sign.
func pathLine(sign fyne.CanvasObject, p string) fyne.CanvasObject {
	name := newText("")
	name.setName(filepath.Base(p), nil)
	return container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, name.height()) },
		place: func(s fyne.Size) {
			const side = iconSize - 2
			put(sign, 0, (s.Height-side)/2, side, side)
			put(name, side+gap, 0, s.Width-side-gap, s.Height)
		},
	}, sign, name)
}
