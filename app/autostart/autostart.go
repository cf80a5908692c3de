// Package autostart has a program start with the session of whoever runs it: by a desktop entry in the
// autostart folder, by the registry on Windows, by a launch agent on macOS. It changes nothing but that one
// entry, and only when it is told to.
package autostart

import (
	"os"
	"path/filepath"
)

// An Entry is what the session starts. Its methods may be called from any goroutine.
type Entry struct {
	ID      string   // names the entry: letters, digits, dots and dashes
	Name    string   // what people read in the system's own list
	Program string   // the whole path
	Args    []string // none has a line break
}

// Program is the path of the running program, as it can be started later: of an AppImage, that of the image.
func Program() (string, error) {
	if image := os.Getenv("APPIMAGE"); filepath.IsAbs(image) {
		return image, nil
	}
	return os.Executable()
}
