package netcore

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/transfer"
)

// How long an interrupted transfer waits until it tries again by itself. The
// peer's coming back ends the wait at once.
const (
	firstRetry = 500 * time.Millisecond
	lastRetry  = 15 * time.Second
	// withdrawTime is how long a cancelled transfer tries to tell a receiver
	// that it had lost.
	withdrawTime = time.Second
)

// interruptions are the errors that say nothing against the transfer itself:
// when the two find each other again, it goes on.
var interruptions = []error{ErrLost, ErrOffline, ErrTimeout, ErrShutdown, ErrBusy}

// goesOn reports whether a transfer that err has interrupted waits for its
// peer. One that was not accepted yet does not.
func (t *tracked) goesOn(ctx context.Context, err error) bool {
	now := t.snapshot()
	if err == nil || ctx.Err() != nil || now.State != Running && now.State != Paused {
		return false
	}
	if now.Direction == Incoming && errors.Is(err, ErrShutdown) {
		return false // a sender that was closed has forgotten it
	}
	for _, kind := range interruptions {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// lastWord is what a sender is told that comes back to a transfer which ended
// here with err: the kind of that, unless the sender would try again for ever.
func lastWord(err error) error {
	kind := fault.CodeOf(err).Kind()
	if slices.Contains(interruptions, kind) {
		return ErrCancelled
	}
	return kind
}

// pause tells that the transfer waits, because of err. That later attempts
// fail as well is no news.
func (t *tracked) pause(err error) {
	if t.snapshot().State == Paused {
		return
	}
	t.update(func(now *Transfer) {
		now.State, now.Err = Paused, now.errorOf(err)
		t.rate = rate{}
	})
}

// attempt begins an attempt at an incoming transfer: its context also ends by
// interrupt. done must follow.
func (t *tracked) attempt(ctx context.Context) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	t.mu.Lock()
	t.current = cancel
	t.mu.Unlock()
	return ctx, func() { cancel(nil) }
}

// interrupt ends the attempt that is under way, if there is one.
func (t *tracked) interrupt() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.current != nil {
		t.current(ErrLost)
	}
}

// nextAttempt waits until the sender tries again.
func (t *tracked) nextAttempt(ctx context.Context) (*transfer.Incoming, error) {
	select {
	case in := <-t.attempts:
		return in, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// arrivals wakes those who wait for a peer.
type arrivals struct {
	mu      sync.Mutex
	waiting map[PeerID]chan struct{}
}

// wait returns when the peer comes online, after limit, or when ctx ends.
func (a *arrivals) wait(ctx context.Context, id PeerID, limit time.Duration) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-a.next(id):
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (a *arrivals) next(id PeerID) <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.waiting == nil {
		a.waiting = make(map[PeerID]chan struct{})
	}
	if a.waiting[id] == nil {
		a.waiting[id] = make(chan struct{})
	}
	return a.waiting[id]
}

// tell wakes all that wait for id.
func (a *arrivals) tell(id PeerID) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c := a.waiting[id]; c != nil {
		close(c)
		delete(a.waiting, id)
	}
}

// forgotten ends the incoming transfers that wait for a sender which will not
// go on with them: it has offered the same anew, or was started anew.
func (n *Node) forgotten(by func(*tracked) bool) {
	for _, t := range n.list() {
		now := t.snapshot()
		if now.Direction == Incoming && now.State == Paused && by(t) {
			t.cancel(ErrLost)
		}
	}
}
