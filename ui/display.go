package ui

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxShown  = 400 // runes of a name that are shown at all
	maxMarks  = 3   // combining marks in a row; real scripts need no more
	maxScan   = 4 * maxShown
	zwnj      = '\u200c'
	zwj       = '\u200d'
	firstJoin = '\u0590' // below are the scripts that know no joiners
)

// display makes text that a stranger chose fit to be shown on one line: what
// would break the line, reorder or hide text is written out as an escape
// ("\n", "\u{202e}"), and so is what is not UTF-8 ("\xff"). Very long text
// loses its middle.
func display(s string) string {
	s = cutMiddle(s, maxScan)
	var b strings.Builder
	marks := 0
	var last rune
	for i, r := range s {
		_, n := utf8.DecodeRuneInString(s[i:])
		if unicode.In(r, unicode.Mn, unicode.Me) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case joiner(r) && last >= firstJoin, marks <= maxMarks && harmless(r):
			b.WriteRune(r)
		default:
			b.WriteString(escape(r))
		}
		last = r
	}
	return cutMiddle(b.String(), maxShown)
}

func joiner(r rune) bool { return r == zwj || r == zwnj }

// harmless reports whether r is drawn as itself, where it stands.
func harmless(r rune) bool {
	switch {
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs):
		return false
	case unicode.Is(unicode.Zs, r) && r != ' ' && r != '\u3000' && r != '\u00a0':
		return false // spaces of odd width pass for nothing, or for a plain one
	}
	switch r {
	case '\u115f', '\u1160', '\u3164', '\uffa0', '\u2800', '\u034f', '\u17b4', '\u17b5':
		return false // letters without ink
	}
	return true
}

func escape(r rune) string {
	switch r {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	return fmt.Sprintf(`\u{%x}`, r)
}

// cutMiddle leaves limit runes of s, from both of its ends.
func cutMiddle(s string, limit int) string {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	head, tail := 0, len(s)
	for range limit / 2 {
		_, n := utf8.DecodeRuneInString(s[head:])
		head += n
		_, n = utf8.DecodeLastRuneInString(s[:tail])
		tail -= n
	}
	return s[:head] + ellipsis + s[tail:]
}
