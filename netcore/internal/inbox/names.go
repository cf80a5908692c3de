package inbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// nameRules turn a part of a peer's path into a name that the inbox's
// filesystem can hold. They are a value, so that every system's rules are
// tested on every system.
type nameRules struct {
	max    int                 // the longest name, in units of width
	width  func(rune) int      // what a character adds to a name's length
	mend   func(string) string // replaces what a name must not contain
	drives bool                // "" and ":" mean something in a path
}

// unixNames keep every name as it is, but for its normalisation, and for those
// longer than max bytes.
func unixNames(max int) nameRules {
	return nameRules{
		max:   max,
		width: utf8.RuneLen,
		mend:  func(part string) string { return part },
	}
}

// local returns the name for a part of a path that has passed CheckPath, in NFC:
// that is what people type, and a Mac sends the same name decomposed. It is one component, never empty, "." or "..". The same part always gives the same
// name; different ones may meet in one, which is then a taken name like any other.
func (r nameRules) local(part string) string {
	name := r.mend(norm.NFC.String(part))
	if r.fits(name) {
		return name
	}
	// What was cut away goes into the hash: two long names that differ at
	// their ends only stay apart.
	sum := sha256.Sum256([]byte(part))
	stem, ext := splitExt(name)
	return r.cut(stem, "~"+hex.EncodeToString(sum[:4])+ext)
}

// numbered returns the nth choice for a file whose name is taken:
// "report.pdf", "report (1).pdf", "report (2).pdf".
func (r nameRules) numbered(name string, n int) string {
	if n == 0 {
		return name
	}
	stem, ext := splitExt(name)
	return r.cut(stem, fmt.Sprintf(" (%d)%s", n, ext))
}

// numberedFolder is numbered for a folder, whose name has no extension.
func (r nameRules) numberedFolder(name string, n int) string {
	if n == 0 {
		return name
	}
	return r.cut(name, fmt.Sprintf(" (%d)", n))
}

// cut returns stem+tail, with as much of stem, up to a whole character, as fits.
func (r nameRules) cut(stem, tail string) string {
	left := r.max - r.length(tail)
	for i, c := range stem {
		if left -= r.width(c); left < 0 {
			return stem[:i] + tail
		}
	}
	return stem + tail
}

func (r nameRules) fits(name string) bool {
	// No rule counts a character for more than its bytes.
	return len(name) <= r.max || r.length(name) <= r.max
}

func (r nameRules) length(name string) int {
	n := 0
	for _, c := range name {
		n += r.width(c)
	}
	return n
}

// maxExt is the longest extension, in characters, that is taken for one.
const maxExt = 12

// splitExt cuts off what names the kind of file: "report", ".pdf";
// "archive", ".tar.gz"; ".bashrc" and "Makefile" have none.
func splitExt(name string) (stem, ext string) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 || strings.Trim(name[:i], ".") == "" || !isExt(name[i+1:]) {
		return name, ""
	}
	if before, ok := strings.CutSuffix(name[:i], ".tar"); ok && strings.Trim(before, ".") != "" {
		i = len(before)
	}
	return name[:i], name[i:]
}

func isExt(s string) bool {
	if s == "" || utf8.RuneCountInString(s) > maxExt {
		return false
	}
	for _, c := range s {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return false
		}
	}
	return true
}
