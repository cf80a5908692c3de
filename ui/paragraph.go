package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A paragraph is text of several lines, as high as its width makes it.
type paragraph struct {
	widget.BaseWidget
	words string
	size  fyne.ThemeSizeName
	color fyne.ThemeColorName
	align fyne.TextAlign
	style fyne.TextStyle
	title bool
	lines *fyne.Container
	broke float32 // the width that lines was made for
}

func newParagraph(words string, size fyne.ThemeSizeName, color fyne.ThemeColorName) *paragraph {
	p := &paragraph{words: words, size: size, color: color, lines: &fyne.Container{}}
	p.ExtendBaseWidget(p)
	return p
}

// newTitle is a paragraph that says what a sheet is about.
func newTitle(words string) *paragraph {
	p := newParagraph(words, theme.SizeNameSubHeadingText, theme.ColorNameForeground)
	p.title = true
	p.style = strong(words)
	return p
}

// setWords changes what it says; its height may be another then.
func (p *paragraph) setWords(words string) {
	width := p.broke
	p.words, p.broke = words, 0
	if p.title {
		p.style = strong(words)
	}
	p.fillLines(width)
	p.Refresh()
}

// fillLines breaks the words to a width.
func (p *paragraph) fillLines(width float32) {
	if width <= 0 || width == p.broke {
		return
	}
	p.broke = width
	p.lines.Objects = nil
	fits := p.within(width)
	all := wrap(p.words, fits)
	if p.align == fyne.TextAlignCenter {
		all = p.balanced(len(all), width)
	}
	for i, words := range all {
		line := canvas.NewText(leader+words, tint(p.color))
		line.TextSize = theme.Size(p.size)
		line.Alignment, line.TextStyle = p.align, p.style
		put(line, 0, float32(i)*p.lineHeight(), width, p.lineHeight())
		p.lines.Add(line)
	}
}

func (p *paragraph) within(width float32) func(string) bool {
	return func(s string) bool {
		return fyne.MeasureText(leader+s, theme.Size(p.size), p.style).Width <= width
	}
}

// balanced breaks the words into so many lines of a width: one for each sentence, or else such that none is much
// shorter than the others. What is left over of a sentence, in the middle below it, looks lost.
func (p *paragraph) balanced(lines int, width float32) []string {
	const step = 8
	if all := sentences(p.words); len(all) == lines && !slices.ContainsFunc(all, func(s string) bool { return !p.within(width)(s) }) {
		return all
	}
	for narrow := width / float32(max(lines, 1)); narrow < width; narrow += step {
		if all := wrap(p.words, p.within(narrow)); len(all) <= lines {
			return all
		}
	}
	return wrap(p.words, p.within(width))
}

// sentences takes a text apart where one sentence ends and the next begins.
func sentences(text string) []string {
	marked := strings.NewReplacer(". ", ".\n", "。", "。\n").Replace(text)
	return strings.Split(strings.TrimSuffix(marked, "\n"), "\n")
}

func (p *paragraph) lineHeight() float32 {
	return fyne.MeasureText(leader+"Ag", theme.Size(p.size), p.style).Height
}

func (p *paragraph) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{p.lines},
		min: func() fyne.Size {
			return fyne.NewSize(0, float32(max(len(p.lines.Objects), 1))*p.lineHeight())
		},
		place: func(s fyne.Size) {
			p.fillLines(s.Width)
			p.lines.Resize(s)
		},
		paint: func() {
			for _, o := range p.lines.Objects {
				o.(*canvas.Text).Color = tint(p.color)
			}
		},
	}
}
