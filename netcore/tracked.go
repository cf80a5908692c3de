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

// maxFinished is how many transfers that have ended a node remembers.
const maxFinished = 1000

// tracked is a transfer as the node knows it: the snapshot that is told, and what keeps it
// up to date.
type tracked struct {
	node   *Node
	id     TransferID
	cancel context.CancelCauseFunc
	ended  chan struct{} // closed when it is final
	meter  transfer.Meter

	origin                           // of an incoming transfer
	attempts chan *transfer.Incoming // hands over another attempt at it

	mu      sync.Mutex
	now     Transfer
	rate    rate
	current context.CancelCauseFunc // ends the attempt under way
}

// origin tells an incoming transfer from others.
type origin struct {
	sender      PeerID
	instance    string   // of the sending node: it forgets when it ends
	fromCommand bool     // the sender is no node that can be dialled
	digest      [32]byte // of the list
}

// track begins a transfer. Its context ends with the node's, or when it is
// cancelled. If there is one of that ID already it is returned instead, with
// the context as it was, and fresh is false. from is for an incoming one.
func (n *Node) track(outer context.Context, t Transfer, from origin) (tr *tracked, ctx context.Context, fresh bool) {
	ctx, cancel := context.WithCancelCause(outer)
	t.Started = time.Now()
	t.Left = -1
	tr = &tracked{
		node: n, id: t.ID, cancel: cancel, now: t, origin: from,
		ended:    make(chan struct{}),
		attempts: make(chan *transfer.Incoming),
	}
	if known := n.enlist(tr); known != nil {
		cancel(nil)
		return known, outer, false
	}
	tr.update(func(*Transfer) {})
	return tr, ctx, true
}

// enlist adds tr, unless there is one of that ID, which it then returns.
func (n *Node) enlist(tr *tracked) (known *tracked) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if known := n.transfers[tr.id]; known != nil {
		return known
	}
	n.transfers[tr.id] = tr
	n.order = append(n.order, tr.id)
	n.forgetOldest()
	return nil
}

// forgetOldest drops the oldest of too many transfers that have ended. Callers hold mu.
func (n *Node) forgetOldest() {
	for i := 0; len(n.order) > maxFinished && i < len(n.order); {
		id := n.order[i]
		if !n.transfers[id].snapshot().State.Final() {
			i++
			continue
		}
		delete(n.transfers, id)
		n.order = slices.Delete(n.order, i, i+1)
	}
}

func (t *tracked) snapshot() Transfer {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now
}

// update changes the transfer and tells of it.
func (t *tracked) update(change func(*Transfer)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now.State.Final() {
		return
	}
	change(&t.now)
	t.measure()
	// In the lock, so that events come in the order of what happened.
	t.node.events.put(TransferChanged{t.now})
}

// progress tells of progress, if there was any.
func (t *tracked) progress(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now.State != Running {
		return
	}
	before := t.now
	t.rate.add(now, t.meter.Bytes()-t.meter.Found())
	t.measure()
	if t.now.DoneBytes != before.DoneBytes || t.now.DoneFiles != before.DoneFiles || t.now.Rate != before.Rate {
		t.node.events.putProgress(TransferChanged{t.now})
	}
}

// measure reads the meter into the snapshot.
func (t *tracked) measure() {
	t.now.DoneFiles = int(t.meter.Files())
	t.now.DoneBytes = min(t.meter.Bytes(), t.now.Bytes)
	t.now.Found = t.meter.Found()
	t.now.Rate, t.now.Left = 0, -1
	if t.now.State == Running {
		t.now.Rate = t.rate.perSecond()
		t.now.Left = t.rate.left(t.now.Bytes - t.now.DoneBytes)
	}
}

