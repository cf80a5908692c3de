//go:build unix

package autostart

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Set has the session start the program from the next time on, or not. It may be called from any goroutine; the error is
// of the file that says so.
func (e Entry) Set(on bool) error {
	path, err := e.path()
	if err != nil {
		return err
	}
	if !on {
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	content, err := e.content()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}
