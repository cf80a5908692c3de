package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"ferry/netcore"
)

// The mainArea has the buttons, the warning if there is one, and the
// transfers.
type mainArea struct {
	root    *fyne.Container
	files   *button
	folder  *button
	clear   *button
	notice  *fyne.Container // holds the warning; hidden if there is none
	warning *warningBar
	list    *rowList
	nothing fyne.CanvasObject
}

func newMainArea(w *Window) *mainArea {
	m := &mainArea{}
	m.files = newButton(lookPrimary, say(phrase{key: keySendFiles}), func() { w.pickToSend(pickFiles) })
	m.folder = newButton(lookPlain, say(phrase{key: keySendFolder}), func() { w.pickToSend(pickFolder) })
	m.clear = newButton(lookQuiet, say(phrase{key: keyClear}), func() { w.model.clear(); w.draw() })
	m.clear.Hide()
	m.warning = newWarningBar(w)
	m.notice = padded(m.warning, space, 0)
	m.notice.Hide()
	m.list = newRowList(rowActions{
		tips:    w.tips,
		cancel:  w.cancel,
		pause:   func(it item) { w.node.Pause(it.ID) },
		resume:  func(it item) { w.node.Resume(it.ID) },
		retry:   func(it item) { w.retry(it.Transfer) },
		open:    func(it item) { w.openPath(it.Paths[0]) },
		show:    func(it item) { w.showPaths(it.Paths) },
		details: func(it item) { w.showDetails(it.Transfer) },
	})
	m.nothing = newEmpty(theme.MailSendIcon(), keyNothing, keyNothingHint)

	title := newHeading(say(phrase{key: keyTransfers}))
	head := container.NewHBox(fixed(title), layout.NewSpacer(), m.clear, m.folder, m.files)
	top := container.NewVBox(padded(head, space, space-2), m.notice)
	m.root = container.NewBorder(top, nil, nil, nil,
		container.NewStack(leftPadded(m.list, space), m.nothing))
	return m
}

// fixed gives a label all the width that it wants.
func fixed(l *label) *fyne.Container {
	return container.New(placed{
		min:   func() fyne.Size { return fyne.NewSize(l.natural(), l.height()) },
		place: func(s fyne.Size) { put(l, 0, (s.Height-l.height())/2, s.Width, l.height()) },
	}, l)
}

func leftPadded(o fyne.CanvasObject, x float32) *fyne.Container {
	return container.New(placed{
		min:   o.MinSize,
		place: func(s fyne.Size) { put(o, x, 0, s.Width-x, s.Height) },
	}, o)
}

func (m *mainArea) set(v view) {
	m.list.set(v.items)
	setVisible(m.nothing, len(v.items) == 0)
	clear, notice := m.clear.Visible(), m.notice.Visible()
	setVisible(m.clear, v.onTheWay() < len(v.items))
	setVisible(m.notice, len(v.warnings) > 0)
	changed := m.warning.set(v.warnings)
	if changed || clear != m.clear.Visible() || notice != m.notice.Visible() {
		m.root.Refresh()
	}
}

// A warningBar shows the newest warning until it is dismissed.
type warningBar struct {
	widget.BaseWidget
	kind  netcore.WarningKind
	sign  *widget.Icon
	back  *surface
	words *paragraph
	close *button
}

var warningKeys = map[netcore.WarningKind]key{
	netcore.WarnPort:      keyWarnPort,
	netcore.WarnDiscovery: keyWarnDiscovery,
	netcore.WarnKeyFile:   keyWarnKeyFile,
	netcore.WarnStore:     keyWarnStore,
	netcore.WarnClone:     keyWarnClone,
	netcore.WarnVerify:    keyWarnVerify,
}

func newWarningBar(w *Window) *warningBar {
	b := &warningBar{
		sign:  widget.NewIcon(theme.NewColoredResource(theme.WarningIcon(), colorMixed)),
		back:  newSurface(colorNotice, "", radius-2),
		words: newParagraph("", theme.SizeNameCaptionText, theme.ColorNameForeground),
	}
	b.close = newIconButton(w.tips, theme.CancelIcon(), say(phrase{key: keyDismiss}), func() { w.model.dismiss(b.kind); w.draw() })
	b.kind = noWarning
	b.ExtendBaseWidget(b)
	return b
}

// noWarning is no kind of warning.
const noWarning netcore.WarningKind = 255

// set shows the last of warnings, and reports whether it is another one now.
func (b *warningBar) set(warnings []netcore.Warning) bool {
	if len(warnings) == 0 {
		return false
	}
	last := warnings[len(warnings)-1]
	if last.Kind == b.kind {
		return false
	}
	b.kind = last.Kind
	b.words.setWords(say(phrase{key: warningKeys[last.Kind]}))
	return true
}

const warningIcon = 16

func (b *warningBar) place(s fyne.Size) {
	b.back.Resize(s)
	put(b.sign, gap+2, (s.Height-warningIcon)/2, warningIcon, warningIcon)
	size := b.close.minSize()
	put(b.close, s.Width-size.Width-3, (s.Height-size.Height)/2, size.Width, size.Height)
	left := float32(warningIcon + 2*gap + 2)
	width := s.Width - left - size.Width - gap
	b.words.fillLines(width)
	height := b.words.MinSize().Height
	put(b.words, left, (s.Height-height)/2, width, height)
}

func (b *warningBar) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{b.back, b.sign, b.words, b.close},
		min: func() fyne.Size {
			return fyne.NewSize(0, max(b.close.minSize().Height, b.words.MinSize().Height)+6)
		},
		place: b.place,
		paint: func() {},
	}
}
