//go:build !linux

package tray

import (
	"context"
	"errors"
	"runtime"
)

// Open looks whether there can be a tray; an error says why not.
func (w *Watch) Open(context.Context) error {
	if runtime.GOOS != "windows" && runtime.GOOS != "darwin" {
		return errors.New("not known on this system")
	}
	return nil
}

// watch: Windows and macOS always have one.
func (w *Watch) watch(context.Context) error {
	w.set(true)
	return nil
}
