package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

const (
	keyFilterAll       key = "filter.all"
	keyFilterSending   key = "filter.sending"
	keyFilterReceiving key = "filter.receiving"
	keyFilterFailed    key = "filter.failed"
	keyFilterNone      key = "filter.none" // nothing is left by the filter
)

// A filter chooses among transfers.
type filter struct {
	name key
	has  func(item) bool
}

var filters = []filter{
	{keyFilterAll, func(item) bool { return true }},
	{keyFilterSending, func(it item) bool { return it.Direction == netcore.Outgoing }},
	{keyFilterReceiving, func(it item) bool { return it.Direction == netcore.Incoming }},
	{keyFilterFailed, func(it item) bool {
		t := toneOf(it.Transfer)
		return t == toneBad || t == toneMixed
	}},
}

// The transfersPage lists the transfers of this run of the program, and those of earlier runs that
// are still on their way.
type transfersPage struct {
	window  *Window
	root    *fyne.Container
	bar     *fyne.Container // filters, and clear; hidden while there is nothing
	filters *choiceGroup
	clear   *button
	list    *rowList
	nothing fyne.CanvasObject
	none    fyne.CanvasObject // nothing passes the filter
}

func newTransfersPage(w *Window) *transfersPage {
	p := &transfersPage{window: w}
	p.clear = newButton(lookQuiet, say(phrase{key: keyClear}), func() { w.model.clear(); w.draw() })
	p.clear.Hide()
	var names []string
	for _, f := range filters {
		names = append(names, say(phrase{key: f.name}))
	}
	p.filters = w.newChoiceGroup(choicePill, names, 0, func(int) { p.set(w.view) })
	p.list = w.newRowList(map[deed]func(item){
		doCancel:  w.cancel,
		doDrop:    func(it item) { w.model.forget(func(other item) bool { return other.ID == it.ID }); w.draw() },
		doPause:   func(it item) { w.node.Pause(it.ID) },
		doResume:  func(it item) { w.node.Resume(it.ID) },
		doRetry:   func(it item) { w.retry(it.Transfer) },
		doOpen:    func(it item) { w.openPath(it.Paths[0]) },
		doShow:    func(it item) { w.showPaths(it.Paths) },
		doDetails: w.showDetails,
	})
	p.nothing = newEmpty(theme.MailSendIcon(), keyNothing, keyNothingHint)
	p.none = newEmpty(theme.SearchIcon(), keyFilterNone, "")
	p.none.Hide()
	p.bar = inset(container.NewHBox(p.filters.row(), layout.NewSpacer(), p.clear), space, space-quietSide)
	p.bar.Hide()
	p.root = above(p.bar,
		container.NewStack(leftPadded(p.list, space-rowInset), p.nothing, p.none))
	return p
}

// newRowList makes a list of rows that can do what is in deeds.
func (w *Window) newRowList(deeds map[deed]func(item)) *rowList {
	actions := rowActions{tips: w.tips, now: w.now}
	for d, f := range deeds {
		actions.do[d] = f
	}
	l := newRowList(actions)
	l.onKey = w.typedKey
	l.canvas = w.win.Canvas
	return l
}

func (p *transfersPage) set(v view) {
	shown := v.items
	if f := filters[p.filters.now]; p.filters.now > 0 {
		shown = slices.DeleteFunc(slices.Clone(shown), func(it item) bool { return !f.has(it) })
	}
	p.list.set(shown)
	bar, clear := p.bar.Visible(), p.clear.Visible()
	setVisible(p.nothing, len(v.items) == 0)
	setVisible(p.none, len(v.items) > 0 && len(shown) == 0)
	setVisible(p.bar, len(v.items) > 0)
	setVisible(p.clear, v.onTheWay() < len(v.items))
	if bar != p.bar.Visible() || clear != p.clear.Visible() {
		p.root.Refresh()
	}
}
