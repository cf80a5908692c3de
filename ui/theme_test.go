package ui

import (
	"bytes"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/fontscan"

	"ferry/assets"
)

func TestTheFallbackFontIsForTextOnly(t *testing.T) {
	newHarness(t)
	fallback := fyne.NewStaticResource("fallback", assets.FallbackFont)
	with, without := &look{Theme: theme.DefaultTheme(), fallback: fallback}, &look{Theme: theme.DefaultTheme()}
	for _, style := range []fyne.TextStyle{{}, {Bold: true}, {Italic: true}} {
		if with.Font(style) != fyne.Resource(fallback) || without.Font(style) != theme.DefaultTheme().Font(style) {
			t.Errorf("the wrong font for %+v", style)
		}
	}
	for _, style := range []fyne.TextStyle{{Monospace: true}, {Symbol: true}} {
		if with.Font(style) == fyne.Resource(fallback) {
			t.Errorf("the fallback for %+v", style)
		}
	}
}

// Latin letters must come from Fyne's own font, in its own weight.
func TestTheFallbackFontHasChineseAndNoLatin(t *testing.T) {
	face, err := font.ParseTTF(bytes.NewReader(assets.FallbackFont))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range probes {
		if _, ok := face.NominalGlyph(r); !ok {
			t.Errorf("no %c", r)
		}
	}
	for _, r := range "Ag0/" {
		if _, ok := face.NominalGlyph(r); ok {
			t.Errorf("has %c", r)
		}
	}
}

func TestAFontIsEnoughOnlyIfItHasAll(t *testing.T) {
	some, all := fontscan.RuneSet{}, fontscan.RuneSet{}
	some.Add(probes[0])
	for _, r := range probes {
		all.Add(r)
	}
	if anyHas([]fontscan.Footprint{{Runes: some}}, probes[:]) {
		t.Error("one character is taken for a script")
	}
	if !anyHas([]fontscan.Footprint{{Runes: some}, {Runes: all}}, probes[:]) {
		t.Error("a whole font is not found")
	}
}

// With the fallback, what is Chinese in part is of one weight; without it, and in other words, headings are bold.
func TestAHeadingIsOfOneWeight(t *testing.T) {
	h := newHarness(t)
	fallback := fyne.NewStaticResource("fallback", assets.FallbackFont)
	for _, brought := range []fyne.Resource{nil, fallback} {
		h.app.Settings().SetTheme(&look{Theme: theme.DefaultTheme(), fallback: brought})
		for words, bold := range map[string]bool{"Anna 想发送": brought == nil, "Anna wants": true} {
			line, title := newHeading(""), newTitle("")
			line.setName(words, nil)
			title.setWords(words)
			if line.text.TextStyle.Bold != bold || title.style.Bold != bold {
				t.Errorf("%q, fallback %v: bold %v and %v", words, brought != nil, line.text.TextStyle.Bold, title.style.Bold)
			}
		}
	}
}
