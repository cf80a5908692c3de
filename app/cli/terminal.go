package main

import (
	"os"

	"golang.org/x/term"
)

// fallbackWidth is for a terminal that does not tell its width.
const fallbackWidth = 80

// system is the host of a real process.
func system() host {
	stderrLive := isTerminal(os.Stderr)
	return host{
		stdin:  os.Stdin,
		stdout: os.Stdout,
		stderr: os.Stderr,
		asks:   isTerminal(os.Stdin) && stderrLive,
		live:   stderrLive,
		width:  func() int { return terminalWidth(os.Stderr) },
		open:   openNode,
		free:   portFree,

		reading: readingTime,
	}
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

func terminalWidth(f *os.File) int {
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		return fallbackWidth
	}
	return width
}
