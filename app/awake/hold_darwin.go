package awake

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
)

// hold starts caffeinate, which macOS has, as a child. It ends by itself
// should this process end without a word.
func hold(context.Context) (release func() error, err error) {
	child := exec.Command("/usr/bin/caffeinate", "-i", "-w", strconv.Itoa(os.Getpid()))
	if err := child.Start(); err != nil {
		return nil, err
	}
	return func() error {
		err := child.Process.Kill()
		if waited := child.Wait(); err == nil && !killed(waited) {
			err = waited
		}
		if errors.Is(err, os.ErrProcessDone) {
			return nil
		}
		return err
	}, nil
}

// killed reports whether err is how Wait tells of a child that a signal ended.
func killed(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && !exit.Exited()
}
