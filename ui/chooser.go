package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

// A chooser asks to whom paths go. It shows who is there while they come
// and go.
type chooser struct {
	window *Window
	sheet  *sheet
	paths  []string
	cards  *fyne.Container // of *card
	scroll *container.Scroll
	nobody *paragraph
}

// The height of the cards: room for three lines of words at least, and for
// four cards at most; more can be scrolled to.
const (
	chooserLeast = 60
	chooserMost  = 250
)

func (w *Window) askToWhom(paths []string) {
	c := &chooser{window: w, paths: paths, cards: container.New(layout.NewVBoxLayout())}
	title := newHeading(say(phrase{key: keyToWhom}))
	name, more := filepathName(paths)
	what := newCaption("")
	what.setName(name, andMore(more))
	c.nobody = newParagraph(say(phrase{key: keyToWhomNobody}), theme.SizeNameText, colorMuted)
	c.scroll = container.NewVScroll(padded(c.cards, 1, 1))
	body := container.NewBorder(container.NewVBox(title, what), nil, nil, nil,
		container.NewStack(c.scroll, padded(c.nobody, 0, gap)))
	c.sheet = w.newSheet(body, newButton(lookPlain, say(phrase{key: keyCancel}), c.close))
	w.asking = c
	c.sheet.show()
	c.setPeers(w.view.peers)
}

func filepathName(paths []string) (name string, more int) {
	return firstName(netcore.Transfer{Paths: paths})
}

func (c *chooser) setPeers(peers []netcore.Peer) {
	setVisible(c.nobody, len(peers) == 0)
	same := slices.EqualFunc(peers, c.cards.Objects, func(p netcore.Peer, o fyne.CanvasObject) bool {
		return samePeer(p, o.(*card).peer)
	})
	if same && len(peers) > 0 {
		return
	}
	c.cards.Objects = nil
	for _, p := range peers {
		card := newCard(p, c.window.now, c.chosen)
		card.onKey = c.window.typedKey
		c.cards.Add(card)
	}
	height := min(max(c.cards.MinSize().Height+2, chooserLeast), chooserMost)
	c.scroll.SetMinSize(fyne.NewSize(0, height))
	c.cards.Refresh()
	c.sheet.fill()
}

func (c *chooser) chosen(p netcore.Peer) {
	c.close()
	c.window.send(p, c.paths)
}

func (c *chooser) close() {
	c.window.asking = nil
	c.sheet.close()
}
