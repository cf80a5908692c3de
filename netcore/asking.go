package netcore

import (
	"context"
	"fmt"
	"sync"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/transfer"
)

// How much a person is asked. A device that wants more waits, or is told that this one is busy.
const (
	maxAskedPerPeer       = 3  // offers of one device that a person is asked about at a time
	maxUndecidedPerPeer   = 8  // with those that wait for that
	maxAskedStrangers     = 32 // of all devices together that this node had nothing to do with
	maxUndecidedStrangers = 64
	// maxStrangersLists is how many bytes the lists of strangers' offers take on disk, together.
	maxStrangersLists = 1 << 30
)

// After so many offers in a row that came to nothing, because they were declined or withdrawn, there is a pause before the
// next one; each is longer than the one before. Consent ends that, and so does time.
var (
	strangersPause = pauses{free: 1, first: 5 * time.Second, factor: 4, most: 30 * time.Minute}
	friendsPause   = pauses{free: 5, first: 5 * time.Second, factor: 2, most: time.Minute}
	everyonesPause = pauses{free: 16, first: time.Second, factor: 2, most: time.Minute} // of all strangers together
)

const (
	// forgiveAfter is how long after an offer that came to nothing that counts no more.
	forgiveAfter = time.Hour
	// longestWait is how long a sender is kept waiting for its own pause to end. Before a longer one, it
	// is told to come back later.
	longestWait = 20 * time.Second
	// maxAskers is how many devices are remembered for their pauses.
	maxAskers = 4096
)

// pauses grow: none after the first free offers, then first, and factor times as long each time, up to most.
type pauses struct {
	free   int
	first  time.Duration
	factor int
	most   time.Duration
}

func (p pauses) after(vain int) time.Duration {
	if vain <= p.free {
		return 0
	}
	d := p.first
	for range vain - p.free - 1 {
		if d = min(d*time.Duration(p.factor), p.most); d == p.most {
			break
		}
	}
	return d
}

// asking says which offers a person is asked about, and when.
type asking struct {
	mu        sync.Mutex
	peers     map[PeerID]*asker
	strangers asker // all of them together
	changed   chan struct{}
}

// asker is one device, or all unknown ones together.
type asker struct {
	undecided int // offers
	asked     int // of those, before a person, or on their way there
	vain      int // in a row that came to nothing
	last      time.Time
	until     time.Time // the end of the pause
}

func newAsking() asking {
	return asking{peers: make(map[PeerID]*asker), changed: make(chan struct{})}
}

// A question is the place of an offer among those that a person is asked about.
type question struct {
	a        *asking
	peer     PeerID
	stranger bool
	asked    bool
	over     sync.Once
}

// place takes a place for an offer of a device; answered or unasked must follow. The error wraps ErrBusy if there is none.
func (a *asking) place(peer PeerID, stranger bool) (*question, error) {
	if err := a.enter(peer, stranger); err != nil {
		return nil, err
	}
	return &question{a: a, peer: peer, stranger: stranger}, nil
}

