package ui

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"github.com/go-text/typesetting/fontscan"

	"ferry/assets"
)

// probes are in every font for Chinese, simplified and traditional, and in
// hardly any other.
var probes = [...]rune{'们', '這', '好'}

// fallbackFont returns the built-in font for Chinese, Japanese and Korean, or
// nil if the system has one: that is nicer then, and chosen by Fyne itself.
func fallbackFont() fyne.Resource {
	// The index of fonts is kept by fontscan; Fyne uses the same one later.
	fonts, err := fontscan.SystemFonts(silent{}, "")
	if err == nil && anyHas(fonts, probes[:]) {
		return nil
	}
	return fyne.NewStaticResource("DroidSansFallbackFull.ttf", assets.FallbackFont)
}

func anyHas(fonts []fontscan.Footprint, runes []rune) bool {
next:
	for _, f := range fonts {
		for _, r := range runes {
			if !f.Runes.Contains(r) {
				continue next
			}
		}
		return true
	}
	return false
}

type silent struct{}

func (silent) Printf(string, ...any) {}

// strong is the style of a heading: bold, if all of its words can be. The font that Ferry brings for Chinese is not, and a
// line that is half bold looks broken.
func strong(words string) fyne.TextStyle {
	worn, ok := fyne.CurrentApp().Settings().Theme().(*look)
	mixed := ok && worn.fallback != nil && strings.ContainsFunc(words, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	return fyne.TextStyle{Bold: !mixed}
}
