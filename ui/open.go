package ui

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// openPath opens a file or a folder with the program that the desktop has for
// it.
func (w *Window) openPath(path string) {
	w.background(func(context.Context) {
		if err := w.app.OpenURL(fileURL(path)); err != nil {
			w.log.Warn("open", "error", err)
		}
	})
}

// showPaths shows files in their folder; where the desktop cannot do that, it
// opens the folder.
func (w *Window) showPaths(paths []string) {
	const enough = 50 // selected at once; some file managers open a window for each folder
	paths = paths[:min(len(paths), enough)]
	w.background(func(ctx context.Context) {
		err := showInFolder(ctx, paths)
		if err == nil || ctx.Err() != nil {
			return
		}
		w.log.Debug("show in folder", "error", err)
		if err := w.app.OpenURL(fileURL(filepath.Dir(paths[0]))); err != nil {
			w.log.Warn("open folder", "error", err)
		}
	})
}

func fileURL(path string) *url.URL {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/…
	}
	return &url.URL{Scheme: "file", Path: slashed}
}

func homeDir() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return string(filepath.Separator)
	}
	return home
}
