package ui

import (
	"context"
	"errors"
	"sync"

	"ferry/netcore"
)

// choices are the settings: as they are now, and what of that is not on the disk yet.
type choices struct {
	now netcore.Settings // on the UI goroutine only

	mu      sync.Mutex
	pending []func(*netcore.Settings) // not on the disk yet, in order
	saving  sync.Mutex                // held while settings are written
}

// chooseSetting makes a change to the settings here and, later, on the disk, where it leaves what it
// does not touch as it is. change is called twice, the second time on another goroutine. failed is
// said if it cannot be saved.
func (w *Window) chooseSetting(failed key, change func(*netcore.Settings)) {
	change(&w.settings.now)
	w.followNotices()
	if w.dir == "" {
		return
	}
	w.settings.mu.Lock()
	w.settings.pending = append(w.settings.pending, change)
	w.settings.mu.Unlock()
	w.background(func(context.Context) {
		if err := w.settings.save(w.dir); err != nil {
			w.log.Warn("save settings", "error", err)
			w.ui(func() { w.toasts.show(phrase{key: failed}, nil) })
		}
	})
}

// save writes all changes that are not on the disk yet.
func (c *choices) save(dir string) error {
	c.saving.Lock()
	defer c.saving.Unlock()
	c.mu.Lock()
	changes := c.pending
	c.pending = nil
	c.mu.Unlock()
	if len(changes) == 0 {
		return nil // another save took them along
	}
	settings, err := netcore.LoadSettings(dir)
	var trouble *netcore.SettingsError // was told of at the start, and is taken care of
	if err != nil && !errors.As(err, &trouble) {
		return err
	}
	for _, change := range changes {
		change(&settings)
	}
	return settings.Save(dir)
}