// await waits until a person may be asked. The error wraps ErrBusy if that would take too long, and ErrLost if gone
// was closed.
func (q *question) await(ctx context.Context, gone <-chan struct{}) error {
	for !q.asked {
		wait, changed, err := q.a.next(q.peer, q.stranger)
		switch {
		case err == nil && wait == 0:
			q.asked = true
		case err == nil:
			err = sleep(ctx, wait, changed, gone)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// turnToAsk waits until it is the turn of a new offer; one of a transfer that is known need not ask, and does not wait. Its
// list, which is yet to come, must fit into room; nil is no limit.
func (n *Node) turnToAsk(ctx context.Context, c *conn.Conn, known bool) (*question, *transfer.Room, error) {
	room := n.spools
	_, met := n.known.get(c.Peer)
	if met {
		room = nil
	}
	q, err := n.asking.place(c.Peer, !met)
	if err != nil || known {
		return q, room, err
	}
	if err := q.await(ctx, c.Gone()); err != nil {
		q.unasked()
		return nil, nil, err
	}
	return q, room, nil
}

// sleep waits for d or one of the channels. Only the end of ctx and gone are errors.
func sleep(ctx context.Context, d time.Duration, changed, gone <-chan struct{}) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-changed:
	case <-gone:
		return fmt.Errorf("%w: while it waited for its turn", ErrLost)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// enter takes a place among the undecided.
func (a *asking) enter(peer PeerID, stranger bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := a.peer(peer)
	switch {
	case p.undecided >= maxUndecidedPerPeer:
		return fmt.Errorf("%w: %d offers wait for an answer", ErrBusy, maxUndecidedPerPeer)
	case stranger && a.strangers.undecided >= maxUndecidedStrangers:
		return fmt.Errorf("%w: %d offers of unknown devices wait for an answer", ErrBusy, maxUndecidedStrangers)
	}
	p.undecided++
	if stranger {
		a.strangers.undecided++
	}
	return nil
}

// next reports how long to wait: no time if it is the turn of one more offer, which then counts as asked.
func (a *asking) next(peer PeerID, stranger bool) (wait time.Duration, changed <-chan struct{}, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := a.peer(peer)
	if wait = time.Until(p.until); wait > longestWait {
		return 0, nil, fmt.Errorf("%w: too many of its offers came to nothing; a pause of %v", ErrBusy, wait.Round(time.Second))
	}
	if stranger {
		wait = max(wait, time.Until(a.strangers.until))
	}
	if p.asked >= maxAskedPerPeer || stranger && a.strangers.asked >= maxAskedStrangers {
		return max(wait, time.Minute), a.changed, nil
	}
	if wait <= 0 {
		p.asked++
		if stranger {
			a.strangers.asked++
		}
		return 0, nil, nil
	}
	return wait, a.changed, nil
}

// leave gives the place of an offer back.
func (a *asking) leave(peer PeerID, stranger, asked bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, one := range a.both(peer, stranger) {
		one.undecided--
		if asked {
			one.asked--
		}
	}
	a.wake()
}

// wake lets all who wait look again. Callers hold mu.
func (a *asking) wake() {
	close(a.changed)
	a.changed = make(chan struct{})
}

// both are the counters of an offer. Callers hold mu.
func (a *asking) both(peer PeerID, stranger bool) []*asker {
	if stranger {
		return []*asker{a.peer(peer), &a.strangers}
	}
	return []*asker{a.peer(peer)}
}

// peer returns the record of a device. Callers hold mu.
func (a *asking) peer(id PeerID) *asker {
	if p := a.peers[id]; p != nil {
		return p
	}
	if len(a.peers) >= maxAskers {
		for other, p := range a.peers {
			if p.undecided == 0 && time.Now().After(p.until) {
				delete(a.peers, other)
			}
		}
	}
	p := new(asker)
	a.peers[id] = p
	return p
}

// answered ends the question: the person has agreed, or the offer came to nothing. Only the first call counts.
func (q *question) answered(accepted bool) {
	q.over.Do(func() {
		q.a.judge(q.peer, q.stranger, accepted)
		q.a.leave(q.peer, q.stranger, q.asked)
	})
}

// unasked ends the question: it did not come to that.
func (q *question) unasked() {
	q.over.Do(func() { q.a.leave(q.peer, q.stranger, q.asked) })
}

// judge makes the next pause longer, or ends it.
func (a *asking) judge(peer PeerID, stranger, accepted bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, one := range a.both(peer, stranger) {
		how := everyonesPause
		switch {
		case i == 0 && stranger:
			how = strangersPause
		case i == 0:
			how = friendsPause
		}
		one.judge(how, accepted)
	}
}

func (one *asker) judge(how pauses, accepted bool) {
	now := time.Now()
	if accepted || now.Sub(one.last) > forgiveAfter {
		one.vain = 0
	}
	if accepted {
		one.until = time.Time{}
		return
	}
	one.vain++
	one.last, one.until = now, now.Add(how.after(one.vain))
}
