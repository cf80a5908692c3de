package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"ferry/netcore"
)

// A lineBreaker has a height that depends on its width, and is told that before it is asked.
type lineBreaker interface{ fillLines(width float32) }

// A notice is a warning in a box: a sign and some words.
type notice struct {
	widget.BaseWidget
	back  *surface
	sign  *widget.Icon
	words *paragraph
}

func newNotice(words string) *notice {
	n := &notice{
		back:  newSurface(colorNotice, "", radius-2),
		sign:  widget.NewIcon(theme.NewColoredResource(theme.WarningIcon(), colorMixed)),
		words: newParagraph(words, theme.SizeNameCaptionText, theme.ColorNameForeground),
	}
	n.ExtendBaseWidget(n)
	return n
}

func (n *notice) setWords(words string) {
	if n.words.words != words {
		n.words.setWords(words)
	}
}

const noticeLeft = warningIcon + 2*gap + 2 // where its words begin

func (n *notice) fillLines(width float32) { n.words.fillLines(width - noticeLeft - gap) }

func (n *notice) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{n.back, n.sign, n.words},
		min:     func() fyne.Size { return fyne.NewSize(0, n.words.MinSize().Height+2*5) },
		paint:   func() {},
		place: func(s fyne.Size) {
			n.back.Resize(s)
			put(n.sign, gap, (s.Height-warningIcon)/2, warningIcon, warningIcon)
			height := n.words.MinSize().Height
			put(n.words, noticeLeft, (s.Height-height)/2, s.Width-noticeLeft-gap, height)
		},
	}
}

// An advice is some words, and a small button that does something about it.
type advice struct {
	widget.BaseWidget
	words  *paragraph
	button *button
}

func newAdvice(words string, b *button) *advice {
	a := &advice{words: newParagraph(words, theme.SizeNameCaptionText, colorMuted), button: b}
	a.ExtendBaseWidget(a)
	return a
}

func (a *advice) setWords(words string) {
	if a.words.words != words {
		a.words.setWords(words)
	}
}

// right is the room that the button takes.
func (a *advice) right() float32 {
	if !a.button.Visible() {
		return 0
	}
	return a.button.minSize().Width + gap
}

func (a *advice) fillLines(width float32) { a.words.fillLines(width - a.right()) }

func (a *advice) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{a.words, a.button},
		min:     func() fyne.Size { return fyne.NewSize(0, a.words.MinSize().Height) },
		paint:   func() {},
		place: func(s fyne.Size) {
			size := a.button.minSize()
			put(a.words, 0, 0, s.Width-a.right(), s.Height)
			put(a.button, s.Width-size.Width+smallSide, (s.Height-size.Height)/2, size.Width, size.Height)
		},
	}
}

// A badge says in a pill whether a device is verified.
type badge struct {
	widget.BaseWidget
	verified bool
	back     *surface
	sign     *widget.Icon
	words    *label
}

func newBadge(p netcore.Peer) *badge {
	b := &badge{verified: !p.Verified.IsZero()}
	k, color, icon := keyNotVerified, colorMixed, theme.WarningIcon()
	if b.verified {
		k, color, icon = keyVerified, colorGood, theme.ConfirmIcon()
	}
	b.back = newSurface(theme.ColorNameInputBackground, "", radius)
	b.sign = widget.NewIcon(theme.NewColoredResource(icon, color))
	b.words = newLabel(theme.SizeNameCaptionText, color)
	b.words.setText(say(phrase{key: k}))
	b.ExtendBaseWidget(b)
	return b
}

func (b *badge) CreateRenderer() fyne.WidgetRenderer {
	const sign, side = 12, 8
	return &drawn{
		objects: []fyne.CanvasObject{b.back, b.sign, b.words},
		min: func() fyne.Size {
			return fyne.NewSize(2*side+sign+4+b.words.natural(), b.words.height()+5)
		},
		paint: func() {},
		place: func(s fyne.Size) {
			b.back.Resize(s)
			put(b.sign, side, (s.Height-sign)/2, sign, sign)
			put(b.words, side+sign+4, (s.Height-b.words.height())/2, s.Width-2*side-sign-4, b.words.height())
		},
	}
}

// spread puts words to the left and a button to the right.
func spread(words *label, b *button) *fyne.Container {
	return container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, max(words.height(), b.minSize().Height)) },
		place: func(s fyne.Size) {
			size := b.minSize()
			put(b, s.Width-size.Width+smallSide, (s.Height-size.Height)/2, size.Width, size.Height)
			put(words, 0, (s.Height-words.height())/2, s.Width-size.Width-gap, words.height())
		},
	}, words, b)
}

func (n *notice) inside() []fyne.CanvasObject { return []fyne.CanvasObject{n.words} }
func (a *advice) inside() []fyne.CanvasObject { return []fyne.CanvasObject{a.words, a.button} }
func (b *badge) inside() []fyne.CanvasObject  { return []fyne.CanvasObject{b.words} }
