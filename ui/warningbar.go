package ui

import (
	"errors"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"ferry/netcore"
)

// A warningBar shows the newest warning until it is dismissed, with a button where something can be done about it.
type warningBar struct {
	widget.BaseWidget
	window *Window
	now    netcore.Warning
	sign   *widget.Icon
	back   *surface
	words  *paragraph
	do     *button // hidden if there is nothing to do
	close  *button
}

var warningKeys = map[netcore.WarningKind]key{
	netcore.WarnPort:      keyWarnPort,
	netcore.WarnDiscovery: keyWarnDiscovery,
	netcore.WarnKeyFile:   keyWarnKeyFile,
	netcore.WarnStore:     keyWarnStore,
	netcore.WarnClone:     keyWarnClone,
	netcore.WarnVerify:    keyWarnVerify,
	netcore.WarnSettings:  keyWarnBroken,
}

// warningPhrase says what a warning is about.
func warningPhrase(w netcore.Warning) phrase {
	trouble := new(netcore.SettingsError)
	if w.Kind != netcore.WarnSettings || !errors.As(w.Err, &trouble) {
		return phrase{key: warningKeys[w.Kind]}
	}
	switch damaged := trouble.Err != nil; {
	case damaged && trouble.Hides:
		return phrase{key: keyWarnBrokenHidden}
	case damaged:
		return phrase{key: keyWarnBroken}
	case trouble.Hides:
		return phrase{key: keyWarnHidden}
	}
	return phrase{key: keyWarnSettings, args: args{"Settings": settingNames(trouble.Keys)}}
}

// settingNames are the names of settings, by their keys in the file, as the sheet has them.
func settingNames(keys []string) string {
	names := map[string]key{
		"name": keySetName, "inbox": keySetInbox, "limits": keySetSpeed, "interfaces": keySetNetworks, "port": keySetPort,
		"history_limit": keySetHistory, "history_days": keySetHistory, "language": keySetLanguage, "theme": keySetTheme,
		"tray": keySetTray, "quiet": keySetNotify, "silent": keySetSound, "window": keySetWindow,
	}
	var said []phrase
	for _, k := range keys {
		if p := (phrase{key: names[k]}); !slices.ContainsFunc(said, func(o phrase) bool { return o.key == p.key }) {
			said = append(said, p)
		}
	}
	return sayAll(said)
}

// remedy is what can be done about a warning here; no key if nothing.
func (b *warningBar) remedy() (key, func()) {
	w := b.window
	switch b.now.Kind {
	case netcore.WarnClone:
		return keyWarnCloneDo, func() { w.whenFree(w.askRenew) }
	case netcore.WarnSettings:
		return keyWarnSettingsDo, func() { w.whenFree(func() { w.openSettings(0) }) }
	}
	return "", nil
}

func newWarningBar(w *Window) *warningBar {
	b := &warningBar{
		window: w,
		sign:   widget.NewIcon(theme.NewColoredResource(theme.WarningIcon(), colorMixed)),
		back:   newSurface(colorNotice, "", radius-2),
		words:  newParagraph("", theme.SizeNameCaptionText, theme.ColorNameForeground),
		do:     newButton(lookPlain, "", nil),
	}
	b.do.Hide()
	b.close = newIconButton(w.tips, theme.CancelIcon(), say(phrase{key: keyDismiss}), func() { w.model.dismiss(b.now.Kind); w.draw() })
	b.now.Kind = noWarning
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
	if last.Kind == b.now.Kind {
		return false
	}
	b.now = last
	b.words.setWords(say(warningPhrase(last)))
	words, do := b.remedy()
	if setVisible(b.do, do != nil); do != nil {
		b.do.setWords(say(phrase{key: words}))
		b.do.onTap = do
	}
	return true
}

const (
	warningIcon = 16
	warningLeft = warningIcon + 2*gap + 2 // where its words begin
	warningSide = 3                       // beside and between the buttons
)

// right is the room that the buttons take.
func (b *warningBar) right() float32 {
	width := b.close.minSize().Width + warningSide
	if b.do.Visible() {
		width += b.do.minSize().Width + warningSide
	}
	return width
}

func (b *warningBar) fillLines(width float32) {
	b.words.fillLines(width - warningLeft - b.right() - gap)
}

func (b *warningBar) place(s fyne.Size) {
	b.back.Resize(s)
	put(b.sign, gap+2, (s.Height-warningIcon)/2, warningIcon, warningIcon)
	size := b.close.minSize()
	put(b.close, s.Width-size.Width-warningSide, (s.Height-size.Height)/2, size.Width, size.Height)
	if b.do.Visible() {
		size = b.do.minSize()
		put(b.do, s.Width-b.right(), (s.Height-size.Height)/2, size.Width, size.Height)
	}
	b.fillLines(s.Width)
	height := b.words.MinSize().Height
	put(b.words, warningLeft, (s.Height-height)/2, s.Width-warningLeft-b.right()-gap, height)
}

func (b *warningBar) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{b.back, b.sign, b.words, b.do, b.close},
		min: func() fyne.Size {
			height := max(b.close.minSize().Height, b.words.MinSize().Height)
			if b.do.Visible() {
				height = max(height, b.do.minSize().Height)
			}
			return fyne.NewSize(0, height+2*warningSide)
		},
		place: b.place,
		paint: func() {},
	}
}
