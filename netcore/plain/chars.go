package plain

import (
	"strings"
	"unicode"
)

const (
	zwnj     = '\u200c'
	zwj      = '\u200d'
	keycap   = "\u20e3"
	textForm = '\ufe0e' // variation selectors that choose how an emoji is drawn
	drawForm = '\ufe0f'
)

// joined are the scripts whose letters change their form by a joiner behind them.
var joined = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mandaic, unicode.Mongolian, unicode.Phags_Pa, unicode.Adlam,
	unicode.Hanifi_Rohingya, unicode.Sogdian, unicode.Manichaean, unicode.Psalter_Pahlavi,
	unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu,
	unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.Thai, unicode.Lao,
	unicode.Balinese, unicode.Javanese, unicode.Sundanese, unicode.Grantha, unicode.Kaithi, unicode.Sharada, unicode.Newa, unicode.Chakma,
}

// hidden reports whether r is not seen as itself where it stands: it steers, turns, breaks or hides text,
// has no ink, or means nothing outside one program. Spaces are not for it to judge.
func hidden(r rune) bool {
	switch {
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return false // formally a format character, but drawn: Arabic number signs
	case unicode.In(r, unicode.C, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point,
		unicode.Variation_Selector, unicode.Noncharacter_Code_Point):
		return true
	}
	return r == '\u2800' || r == '\U0001d159' // a Braille cell without dots, a note without a head
}

// attaches reports whether r, which alone would be hidden, belongs to the letter u: once, and in its place. rest is what
// follows r.
func attaches(u *unit, r rune, rest string) bool {
	switch {
	case u == nil:
		return false
	case r == zwnj:
		return u.last != zwj && u.last != zwnj && unicode.In(u.base, joined...)
	case r == zwj:
		return u.last != zwj && u.last != zwnj && (unicode.In(u.base, joined...) || pictured(u.base))
	case u.last != u.base || !unicode.Is(unicode.Variation_Selector, r):
		return false
	case r == textForm, r == drawForm:
		return pictured(u.base) || strings.ContainsRune("0123456789#*", u.base) && strings.HasPrefix(rest, keycap)
	case r >= 0x180b && r <= 0x180f:
		return unicode.Is(unicode.Mongolian, u.base)
	}
	return unicode.Is(unicode.Han, u.base) // forms of a character in Japanese and Chinese names
}

// pictured reports whether r may be drawn as an emoji: symbols, and five characters that are none.
func pictured(r rune) bool {
	return unicode.In(r, unicode.So, unicode.Sm) || r >= 0x1f3fb && r <= 0x1f3ff || // colours of skin
		strings.ContainsRune("\u203c\u2049\u2139\u3030\u303d", r)
}