// end brings the transfer to its final state.
func (t *tracked) end(result transfer.Result, err error) {
	t.cancel(nil)
	defer close(t.ended)
	t.update(func(now *Transfer) {
		if err == nil {
			err = nothingArrived(now, result)
		}
		now.State, now.Err = outcome(now, err)
		now.FailedCount = int(result.FailedCount)
		for _, f := range result.Failures {
			now.FailedEntries = append(now.FailedEntries, EntryError{Path: f.Path, Err: f.Err, Remote: f.Remote})
		}
		if now.Direction == Incoming {
			now.setDelivered(result.Delivered)
		}
		now.Ended = time.Now()
	})
}

// nothingArrived returns why not a single entry of a transfer arrived that went
// through all the same; nil if one did.
func nothingArrived(t *Transfer, result transfer.Result) error {
	if result.Receipt.Files > 0 || t.Folders > 0 || len(result.Failures) == 0 {
		return nil
	}
	return result.Failures[0].Err
}

func (t *Transfer) setDelivered(d inbox.Results) {
	t.Paths = d.Paths
	t.RenamedCount = d.RenameCount
	for _, r := range d.Renames {
		t.Renamed = append(t.Renamed, Rename{Path: r.Path, Local: r.Local})
	}
}

// outcome is the state that err leads to.
func outcome(t *Transfer, err error) (State, *Error) {
	if err == nil {
		return Done, nil
	}
	e := t.errorOf(err)
	switch {
	case errors.Is(err, fault.Declined):
		return Declined, e
	case errors.Is(err, fault.Cancelled):
		return Cancelled, e
	}
	return Failed, e
}

// errorOf adds the circumstances to err.
func (t *Transfer) errorOf(err error) *Error {
	var remote interface{ Remote() bool }
	return &Error{
		Op:     map[Direction]string{Outgoing: "send", Incoming: "receive"}[t.Direction],
		Peer:   t.Peer.Name,
		Remote: errors.As(err, &remote) && remote.Remote(),
		Err:    err,
	}
}

// pulse tells of progress ten times a second.
func (n *Node) pulse(ctx context.Context) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			for _, t := range n.list() {
				t.progress(now)
			}
		}
	}
}

// list returns the transfers, oldest first.
func (n *Node) list() []*tracked {
	n.mu.Lock()
	defer n.mu.Unlock()
	list := make([]*tracked, 0, len(n.order))
	for _, id := range n.order {
		list = append(list, n.transfers[id])
	}
	return list
}

// Transfers returns the transfers of this run, the newest first.
func (n *Node) Transfers() []Transfer {
	var list []Transfer
	for _, t := range slices.Backward(n.list()) {
		list = append(list, t.snapshot())
	}
	return list
}

// Cancel stops a transfer, from either side and in any state. What has arrived
// is removed, but for what keep names; the other side's person is not asked,
// there nothing is kept. A transfer that is final or unknown is left alone.
func (n *Node) Cancel(id TransferID, keep Keep) {
	if t := n.find(id); t != nil {
		t.cancel(fault.Cancelled)
	}
}

// Pause holds a transfer that is Running or Paused, until Resume, also over a
// restart. Either side may; both show it. In other states it does nothing.
func (n *Node) Pause(id TransferID) {}

// Resume lets a transfer go on that Pause of this node holds. One that waits
// for something else tries again now. In other states it does nothing.
func (n *Node) Resume(id TransferID) {}

// Retry offers what failed of an outgoing transfer that has ended once more, as
// a transfer of its own: all of it if it failed as a whole. The error is that there is nothing to send.
func (n *Node) Retry(id TransferID) (TransferID, error) { return TransferID{}, errNotRunning }

// SetLimits bounds how fast all transfers together may be, from now on, those
// that are running included.
func (n *Node) SetLimits(l Limits) {}

// History returns the transfers that have ended, of this run and earlier ones,
// the newest first: at most limit of those that started before before (zero:
// all). They stay as they are for as long as nobody deletes them.
func (n *Node) History(before time.Time, limit int) ([]Transfer, error) { return nil, nil }

func (n *Node) find(id TransferID) *tracked {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.transfers[id]
}
