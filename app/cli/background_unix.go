//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// readInBackground lets a read from the terminal fail where the program is in the background. It would be stopped
// otherwise, and anybody on the network can make it ask.
func readInBackground() { signal.Ignore(syscall.SIGTTIN) }
