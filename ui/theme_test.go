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
