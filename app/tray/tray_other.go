//go:build !linux

package tray

import (
	"context"
	"runtime"
)

// watch: Windows and macOS always have one, and of the others nothing is known.
func (w *Watch) watch(context.Context) error {
	w.set(runtime.GOOS == "windows" || runtime.GOOS == "darwin")
	return nil
}
