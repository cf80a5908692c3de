package netcore

import (
	"errors"

	"ferry/netcore/internal/transfer"
	"ferry/netcore/internal/wire"
)

// finish ends a transfer, and clears away what nobody needs any more.
func (n *Node) finish(tr *tracked, result transfer.Result, err error) {
	before := tr.snapshot()
	if before.State == Paused && isLocal(err) && errors.Is(err, ErrCancelled) {
		tr.untold(!n.links.Notify(before.Peer.ID, wire.TypeCancel, tr.id))
	}
	if before.Direction == Incoming && before.Dir != "" {
		result = n.settle(tr, result, err)
	}
	tr.end(result, err)
	if before.Direction == Outgoing && tr.snapshot().State.Final() {
		n.dropList(tr.id)
	}
}

// untold notes whether the peer has still to be told that the transfer is
// cancelled.
func (t *tracked) untold(still bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept.Untold = still
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
		n.tidy(func() error { return box.Settle(tr.id.String()) })
		return result
	}
	keepFiles := tr.keepsFiles(err)
	n.tidy(func() error { return box.Undo(tr.id.String(), keepFiles) })
	if !keepFiles {
		result.Delivered.Paths = nil
	}
	return result
}
