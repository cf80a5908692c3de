package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

func (p *paragraph) shown() (lines []string) {
	for _, o := range p.lines.Objects {
		lines = append(lines, strings.TrimPrefix(o.(*canvas.Text).Text, leader))
	}
	return lines
}

// In the middle, a sentence has a line of its own if that takes no more lines; else no line is left with a word or two.
func TestLinesInTheMiddleAreBalanced(t *testing.T) {
	newHarness(t)
	for words, want := range map[string][]string{
		"One sentence of words. Another one.":           {"One sentence of words.", "Another one."},
		"把文件拖到设备上。别人发来的在这里。":                            {"把文件拖到设备上。", "别人发来的在这里。"},
		"words and words and words and words and words": {"words and words and words", "and words and words"},
		"short": {"short"},
		"Version 1.2 of words and words and words and 3": {"Version 1.2 of words and", "words and words and 3"},
	} {
		p := newParagraph(words, theme.SizeNameText, colorMuted)
		p.align = fyne.TextAlignCenter
		var widest float32
		for _, line := range want {
			widest = max(widest, fyne.MeasureText(leader+line, theme.TextSize(), p.style).Width)
		}
		p.fillLines(1.2 * widest)
		if got := p.shown(); !slices.Equal(got, want) {
			t.Errorf("%q is shown as %q", words, got)
		}
	}
}
