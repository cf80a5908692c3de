package ui

import (
	"context"

	"ferry/netcore"
)

// save has change made to the settings on the disk, and leaves the others as they are.
// change is called on another goroutine, for one save at a time; failed is said if
// it does not work.
func (w *Window) save(failed key, change func(*netcore.Settings)) {
	if w.dir == "" {
		return
	}
	w.background(func(context.Context) {
		if err := w.saveNow(change); err != nil {
			w.log.Warn("save settings", "error", err)
			w.ui(func() { w.toasts.show(phrase{key: failed}, nil) })
		}
	})
}

func (w *Window) saveNow(change func(*netcore.Settings)) error {
	w.saving.Lock()
	defer w.saving.Unlock()
	settings, err := netcore.LoadSettings(w.dir)
	if err != nil {
		return err
	}
	change(&settings)
	return settings.Save(w.dir)
}
