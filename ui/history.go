package ui

import (
	"context"
	"errors"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

const (
	keyHistory         key = "history.title"
	keyHistoryNone     key = "history.none"
	keyHistoryNoneHint key = "history.none.hint"
	keyHistoryFound    key = "history.found.none" // by a search
	keyHistoryFoundFix key = "history.found.none.hint"
	keyHistoryBroken   key = "history.broken"
	keyHistorySearch   key = "history.search"
	keyHistoryClear    key = "history.clear"
	keyClearTitle      key = "history.clear.title"
	keyClearText       key = "history.clear.text"
	keyClearDo         key = "history.clear.do"
	keyDrop            key = "row.do.drop"
	keyDropped         key = "toast.dropped"
)

// historyPage is how many transfers are read at once.
const historyChunk = 100

// A historyPage lists what was sent and received, also in earlier runs, as the node remembers it. It reads
// more when the end comes into sight.
type historyPage struct {
	window  *Window
	root    *fyne.Container
	search  *entry
	clear   *button
	list    *rowList
	nothing fyne.CanvasObject
	unfound fyne.CanvasObject

	items   []item
	more    bool // there may be older ones
	reading bool
	turn    int                  // which question it is, so that an old answer is not shown
	ended   int                  // how many transfers of this run have ended, when it was read
	dropped []netcore.TransferID // taken away here, and not in the database yet
}

func newHistoryPage(w *Window) *historyPage {
	p := &historyPage{window: w}
	p.search = newEntry(w, say(phrase{key: keyHistorySearch}))
	p.search.OnChanged = func(string) { p.load() }
	p.search.Icon = theme.NewColoredResource(theme.SearchIcon(), colorMuted)
	p.clear = newButton(lookQuiet, say(phrase{key: keyHistoryClear}), p.askToClear)
	p.list = w.newRowList(map[deed]func(item){
		doDrop:    p.drop,
		doRetry:   func(it item) { w.sendAgain(it.Transfer) },
		doOpen:    func(it item) { w.openPath(it.Paths[0]) },
		doShow:    func(it item) { w.showPaths(it.Paths) },
		doDetails: w.showDetails,
	})
	p.list.onEnd = p.readMore
	p.nothing = newEmpty(theme.HistoryIcon(), keyHistoryNone, keyHistoryNoneHint)
	p.unfound = newEmpty(theme.SearchIcon(), keyHistoryFound, keyHistoryFoundFix)
	bar := container.NewBorder(nil, nil, nil, p.clear, p.search)
	p.root = above(inset(bar, space, space-quietSide),
		container.NewStack(leftPadded(p.list, space-rowInset), p.nothing, p.unfound))
	p.settle()
	return p
}

// load reads the newest transfers that fit what is searched for.
func (p *historyPage) load() {
	p.turn++
	p.reading = false
	p.ended = p.window.view.ended()
	p.read(netcore.Query{Text: p.search.Text, Limit: historyChunk}, nil)
}

// readMore reads on where the list ends.
func (p *historyPage) readMore() {
	if p.more && !p.reading && len(p.items) > 0 {
		p.read(netcore.Query{Text: p.search.Text, Limit: historyChunk, Before: p.items[len(p.items)-1].Started}, p.items)
	}
}

// read asks the node, and shows what it answers after what is there.
func (p *historyPage) read(q netcore.Query, there []item) {
	w := p.window
	if w.node == nil {
		return
	}
	p.reading = true
	turn := p.turn
	w.background(func(context.Context) {
		found, err := w.node.Past(q)
		w.ui(func() {
			if turn != p.turn {
				return
			}
			if err != nil {
				w.log.Warn("read the history", "error", err)
				w.toasts.show(phrase{key: keyHistoryBroken}, nil)
			}
			p.reading, p.more = false, err == nil && len(found) >= q.Limit
			p.show(there, found)
		})
	})
}

func (p *historyPage) show(there []item, found []netcore.Transfer) {
	all := slices.Clone(there)
	for _, t := range found {
		if !slices.Contains(p.dropped, t.ID) && !slices.ContainsFunc(all, func(it item) bool { return it.ID == t.ID }) {
			all = append(all, item{Transfer: t, ran: true, past: true, gone: p.window.texts.arrived(t)})
		}
	}
	p.items = all
	p.list.set(all)
	p.settle()
}

// settle shows what stands where nothing is listed.
func (p *historyPage) settle() {
	empty, searched := len(p.items) == 0, p.search.Text != ""
	setVisible(p.nothing, empty && !searched && !p.reading)
	setVisible(p.unfound, empty && searched && !p.reading)
	p.clear.setDisabled(empty)
	p.root.Refresh()
}

// follow reads anew when another transfer has ended while the page is open.
func (p *historyPage) follow(v view) {
	if p.root.Visible() && v.ended() != p.ended {
		p.load()
	}
}

// ended counts the transfers of this run that have ended.
func (v view) ended() int { return len(v.items) - v.onTheWay() }

// drop takes an entry out. For a moment that can be undone; then the node forgets it.
func (p *historyPage) drop(it item) {
	p.dropped = append(p.dropped, it.ID)
	p.list.set(slices.DeleteFunc(slices.Clone(p.items), func(other item) bool { return other.ID == it.ID }))
	p.items = p.list.items
	p.settle()
	p.window.toasts.show(phrase{key: keyDropped}, func() {
		p.dropped = slices.DeleteFunc(p.dropped, func(id netcore.TransferID) bool { return id == it.ID })
		p.load()
	})
	p.window.after(toastTime, func() {
		if slices.Contains(p.dropped, it.ID) {
			p.forget(it.ID)
		}
	})
}

// forget has the node forget transfers; with no ids, all that have ended.
func (p *historyPage) forget(ids ...netcore.TransferID) {
	w := p.window
	w.background(func(context.Context) {
		err := w.node.DropPast(ids...)
		w.ui(func() {
			p.dropped = slices.DeleteFunc(p.dropped, func(id netcore.TransferID) bool { return slices.Contains(ids, id) })
			if err != nil {
				w.log.Warn("forget history", "error", err)
				w.toasts.show(phrase{key: keyHistoryBroken}, nil)
			}
			p.load()
		})
	})
}

// flush has the node forget what waits for the end of its toast: the window closes.
func (p *historyPage) flush() {
	if len(p.dropped) > 0 {
		p.forget(p.dropped...)
	}
}

func (p *historyPage) askToClear() {
	var s *sheet
	s = p.window.newSheet(textBody(phrase{key: keyClearTitle}, phrase{key: keyClearText}),
		newButton(lookPlain, say(phrase{key: keyCancel}), func() { s.close() }),
		newButton(lookGrave, say(phrase{key: keyClearDo}), func() { s.close(); p.forget() }))
	s.show()
}

// sendAgain sends what a transfer was made of once more, as it is now.
func (w *Window) sendAgain(t netcore.Transfer) {
	id, err := w.node.SendAgain(t.ID)
	switch {
	case errors.Is(err, netcore.ErrUnread):
		w.toasts.show(phrase{key: keyNotAgain}, nil)
	case err != nil:
		w.toasts.show(phrase{key: keyNotSent, args: args{"Reason": why(netcore.Transfer{Peer: t.Peer}, err, false)}}, nil)
	default:
		w.sentToast(id, t.Peer, max(len(t.Names), 1))
		w.main.open(pageTransfers)
		return
	}
	w.log.Warn("send again", "transfer", t.ID, "error", err)
}
