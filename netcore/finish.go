package netcore

import (
	"errors"

	"ferry/netcore/internal/transfer"
)

// finish ends a transfer, and clears away what nobody needs any more.
func (n *Node) finish(tr *tracked, result transfer.Result, err error) {
	before := tr.snapshot()
	tell := tr.mustTell(before, err)
	if tell {
		tr.untold()
	}
	if before.Direction == Incoming && before.Dir != "" {
		result = n.settle(tr, result, err)
	}
	if before.Direction == Incoming && before.Dir == "" && interrupts(err) {
		n.forget(tr) // nobody has agreed to anything: it is a new offer when it comes again
		err = withdrawn(err)
	}
	n.keepFiles(tr)
	tr.end(result, err)
	if tell {
		// Over a link as well: the transfer's own connection may be dead. Once more with the
		// next link, as this one may be too; now, as that may have come before it was known.
		n.tellEnd(before.Peer.ID, tr.id, err)
	}
	if before.Direction == Outgoing && tr.snapshot().State.Final() {
		n.dropList(tr.id)
	}
}

// withdrawn is the end of an offer that err has interrupted before an answer: whatever has become of its sender, there is
// nothing to answer any more.
func withdrawn(err error) error {
	if isLocal(err) && errors.Is(err, ErrShutdown) {
		return err
	}
	return &remoteEnd{ErrCancelled}
}

// mustTell reports whether the peer might wait for t, which ends with err on this
// side: it was accepted, or could have been without this side's knowing.
func (t *tracked) mustTell(before Transfer, err error) bool {
	if err == nil || !isLocal(err) || errors.Is(err, ErrShutdown) {
		return false
	}
	return before.State == Running || before.State == Paused || before.State == Offered && before.Direction == Outgoing
}

// untold notes that the peer has to be told that t is over.
func (t *tracked) untold() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept.Untold = true
}

// settle removes what an incoming transfer that is over has left beside what it was to bring:
// all of it, if it was cancelled. It returns what is still true of result.
func (n *Node) settle(tr *tracked, result transfer.Result, err error) transfer.Result {
	cancelled := errors.Is(err, ErrCancelled)
	if err != nil && !cancelled {
		return result // it may go on one day, in another transfer
	}
	dir := tr.snapshot().Dir
	box, release, oerr := n.inboxes.use(dir)
	if oerr != nil {
		n.log.Warn("tidy up", "err", oerr)
		return result
	}
	defer n.tidy(release)
	if !cancelled {
		n.tidy(func() error { return box.Settle(tr.id.String(), result.FailedCount > 0) })
		return result
	}
	keepFiles := tr.keepsFiles(err)
	tr.ending()
	n.tidy(func() error { return box.Undo(tr.id.String(), keepFiles) })
	if !keepFiles {
		result.Delivered.Paths = nil
	}
	return result
}

// ending remembers that what t has brought is being removed, should that be interrupted.
func (t *tracked) ending() {
	t.mu.Lock()
	known := t.kept.Cancelled != nil
	if !known {
		nothing := KeepNothing
		t.kept.Cancelled = &nothing
	}
	t.mu.Unlock()
	if !known {
		t.save()
	}
}
