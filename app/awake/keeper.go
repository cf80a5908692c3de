// Package awake keeps the computer from going to sleep while files are on
// their way, as far as the system lets it: a [Keeper] holds the system's
// permission to sleep back for as long as at least one transfer runs.
//
// It is a courtesy, not a promise: where the system cannot be asked, or
// refuses, transfers go on as they would without it, and only the log says so.
package awake

import (
	"context"
	"log/slog"
	"sync"

	"ferry/netcore"
)

// What the system may show to whoever wonders why the computer stays awake.
const (
	who = "Ferry"
	why = "Files are being moved to or from another computer"
)

// holder asks the system to stay awake until release is called or ctx ends,
// whichever comes first; release must be called in both cases.
type holder func(ctx context.Context) (release func() error, err error)

// A Keeper watches the transfers of one node. Make it with [New], let it see
// the node's events through [Keeper.Watch], and run it beside the node.
type Keeper struct {
	log     *slog.Logger
	hold    holder
	changed chan struct{} // has an element if running may be empty, or not be, all at once

	mu      sync.Mutex
	running map[netcore.TransferID]bool
}

// New makes a Keeper. log may be nil.
func New(log *slog.Logger) *Keeper {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Keeper{
		log:     log,
		hold:    hold,
		changed: make(chan struct{}, 1),
		running: make(map[netcore.TransferID]bool),
	}
}

// Watch returns a Handler that shows each event to the Keeper and then hands
// it on to h, as it does with offers. It never waits for the system.
func (k *Keeper) Watch(h netcore.Handler) netcore.Handler { return watcher{h, k} }

type watcher struct {
	netcore.Handler
	keeper *Keeper
}

func (w watcher) Event(ev netcore.Event) {
	if changed, ok := ev.(netcore.TransferChanged); ok {
		w.keeper.see(changed.Transfer)
	}
	w.Handler.Event(ev)
}

// see takes in what has become of a transfer.
func (k *Keeper) see(t netcore.Transfer) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if t.State == netcore.Running {
		k.running[t.ID] = true
	} else {
		delete(k.running, t.ID)
	}
	select {
	case k.changed <- struct{}{}:
	default:
	}
}

func (k *Keeper) busy() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.running) > 0
}

// Run holds and releases until ctx ends. When it returns nothing is held any
// more. Call it once.
func (k *Keeper) Run(ctx context.Context) {
	var release func() error
	defer func() { k.letGo(release) }()
	refused := false // said once in the log, not for each transfer
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.changed:
		}
		switch busy := k.busy(); {
		case busy && release == nil:
			var err error
			if release, err = k.hold(ctx); err != nil && !refused {
				refused = true
				k.log.Debug("this computer may go to sleep during a transfer", "err", err)
			}
		case !busy:
			k.letGo(release)
			release = nil
		}
	}
}

// letGo lets the computer sleep again; release may be nil.
func (k *Keeper) letGo(release func() error) {
	if release == nil {
		return
	}
	if err := release(); err != nil {
		k.log.Debug("let the computer sleep again", "err", err)
	}
}
