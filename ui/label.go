package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// leader goes before everything that is drawn: up to Fyne 2.7.4, a line that
// begins with a Chinese character cuts off what hangs below its Latin letters.
const leader = "\u2060"

// A label is one line of text that loses letters, not its place, where it is
// too long.
type label struct {
	widget.BaseWidget
	text    *canvas.Text
	size    fyne.ThemeSizeName
	color   fyne.ThemeColorName
	cut     cut
	name    string              // what may be shortened
	around  func(string) string // puts the rest around it; nil if there is none
	heading bool
	fitted  float32 // the width that text was made for
}

func newLabel(size fyne.ThemeSizeName, color fyne.ThemeColorName) *label {
	l := &label{text: canvas.NewText("", nil), size: size, color: color, fitted: -1}
	l.paint()
	l.ExtendBaseWidget(l)
	return l
}

func newText(words string) *label {
	l := newLabel(theme.SizeNameText, theme.ColorNameForeground)
	l.setText(words)
	return l
}

func newCaption(words string) *label {
	l := newLabel(theme.SizeNameCaptionText, colorMuted)
	l.setText(words)
	return l
}

func newHeading(words string) *label {
	l := newLabel(theme.SizeNameSubHeadingText, theme.ColorNameForeground)
	l.heading = true
	l.setText(words)
	return l
}

// setText shows words, which must come from say.
func (l *label) setText(words string) {
	l.set(words, nil, cutEnd)
}

// setName shows a name that a stranger may have chosen; around, if not nil,
// puts it in a sentence.
func (l *label) setName(name string, around func(string) string) {
	l.set(display(name), around, cutMid)
}

// setPath shows a folder; around is as in setName.
func (l *label) setPath(path string, around func(string) string) {
	l.set(display(shortPath(path)), around, cutStart)
}

func (l *label) set(name string, around func(string) string, where cut) {
	if name == l.name && around == nil && l.around == nil && where == l.cut {
		return
	}
	l.name, l.around, l.cut = name, around, where
	if l.heading {
		l.text.TextStyle = strong(l.words())
	}
	l.fit()
}

func (l *label) setColor(c fyne.ThemeColorName) {
	if l.color != c {
		l.color = c
		l.Refresh()
	}
}

// words are all words, also those that are not shown for want of width.
func (l *label) words() string { return l.sentence(l.name) }

func (l *label) sentence(name string) string {
	if l.around == nil {
		return name
	}
	return l.around(name)
}

// fit chooses what of the name is shown in the width that there is.
func (l *label) fit() {
	l.fitted = l.Size().Width
	shown := ""
	if l.fitted > 0 && l.name != "" {
		shown = leader + l.sentence(shorten(l.name, l.cut, func(s string) bool {
			return l.width(l.sentence(s)) <= l.fitted
		}))
	}
	if shown != l.text.Text {
		l.text.Text = shown
		l.text.Refresh()
	}
}

func (l *label) width(s string) float32 {
	return fyne.MeasureText(leader+s, l.text.TextSize, l.text.TextStyle).Width
}

// natural is the width at which nothing is left out.
func (l *label) natural() float32 {
	if l.name == "" {
		return 0
	}
	return l.width(l.words()) + 1
}

func (l *label) height() float32 {
	return fyne.MeasureText(leader+"Ag", l.text.TextSize, l.text.TextStyle).Height
}

func (l *label) paint() {
	l.text.TextSize = theme.Size(l.size)
	l.text.Color = tint(l.color)
}

func (l *label) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{l.text},
		min:     func() fyne.Size { return fyne.NewSize(0, l.height()) },
		paint:   l.paint,
		place: func(s fyne.Size) {
			l.text.Resize(s)
			if s.Width != l.fitted {
				l.fit()
			}
		},
	}
}
