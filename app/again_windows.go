package main

import "os/exec"

// replace starts the program beside this one, which is about to end: nothing replaces a process there.
func replace(program string, args []string) error {
	return exec.Command(program, args[1:]...).Start()
}
