package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A checkPanel stands where nobody is: it says what is so, and what to do.
type checkPanel struct {
	window *Window
	root   *fyne.Container
	title  *paragraph
	hint   *paragraph
	lines  *fyne.Container
	checks []check
}

// checkWidth is what the sidebar leaves.
const checkWidth = sidebarWidth - 2*space

func newCheckPanel(w *Window) *checkPanel {
	p := &checkPanel{window: w, lines: container.NewVBox()}
	p.title = newParagraph(say(phrase{key: keyNobody}), theme.SizeNameText, theme.ColorNameForeground)
	p.hint = newParagraph(say(phrase{key: keyNobodyHint}), theme.SizeNameCaptionText, colorMuted)
	for _, words := range []*paragraph{p.title, p.hint} {
		words.align = fyne.TextAlignCenter
		words.fillLines(checkWidth)
	}
	connect := newButton(lookPlain, say(phrase{key: keyConnect}), w.askConnect)
	p.root = container.NewVBox(padded(p.title, 0, gap), p.hint, padded(p.lines, 0, gap),
		container.NewHBox(layout.NewSpacer(), connect, layout.NewSpacer()))
	return p
}

// setCompany says whether there are cards of devices that are not here above it.
func (p *checkPanel) setCompany(some bool) {
	k := keyNobody
	if some {
		k = keyNobodyNow
	}
	if words := say(phrase{key: k}); words != p.title.words {
		p.title.setWords(words)
	}
}

// set shows checks. It costs nothing if they are the same.
func (p *checkPanel) set(checks []check) {
	if slices.EqualFunc(checks, p.checks, sameCheck) {
		return
	}
	p.checks = checks
	p.lines.Objects = nil
	for _, c := range checks {
		p.lines.Add(p.line(c))
	}
	p.root.Refresh()
	p.window.sidebar.scroll.Refresh()
}

func sameCheck(a, b check) bool {
	return a.tone == b.tone && a.command == b.command && say(a.what) == say(b.what) && a.todo.key == b.todo.key
}

// line is a check: a sign, what is so, and below that what can be done.
func (p *checkPanel) line(c check) fyne.CanvasObject {
	const sign = 14
	const left = sign + gap
	words := container.NewVBox()
	add := func(text string, color fyne.ThemeColorName, width float32) *paragraph {
		line := newParagraph(text, theme.SizeNameCaptionText, color)
		line.fillLines(width)
		words.Add(line)
		return line
	}
	first := add(say(c.what), theme.ColorNameForeground, checkWidth-left)
	if c.todo.key != "" {
		add(say(c.todo), colorMuted, checkWidth-left)
	}
	if c.command != "" {
		words.Add(p.command(c.command, checkWidth-left))
	}
	icon := checkSign(c.tone)
	return container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, words.MinSize().Height) },
		place: func(s fyne.Size) {
			put(icon, 0, (first.lineHeight()-sign)/2, sign, sign)
			put(words, left, 0, s.Width-left, s.Height)
		},
	}, icon, words)
}

// checkSign is a mark, or a ring for what is not known yet.
func checkSign(t tone) fyne.CanvasObject {
	look := signs[t]
	if look.icon == nil {
		const within = 2 // the room that icons have around them
		ring := canvas.NewCircle(nil)
		ring.StrokeWidth, ring.StrokeColor = 1.5, tint(look.color)
		return padded(ring, within, within)
	}
	return widget.NewIcon(theme.NewColoredResource(look.icon(), look.color))
}

// command is what to type, with a button that copies it.
func (p *checkPanel) command(command string, width float32) fyne.CanvasObject {
	copied := newIconButton(p.window.tips, theme.ContentCopyIcon(), say(phrase{key: keyCopy}), func() { p.window.copy(command) })
	size := copied.minSize()
	text := newParagraph(command, theme.SizeNameCaptionText, theme.ColorNameForeground)
	text.style.Monospace = true
	text.fillLines(width - size.Width - 2*gap)
	back := newSurface(colorTrack, "", radius-3)
	return container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, max(size.Height, text.MinSize().Height+gap)) },
		place: func(s fyne.Size) {
			back.Resize(s)
			put(text, gap, (s.Height-text.MinSize().Height)/2, s.Width-size.Width-2*gap, text.MinSize().Height)
			put(copied, s.Width-size.Width, 0, size.Width, size.Height)
		},
	}, back, text, copied)
}

// copy puts text where it can be pasted from, and says so.
func (w *Window) copy(text string) {
	w.app.Clipboard().SetContent(text)
	w.toasts.show(phrase{key: keyCopied}, nil)
}
