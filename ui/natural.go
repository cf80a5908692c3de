package ui

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// compareNames orders names as people do: without regard to letter case, and numbers by what they are worth, so that "IMG_2"
// comes before "IMG_10". Only the same name compares as equal.
func compareNames(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		if isDigit(x[0]) && isDigit(y[0]) {
			var m, n string
			m, x = cutNumber(x)
			n, y = cutNumber(y)
			if c := cmp.Or(len(m)-len(n), strings.Compare(m, n)); c != 0 {
				return c
			}
			continue
		}
		var r, s rune
		r, x = cutFolded(x)
		s, y = cutFolded(y)
		if r != s {
			return int(r - s)
		}
	}
	return cmp.Or(len(x)-len(y), strings.Compare(a, b))
}

// cutFolded splits s after its first character, of which it returns the small letter.
func cutFolded(s string) (rune, string) {
	if c := s[0]; c < utf8.RuneSelf { // most are, and an offer may have very many
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		return rune(c), s[1:]
	}
	r, n := utf8.DecodeRuneInString(s)
	return unicode.ToLower(r), s[n:]
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// cutNumber splits s after the number it begins with, of which leading zeros are left out.
func cutNumber(s string) (number, rest string) {
	end := 0
	for end < len(s) && isDigit(s[end]) {
		end++
	}
	return strings.TrimLeft(s[:end], "0"), s[end:]
}
