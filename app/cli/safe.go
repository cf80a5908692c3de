package main

import (
	"strings"

	"github.com/mattn/go-runewidth"

	"ferry/netcore/plain"
)

// visible makes text from a stranger safe to print on a terminal, and honest to read.
func visible(s string) string { return plain.Text(s) }

// columns returns how many columns s takes on a terminal.
func columns(s string) int { return runewidth.StringWidth(s) }

// shorten cuts s to at most width columns; what was cut is marked by "…".
func shorten(s string, width int) string {
	if width <= 0 {
		return ""
	}
	return runewidth.Truncate(s, width, "…")
}

// pad fills s with spaces up to width columns.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-columns(s)))
}
