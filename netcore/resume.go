package netcore

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/inbox"
	"ferry/netcore/internal/transfer"
)

// How long an interrupted transfer waits until it is offered again. The
// peer's coming back ends the wait at once, and so does a Wake.
const (
	firstRetry = 500 * time.Millisecond
	lastRetry  = 15 * time.Second
	// awaitWake is how long it waits for a receiver that will say when it can go on.
	awaitWake = time.Minute
	// watchSpace is how often a receiver whose disk is full looks whether it still is.
	watchSpace = time.Second
)

// interruptions are the errors that say nothing against the transfer itself:
// it goes on when the two find each other again, when there is room, or when a person says so.
var interruptions = []error{ErrLost, ErrOffline, ErrTimeout, ErrShutdown, ErrBusy, ErrPaused, ErrNoSpace}

// goesOn reports whether a transfer that err has interrupted waits. One that
// was not accepted yet does not.
func (t *tracked) goesOn(ctx context.Context, err error) bool {
	now := t.snapshot()
	if err == nil || ctx.Err() != nil || now.State != Running && now.State != Paused {
		return false
	}
	return interrupts(err)
}

func interrupts(err error) bool {
	return slices.ContainsFunc(interruptions, func(kind error) bool { return errors.Is(err, kind) })
}

// lastWord is what a sender is told that comes back to a transfer which ended
// here with err: the kind of that, unless the sender would try again for ever.
func lastWord(err error) error {
	kind := fault.CodeOf(err).Kind()
	if interrupts(kind) {
		return ErrCancelled
	}
	return kind
}

// pause tells that the transfer waits, because of err. That later attempts
// fail as well is no news, unless they say that something else is in the way.
func (t *tracked) pause(err error) {
	now := t.snapshot()
	if now.State == Paused && !waits(err) && !now.failedBy(ErrPaused) && !now.failedBy(ErrNoSpace) {
		return
	}
	t.update(func(now *Transfer) {
		if now.State != Paused {
			t.kept.Waits = t.node.now()
		}
		now.State, now.Err = Paused, now.errorOf(err)
		t.rate = speed{}
	})
}

// waits reports whether err is not the network's: the other side answers, and something else
// is in the way.
func waits(err error) bool { return errors.Is(err, ErrPaused) || errors.Is(err, ErrNoSpace) }

// attempt begins an attempt at a transfer: its context also ends by interrupt.
// done must follow.
func (t *tracked) attempt(ctx context.Context) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current = cancel
	if t.kept.Held {
		cancel(ErrPaused)
	}
	return ctx, func() { cancel(nil) }
}

// interrupt ends the attempt that is under way, if there is one.
func (t *tracked) interrupt(cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current(cause)
}

// nextAttempt waits until the sender tries again.
func (t *tracked) nextAttempt(ctx context.Context) (*transfer.Incoming, error) {
	if now := t.snapshot(); now.failedBy(ErrPaused) && !now.Err.Remote && !t.held() {
		t.wakeSender() // it was let go before it had come to a halt
	}
	full := t.awaitSpace(ctx)
	defer full()
	for {
		select {
		case in := <-t.attempts:
			if !t.held() {
				return in, nil
			}
			in.Wait(ctx)
			in.Refuse(ErrPaused)
			t.node.tidy(in.Close)
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// awaitSpace asks the sender to go on once there is room for what is missing,
// if that is what the transfer waits for. stop ends the watch, and waits for that.
func (t *tracked) awaitSpace(ctx context.Context) (stop func()) {
	now := t.snapshot()
	if !now.failedBy(ErrNoSpace) || now.Err.Remote {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var watch sync.WaitGroup
	before := inbox.FreeSpace(now.Dir)
	watch.Go(func() {
		tick := time.NewTicker(watchSpace)
		defer tick.Stop()
		for ctx.Err() == nil {
			// What was free when it failed was not enough, whatever the reason: a quota,
			// perhaps. If nothing can be seen, the sender tries again in a while.
			if free := inbox.FreeSpace(now.Dir); free > before && free >= now.Bytes-now.DoneBytes {
				before = free
				t.wakeSender()
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
			}
		}
	})
	return func() { cancel(); watch.Wait() }
}

// await waits until an outgoing transfer that err has interrupted is to be
// offered again: after limit at most, unless a person holds it.
func (t *tracked) await(ctx context.Context, err error, limit time.Duration) {
	if waits(err) {
		limit = awaitWake
	}
	soonest := time.NewTimer(firstRetry) // a peer can wake it as often as it likes
	defer soonest.Stop()
	for {
		timer := time.NewTimer(limit)
		select {
		case <-t.wake:
		case <-t.node.arrivals.next(t.snapshot().Peer.ID):
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return
		}
		if !t.held() {
			break
		}
	}
	select {
	case <-soonest.C:
	case <-ctx.Done():
	}
}

// arrivals wakes those who wait for a peer.
type arrivals struct {
	mu      sync.Mutex
	waiting map[PeerID]chan struct{}
}

// next returns a channel that is closed when the peer comes online.
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

// supersede ends the incoming transfers that wait for a sender which has offered the same
// anew, as by, and so will not go on with them.
func (n *Node) supersede(by *tracked) {
	sender := by.snapshot().Peer.ID
	for _, t := range n.list() {
		t.mu.Lock()
		same := t.now.Direction == Incoming && t.now.State == Paused && t.now.Peer.ID == sender &&
			!t.kept.Held && slices.Equal(t.kept.Digest, by.kept.Digest)
		t.mu.Unlock()
		if same {
			t.cancel(ErrLost)
		}
	}
}
