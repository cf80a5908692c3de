package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
)

// A page is what the main area shows.
type page int

const (
	pageTransfers page = iota
	pageHistory
)

// The mainArea has the buttons, the warning if there is one, and one of the
// pages.
type mainArea struct {
	window    *Window
	root      *fyne.Container
	tabs      *choiceGroup
	files     *button
	folder    *button
	notice    *fyne.Container // holds the warning; hidden if there is none
	warning   *warningBar
	transfers *transfersPage
	history   *historyPage
}

func newMainArea(w *Window) *mainArea {
	m := &mainArea{window: w}
	m.files = newButton(lookPrimary, say(phrase{key: keySendFiles}), func() { w.pickToSend(pickFiles) })
	m.folder = newButton(lookPlain, say(phrase{key: keySendFolder}), func() { w.pickToSend(pickFolder) })
	m.warning = newWarningBar(w)
	m.notice = container.NewBorder(nil, newGap(gap), nil, nil, inset(m.warning, space, space))
	m.notice.Hide()
	m.tabs = w.newChoiceGroup(choiceTab, []string{say(phrase{key: keyTransfers}), say(phrase{key: keyHistory})},
		int(pageTransfers), func(i int) { m.open(page(i)) })
	m.transfers = newTransfersPage(w)
	m.history = newHistoryPage(w)
	m.history.root.Hide()

	head := container.NewHBox(m.tabs.row(), layout.NewSpacer(), m.folder, m.files)
	inset := container.New(placed{ // the words of the first tab begin where the rows do
		min:   func() fyne.Size { return head.MinSize().AddWidthHeight(2*space-gap, 2*(space-2)) },
		place: func(s fyne.Size) { put(head, space-gap, space-2, s.Width-2*space+gap, s.Height-2*(space-2)) },
	}, head)
	m.root = above(container.NewVBox(inset, m.notice), container.NewStack(m.transfers.root, m.history.root))
	return m
}

// above has one thing above the other, which gets all the room that is left. Tab goes from the upper to the lower one, which
// in Fyne's own container it does not.
func above(upper, lower fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewBorderLayout(upper, nil, nil, nil), upper, lower)
}

// now is the page that is open.
func (m *mainArea) now() page { return page(m.tabs.now) }

// open shows a page.
func (m *mainArea) open(p page) {
	switch canvas := m.window.win.Canvas(); canvas.Focused() {
	case m.history.search, m.history.list, m.transfers.list:
		canvas.Unfocus() // what is hidden takes no keys
	}
	m.tabs.set(int(p))
	setVisible(m.transfers.root, p == pageTransfers)
	setVisible(m.history.root, p == pageHistory)
	if p == pageHistory {
		m.history.load()
	}
	m.root.Refresh()
}

// fixed gives a label all the width that it wants.
func fixed(l *label) *fyne.Container {
	return container.New(placed{
		min:   func() fyne.Size { return fyne.NewSize(l.natural(), l.height()) },
		place: func(s fyne.Size) { put(l, 0, (s.Height-l.height())/2, s.Width, l.height()) },
	}, l)
}

// column gives labels all the width that the widest of them wants: what is right of them begins at one edge.
func column(all ...*label) []*fyne.Container {
	var widest float32
	var cells []*fyne.Container
	for _, l := range all {
		widest = max(widest, l.natural())
		cells = append(cells, container.New(placed{
			min:   func() fyne.Size { return fyne.NewSize(widest, l.height()) },
			place: func(s fyne.Size) { put(l, 0, (s.Height-l.height())/2, s.Width, l.height()) },
		}, l))
	}
	return cells
}

func leftPadded(o fyne.CanvasObject, x float32) *fyne.Container {
	return container.New(placed{
		min:   o.MinSize,
		place: func(s fyne.Size) { put(o, x, 0, s.Width-x, s.Height) },
	}, o)
}

func (m *mainArea) set(v view) {
	m.transfers.set(v)
	m.history.follow(v)
	notice := m.notice.Visible()
	setVisible(m.notice, len(v.warnings) > 0)
	changed := m.warning.set(v.warnings)
	if changed || notice != m.notice.Visible() {
		m.fillLines(m.root.Size().Width)
		m.root.Refresh()
	}
}

// fillLines has the warning be as high as it is at a width.
func (m *mainArea) fillLines(width float32) { m.warning.fillLines(width - 2*space) }
