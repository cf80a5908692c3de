// Package plain makes text from a stranger safe and honest to show on one line, in a window or on
// a terminal, and says what kind of danger a file's name tells of.
//
// A name may hold what steers a terminal, turns the direction of the text around it, takes no
// space, takes space without being seen, or towers over the lines above. [Text] lets people read
// what is there: such characters are written out, as in a Go string literal ("\x1b", "\u202e");
// so are bytes that are no UTF-8. What real names are written with (letters and marks of every
// script, the joiners of Persian, Indic scripts and emoji) stays as it is.
//
// The package is pure: no state, no I/O, no dependencies. All functions are safe for use by any
// goroutine, take any bytes, and never panic.
package plain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxRunes is the most characters that Text returns.
const MaxRunes = 400

const (
	maxRun     = 2 // repetitions of what cannot be seen that are shown as they are; more are counted
	maxMarks   = 8 // marks on one letter; Burmese needs six
	maxStacked = 3 // of those that any script can be decorated with, and that pile up

	ellipsis = "…"
	blank    = "␣" // a space that is not as wide as it seems
	bare     = "◌" // Unicode's stand-in for the letter that a mark has lost
)

// Text returns s fit to be shown on one line: valid UTF-8 without control characters, line breaks
// or invisible characters, at most MaxRunes long. Many spaces in a row, which would push
// the end of a name out of sight, are counted: "photo.jpg ␣×40 .exe"; so are piles of marks. Long text
// loses its middle: a file's name keeps its extension. Text(Text(s)) is Text(s).
func Text(s string) string {
	if ordinary(s) {
		return s
	}
	var l line
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			l.escape(fmt.Sprintf(`\x%02x`, s[i]))
		} else {
			l.add(r, s[i+size:])
		}
		i += size
	}
	return l.String()
}

// ordinary reports whether s needs no second look, which is so for most text.
func ordinary(s string) bool {
	spaces := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ' && spaces == maxRun, c < ' ', c > '~':
			return false
		case c == ' ':
			spaces++
		default:
			spaces = 0
		}
	}
	return len(s) <= MaxRunes
}

// escaped writes r out.
func escaped(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < utf8.RuneSelf:
		return fmt.Sprintf(`\x%02x`, r)
	case r > 0xffff:
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

type unitKind uint8

const (
	letter unitKind = iota // with its marks, joiner and variation selector
	space
	escape
	pile // marks that are too many for their letter
)

// A unit is what stays together when a line is cut.
type unit struct {
	kind  unitKind
	text  string // of a letter or space, what is shown; of others, what is repeated
	times int

	// Of a letter:
	base    rune
	last    rune
	marks   int
	stacked int
}

// A line is text that is being made plain.
type line struct{ units []unit }

// add takes the next character; rest is what follows it.
func (l *line) add(r rune, rest string) {
	switch {
	case unicode.Is(unicode.M, r) && !unicode.Is(unicode.Variation_Selector, r) && !hidden(r):
		l.mark(r)
	case attaches(l.lastLetter(), r, rest):
		u := &l.units[len(l.units)-1]
		u.text, u.last = u.text+string(r), r
	case unicode.Is(unicode.Zs, r):
		l.space(r)
	case hidden(r):
		l.escape(escaped(r))
	default:
		l.units = append(l.units, unit{kind: letter, text: string(r), times: 1, base: r, last: r})
	}
}

// lastLetter returns the unit that a mark or joiner would belong to; nil if there is none.
func (l *line) lastLetter() *unit {
	if n := len(l.units); n > 0 && l.units[n-1].kind == letter {
		return &l.units[n-1]
	}
	return nil
}

// again returns the last unit if it is of kind, to be repeated.
func (l *line) again(kind unitKind) *unit {
	if n := len(l.units); n > 0 && l.units[n-1].kind == kind {
		return &l.units[n-1]
	}
	return nil
}

func (l *line) mark(r rune) {
	u := l.lastLetter()
	if u == nil {
		if p := l.again(pile); p != nil {
			p.times++
			return
		}
		base, _ := utf8.DecodeRuneInString(bare)
		l.units = append(l.units, unit{kind: letter, text: bare, times: 1, base: base, last: base})
		u = l.lastLetter()
	}
	stacks := unicode.Is(unicode.Inherited, r)
	if u.marks == maxMarks || stacks && u.stacked == maxStacked {
		l.units = append(l.units, unit{kind: pile, text: bare, times: 1})
		return
	}
	u.text, u.last = u.text+string(r), r
	u.marks++
	if stacks {
		u.stacked++
	}
}

// space takes a space of any width. One that is not what it seems is shown by a sign; the wide space
// of Chinese and Japanese names is what it seems.
func (l *line) space(r rune) {
	text := blank
	if r == ' ' || r == '\u3000' {
		text = string(r)
	}
	u := l.again(space)
	if u == nil {
		l.units = append(l.units, unit{kind: space, text: text, times: 1})
		return
	}
	if u.times++; u.times <= maxRun {
		u.text += text
	}
}

func (l *line) escape(text string) {
	if u := l.again(escape); u != nil && u.text == text {
		u.times++
		return
	}
	l.units = append(l.units, unit{kind: escape, text: text, times: 1})
}

// String returns the line, without its middle if that is too long.
func (l *line) String() string {
	texts := make([]string, len(l.units))
	total := 0
	for i, u := range l.units {
		texts[i] = u.String()
		total += utf8.RuneCountInString(texts[i])
	}
	if total <= MaxRunes {
		return strings.Join(texts, "")
	}
	const half = (MaxRunes - 1) / 2
	head, tail := 0, len(texts)
	for room := half; ; head++ {
		if room -= utf8.RuneCountInString(texts[head]); room < 0 {
			break
		}
	}
	for room := half; ; tail-- {
		if room -= utf8.RuneCountInString(texts[tail-1]); room < 0 {
			break
		}
	}
	return strings.Join(texts[:head], "") + ellipsis + strings.Join(texts[tail:], "")
}

func (u unit) String() string {
	switch {
	case u.kind == letter:
		return u.text
	case u.kind == pile:
		return fmt.Sprintf("[%s×%d]", u.text, u.times)
	case u.kind == space && u.times > maxRun:
		return fmt.Sprintf(" %s×%d ", blank, u.times)
	case u.kind == space:
		return u.text
	case u.times > maxRun:
		return fmt.Sprintf("[%s×%d]", u.text, u.times)
	}
	return strings.Repeat(u.text, u.times)
}
