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
	"ferry/netcore/internal/wire"
)

// maxFinished is how many transfers that have ended a node remembers.
const maxFinished = 1000

// tracked is a transfer as the node knows it: the snapshot that is told, what is
// remembered beside it, and what keeps both up to date.
type tracked struct {
	node   *Node
	id     TransferID
	cancel context.CancelCauseFunc
	ended  chan struct{} // closed when it is final
	meter  transfer.Meter

	attempts chan *transfer.Incoming // hands another attempt at an incoming transfer over
	wake     chan struct{}           // tells an outgoing one that waits to try now

	saving sync.Mutex // held while it is written to the store; before mu

	mu        sync.Mutex
	now       Transfer
	kept      kept
	forgotten bool // it is not to be kept
	rate      speed
	running   time.Time               // since when, if it is Running
	current   context.CancelCauseFunc // ends the attempt under way; never nil
	in        *transfer.Incoming      // that is being taken in, for more lanes to join
}

// newTracked returns a transfer that nobody knows yet. Its context ends with
// outer, or when it is cancelled.
func (n *Node) newTracked(outer context.Context, t Transfer, k kept) (*tracked, context.Context) {
	ctx, cancel := context.WithCancelCause(outer)
	return &tracked{
		node: n, id: t.ID, cancel: cancel, now: t, kept: k,
		ended:    make(chan struct{}),
		attempts: make(chan *transfer.Incoming),
		wake:     make(chan struct{}, 1),
		current:  func(error) {},
	}, ctx
}

