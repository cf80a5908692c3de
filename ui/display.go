package ui

import "ferry/netcore/plain"

// display makes text that a stranger chose fit to be shown on one line.
func display(s string) string { return plain.Text(s) }
