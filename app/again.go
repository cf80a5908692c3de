package main

import (
	"os"
	"slices"
)

// startAgain starts this program anew, in this one's place, with the flags that it was started with. The window is shown: a
// person waits for it.
func startAgain(flags []string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	return replace(program, slices.Concat([]string{program}, shown(flags)))
}

// shown are flags without those that hide the window. The last one counts; "--" ends them.
func shown(flags []string) []string {
	flags = slices.DeleteFunc(slices.Clone(flags), func(f string) bool { return f == "--" })
	return append(flags, "--hidden=false")
}