// track begins a new transfer.
func (n *Node) track(outer context.Context, t Transfer, k kept) (*tracked, context.Context) {
	t.Started = time.Now()
	t.Left = -1
	return n.newTracked(outer, t, k)
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

// forget drops a transfer as if it had never been.
func (n *Node) forget(t *tracked) {
	t.mu.Lock()
	t.forgotten = true
	t.mu.Unlock()
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.transfers, t.id)
	n.order = slices.DeleteFunc(n.order, func(id TransferID) bool { return id == t.id })
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

// update changes the transfer and tells of it. A new state is remembered.
func (t *tracked) update(change func(*Transfer)) {
	if t.change(change) {
		t.save()
	}
}

// change reports whether the state is another one than before.
func (t *tracked) change(change func(*Transfer)) (other bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := t.now.State
	if before.Final() {
		return false
	}
	change(&t.now)
	t.clock(before, time.Now())
	if before == Running || t.now.State == Running { // else nothing has been counted, in this run at least
		t.measure()
	}
	// In the lock, so that events come in the order of what happened.
	t.node.events.put(TransferChanged{t.now})
	return t.now.State != before
}

// clock counts the time in which t is Running; before is the state until now. Callers hold mu.
func (t *tracked) clock(before State, now time.Time) {
	switch {
	case before == t.now.State:
	case before == Running:
		t.now.Active += now.Sub(t.running)
	case t.now.State == Running:
		t.running = now
	}
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
	if t.now.DoneBytes != before.DoneBytes || t.now.DoneFiles != before.DoneFiles || t.now.FoundFiles != before.FoundFiles || t.now.Rate != before.Rate {
		t.node.events.putProgress(TransferChanged{t.now})
	}
}

// measure reads the meter into the snapshot.
func (t *tracked) measure() {
	t.now.DoneFiles = int(t.meter.Files())
	t.now.DoneBytes = min(t.meter.Bytes(), t.now.Bytes)
	t.now.FoundFiles = int(t.meter.FoundFiles())
	t.now.Found = t.meter.Found()
	t.now.Rate, t.now.Left = 0, -1
	if t.now.State == Running {
		t.now.Rate = t.rate.perSecond()
		t.now.Left = t.rate.left(t.now.Bytes - t.now.DoneBytes)
	}
}

// end brings the transfer to its final state; unless it is the end of Ferry, after which it
// goes on.
func (t *tracked) end(result transfer.Result, err error) {
	t.cancel(nil)
	defer close(t.ended)
	t.node.tidy(t.meter.Ledger.Close) // before this is told: who asks for the files then gets those that are kept
	t.update(func(now *Transfer) {
		if err == nil {
			err = nothingArrived(now, result)
		}
		if isLocal(err) && errors.Is(err, ErrShutdown) && t.outlives(now) {
			return
		}
		now.State, now.Err = outcome(now, err)
		now.FailedCount = int(result.FailedCount)
		now.FailedEntries = nil
		for _, f := range result.Failures {
			now.FailedEntries = append(now.FailedEntries, EntryError{f.Path, f.Local, f.Err, f.Remote})
		}
		if now.Direction == Incoming {
			now.setDelivered(result.Delivered)
		}
		if err == nil {
			now.Receipt = receiptOf(result.Receipt)
		}
		now.Ended = time.Now()
		t.kept.Skip = nil // there is nothing left to choose
	})
}

// outlives reports whether a transfer goes on in the next run of the program.
func (t *tracked) outlives(now *Transfer) bool {
	switch now.State {
	case Running, Paused:
		if now.State == Running {
			t.kept.Waits = t.node.now()
		}
		now.State, now.Err = Paused, now.errorOf(t.inTheWay(ErrShutdown))
		return true
	case Queued: // in the outbox
		return now.failedBy(ErrOffline)
	case Offered: // nobody has answered: it is offered anew
		if now.Direction == Outgoing && t.node.waitsFor(now.Peer.ID) {
			now.State, now.Err = Queued, now.errorOf(ErrOffline)
			return true
		}
	}
	return false
}

// inTheWay is why t waits: a person holds it, or else err. Callers hold mu.
func (t *tracked) inTheWay(err error) error {
	if t.kept.Held {
		return ErrPaused
	}
	return err
}

func receiptOf(r wire.Receipt) *Receipt {
	return &Receipt{Files: int(r.Files), Bytes: r.Bytes, Failed: int(r.Failed), Root: r.Root}
}

// wire is the form in which a receipt travels.
func (r *Receipt) wire() wire.Receipt {
	return wire.Receipt{Files: int64(r.Files), Bytes: r.Bytes, Failed: int64(r.Failed), Root: r.Root}
}

// nothingArrived returns why not a single entry of a transfer arrived that went
// through all the same; nil if one did.
func nothingArrived(t *Transfer, result transfer.Result) error {
	if result.Receipt.Files > 0 || len(result.Failures) == 0 || int(result.Receipt.Failed) < t.Files+t.Folders+t.Links {
		return nil
	}
	first := result.Failures[0]
	if first.Remote {
		return &remoteEnd{first.Err}
	}
	return first.Err
}

func (t *Transfer) setDelivered(d inbox.Results) {
	t.Paths = d.Paths
	t.RenamedCount, t.Renamed = d.RenameCount, nil
	for _, r := range d.Renames {
		t.Renamed = append(t.Renamed, Rename{Path: r.Path, Local: r.Local, Original: r.Original})
	}
}

// delivered is the way back from setDelivered.
func (t *Transfer) delivered() inbox.Results {
	d := inbox.Results{Paths: t.Paths, RenameCount: t.RenamedCount}
	for _, r := range t.Renamed {
		d.Renames = append(d.Renames, inbox.Rename{Path: r.Path, Local: r.Local, Original: r.Original})
	}
	return d
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
	return &Error{
		Op:     map[Direction]string{Outgoing: "send", Incoming: "receive"}[t.Direction],
		Peer:   t.Peer.Name,
		Remote: !isLocal(err),
		Err:    err,
	}
}

// failedBy reports whether t.Err is of the kind.
func (t *Transfer) failedBy(kind error) bool { return t.Err != nil && errors.Is(t.Err, kind) }

// isLocal reports whether this side, or the way to the other one, is the cause of err.
func isLocal(err error) bool {
	var remote interface{ Remote() bool }
	return !errors.As(err, &remote) || !remote.Remote()
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

// Transfers returns the transfers of this run, and those of earlier ones that
// are still on their way; the newest first.
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
	t := n.find(id)
	if t == nil {
		return
	}
	if t.cancelled(keep) {
		t.save()
		t.cancel(fault.Cancelled)
	}
}

// cancelled notes that a person has cancelled t. It reports false if that is no
// more possible, or has been before: what was to be kept then still is.
func (t *tracked) cancelled(keep Keep) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now.State.Final() || t.kept.Confirmed != nil || t.kept.Cancelled != nil {
		return false
	}
	t.kept.Cancelled = &keep
	return true
}

func (n *Node) find(id TransferID) *tracked {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.transfers[id]
}
