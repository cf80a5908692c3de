package ui

import (
	"path"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	ellipsis = "…"
	maxExt   = 8 // bytes of a name's end that count as its extension, dot included
	tailLen  = 4 // runes that stay before the extension

	zwnj = '\u200c'
	zwj  = '\u200d'
)

// A cut is where a text that does not fit loses its letters.
type cut int

const (
	cutEnd   cut = iota
	cutMid       // before the end: a file's name keeps its extension
	cutStart     // a folder's path keeps its end
)

// shorten returns the longest form of s that fits, with an ellipsis where
// letters are missing. fits must hold for every shorter form of a form that
// fits. Where nothing fits, the ellipsis alone is returned.
func shorten(s string, where cut, fits func(string) bool) string {
	if fits(s) {
		return s
	}
	if where == cutStart {
		return shortenStart(s, fits)
	}
	head, tail := s, ""
	if where == cutMid {
		head, tail = splitTail(s)
	}
	for {
		starts := boundaries(head)
		n := sort.Search(len(starts), func(i int) bool {
			return !fits(head[:starts[i]] + ellipsis + tail)
		})
		switch {
		case n > 0:
			return strings.TrimRight(head[:starts[n-1]], " ") + ellipsis + tail
		case tail == "":
			return ellipsis
		}
		head, tail = s, "" // not even the tail fits: cut the end after all
	}
}

func shortenStart(s string, fits func(string) bool) string {
	starts := boundaries(s)
	i := sort.Search(len(starts), func(i int) bool { return fits(ellipsis + s[starts[i]:]) })
	return ellipsis + s[starts[min(i, len(starts)-1)]:]
}

// splitTail divides a name before its extension and the few letters in front
// of that, which tell "report (1).pdf" from "report (2).pdf".
func splitTail(s string) (head, tail string) {
	at := len(s)
	if ext := path.Ext(s); len(ext) <= maxExt && len(ext) < len(s) {
		at -= len(ext)
	}
	for range tailLen {
		_, n := utf8.DecodeLastRuneInString(s[:at])
		at -= n
	}
	for at > 0 && !startsCluster(s[at:]) {
		_, n := utf8.DecodeLastRuneInString(s[:at])
		at -= n
	}
	return s[:at], s[at:]
}

// boundaries are the offsets in s, without 0 and up to its length, at which it
// may be cut without tearing a mark from its letter.
func boundaries(s string) []int {
	var at []int
	var last rune
	for i, r := range s {
		if i > 0 && last != zwj && startsCluster(s[i:]) {
			at = append(at, i)
		}
		last = r
	}
	return append(at, len(s))
}

func joiner(r rune) bool { return r == zwj || r == zwnj }

func startsCluster(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return !unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) && !joiner(r) && !unicode.Is(unicode.Variation_Selector, r)
}

// wrap breaks s into lines that fit: at spaces, between the characters of scripts that
// have none, and inside a word that fits no line.
func wrap(s string, fits func(string) bool) []string {
	var lines []string
	line := ""
	for _, word := range words(s) {
		if fits(strings.TrimRight(line+word, " ")) {
			line += word
			continue
		}
		if line != "" {
			lines = append(lines, strings.TrimRight(line, " "))
		}
		for word != "" && !fits(strings.TrimRight(word, " ")) {
			starts := boundaries(word)
			n := sort.Search(len(starts), func(i int) bool { return !fits(word[:starts[i]]) })
			end := starts[max(n-1, 0)]
			lines = append(lines, word[:end])
			word = word[end:]
		}
		line = word
	}
	return append(lines, strings.TrimRight(line, " "))
}

// words splits s into what may stand on a line of its own: a word and the
// spaces after it, or one ideograph and the punctuation after it.
func words(s string) []string {
	var all []string
	start := 0
	var last rune
	for i, r := range s {
		if i > start && breakable(last, r) {
			all = append(all, s[start:i])
			start = i
		}
		last = r
	}
	return append(all, s[start:])
}

func breakable(last, r rune) bool {
	switch {
	case r == ' ' || unicode.IsPunct(r) && wide(r):
		return false
	case last == ' ':
		return true
	}
	return wide(r) || wide(last) && !unicode.IsPunct(r)
}

func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef
}
