// Package tray knows whether the desktop has a place for programs without a
// window: a system tray, a status area, a menu bar. Where there is none, a program that
// hides its only window is lost.
package tray

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// A Watch knows whether there is a tray now. Make it with [New].
type Watch struct {
	log     *slog.Logger
	changed func()
	has     atomic.Bool
	seen    chan struct{} // closed when there was a tray for the first time
	once    sync.Once
}

// New makes a Watch. changed is called on the goroutine of Run when there is a tray at last, or
// none any more; it must not block. log may be nil.
func New(changed func(), log *slog.Logger) *Watch {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Watch{log: log, changed: changed, seen: make(chan struct{})}
}

// Has reports whether there is a tray; false before Run. It may be called from any goroutine.
func (w *Watch) Has() bool { return w.has.Load() }

// Run watches until ctx ends, or until it is clear that nothing will change. Open must have returned nil.
func (w *Watch) Run(ctx context.Context) {
	if err := w.watch(ctx); err != nil && ctx.Err() == nil {
		w.log.Debug("no system tray", "err", err)
		w.set(false)
	}
}

// Await waits until there is a tray, for at most as long as d or until ctx ends: a program that starts with the session
// may be earlier than the desktop's panel.
func (w *Watch) Await(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	select {
	case <-w.seen:
	case <-ctx.Done():
	}
}

func (w *Watch) set(has bool) {
	if w.has.Swap(has) != has {
		w.changed()
	}
	if has {
		w.once.Do(func() { close(w.seen) })
	}
}
