//go:build unix

package main

import (
	"os"
	"syscall"
)

// replace returns only with an error.
func replace(program string, args []string) error {
	return &os.PathError{Op: "exec", Path: program, Err: syscall.Exec(program, args, os.Environ())}
}
