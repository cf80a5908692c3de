package netcore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"ferry/netcore/internal/link"
	"ferry/netcore/internal/store"
	"ferry/netcore/internal/transfer"
)

// listsDir is the folder in Config.Dir with the lists of what is being sent.
const (
	listsDir = "sending"
	listExt  = ".list"
)

// kept is what is remembered of a transfer beside what is told of it.
type kept struct {
	// Picked is what an outgoing transfer was made of.
	Picked []pick `json:"picked,omitempty"`
	// List tells what an accepted transfer lists, so that another list under the same ID
	// is noticed. Of an incoming one, Digest does the same with sizes and times, which change, and
	// Accepted is how many bytes somebody has agreed to.
	List     []byte `json:"list,omitempty"`
	Digest   []byte `json:"digest,omitempty"`
	Accepted int64  `json:"accepted,omitempty"`
	// ByRule is that no person was asked: Accepted is what one has said before of all that this sender offers.
	ByRule bool `json:"by_rule,omitempty"`
	// Skip is which entries of List nobody wants here; see [transfer.Choice].
	Skip []byte `json:"skip,omitempty"`
	// Without are entries of what was Picked that the receiver did not want.
	Without []string `json:"without,omitempty"`
	// Confirmed is the receipt of an incoming transfer, from the moment on in which all of it is there.
	Confirmed *Receipt `json:"confirmed,omitempty"`
	// Cancelled is that a person of this side has cancelled it, and what was to stay.
	Cancelled *Keep `json:"cancelled,omitempty"`
	// Held is that a person of this side has paused it.
	Held bool `json:"held,omitempty"`
	// Waits is when it was interrupted, if it is.
	Waits time.Time `json:"waits,omitzero"`
	// Untold is that it is over here, and that the peer may not know.
	Untold bool `json:"-"` // a column of its own
}

// pick is a path of this computer to send, under an entry path or, if that is
// empty, under its own name.
type pick struct {
	Entry anyText `json:"entry,omitempty"`
	Local anyText `json:"local"`
}

// save writes what is known of t to the store. Once it has failed, a person is told: what
// is on its way would be forgotten if Ferry ended now.
func (t *tracked) save() {
	t.saving.Lock() // the latest state must be the last one written
	defer t.saving.Unlock()
	t.mu.Lock()
	now, k, forgotten := t.now, t.kept, t.forgotten
	t.mu.Unlock()
	if forgotten || !t.node.remembers(now) {
		return
	}
	s, err := toStore(now, k)
	if err == nil {
		err = t.node.store.Put(s)
	}
	if err != nil {
		t.node.unsaved.Do(func() { t.node.warn(WarnStore, err) })
	}
}

// remembers reports whether t is kept. What nobody has accepted is when it is over, and somebody has declined it or
// knows the sender: strangers do not fill the store.
func (n *Node) remembers(t Transfer) bool {
	if t.Direction == Outgoing || t.Dir != "" {
		return true
	}
	_, known := n.known.get(t.Peer.ID)
	return known && t.State == Cancelled || t.State == Declined && !t.Err.Remote
}

func (n *Node) listPath(id TransferID) string {
	return filepath.Join(n.cfg.Dir, listsDir, id.String()+listExt)
}

// keepList writes the list of an accepted outgoing transfer down, to go on with it in another run.
func (n *Node) keepList(t *tracked, src *transfer.Source) {
	names := src.Manifest.Names()
	t.mu.Lock()
	t.kept.List = names[:]
	t.mu.Unlock()
	err := os.MkdirAll(filepath.Join(n.cfg.Dir, listsDir), 0o700)
	if err == nil {
		err = src.Save(n.listPath(t.id))
	}
	if err != nil {
		n.unsaved.Do(func() { n.warn(WarnStore, err) })
	}
}

func (n *Node) dropList(id TransferID) {
	err := os.Remove(n.listPath(id))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		n.log.Warn("list of a transfer", "err", err)
	}
}

// revive goes on with the transfers of processes that have ended.
func (n *Node) revive(ctx context.Context) {
	list, err := n.store.Abandoned()
	if err != nil {
		n.warn(WarnStore, err)
	}
	for _, s := range list {
		if _, err := n.adopt(ctx, s); err != nil {
			n.log.Warn("transfer of an earlier run", "err", err)
		}
	}
}

// adopt goes on with a transfer of a process that has ended; nil if another process does.
func (n *Node) adopt(ctx context.Context, s store.Transfer) (*tracked, error) {
	t, k, err := fromStore(s)
	if err != nil {
		return nil, err
	}
	mine, err := n.store.Adopt(s)
	if err != nil || !mine {
		return nil, err
	}
	tr, ctx := n.newTracked(ctx, t, k)
	if t.State == Running {
		tr.now.State, tr.now.Err = Paused, t.errorOf(tr.inTheWay(ErrShutdown))
		tr.kept.Waits = n.now()
		t = tr.now
	}
	if known := n.enlist(tr); known != nil {
		return known, nil
	}
	switch {
	case k.Confirmed != nil: // it ended in the moment in which it was done
		n.finish(tr, transfer.Result{Receipt: k.Confirmed.wire(), FailedCount: int64(k.Confirmed.Failed), Delivered: t.delivered()}, nil)
		return tr, nil
	case k.Cancelled != nil, n.access(t.Peer.ID) == link.None: // blocked while no process had it
		n.finish(tr, transfer.Result{}, ErrCancelled)
		return tr, nil
	case (t.State == Queued || t.State == Offered) && t.Direction == Outgoing:
		tr.requeue()
		err = n.start(func() { n.send(ctx, tr) })
	case t.State != Paused: // it was not accepted, by a peer that is not known
		tr.end(transfer.Result{}, ErrShutdown)
		return tr, nil
	case t.Direction == Outgoing:
		err = n.start(func() { n.goOn(ctx, tr) })
	default:
		err = n.start(func() { n.receiveOn(ctx, tr, transfer.Result{}, ErrShutdown) })
	}
	tr.change(func(*Transfer) {})
	return tr, err
}

// recall returns the transfer id, also one of an earlier run; nil if there is none. An
// error says that there is, and that it cannot be had. It waits until revive is through: a link may be there
// before, and what revive is just taking over would look as if another process had it.
func (n *Node) recall(ctx context.Context, id TransferID) (*tracked, error) {
	select {
	case <-n.revived:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if tr := n.find(id); tr != nil {
		return tr, nil
	}
	s, ok, err := n.store.Get(id)
	if err != nil || !ok {
		return nil, err
	}
	if s.Ended.IsZero() {
		tr, err := n.adopt(ctx, s)
		if tr == nil && err == nil {
			err = fmt.Errorf("%w: another process has this transfer", ErrBusy)
		}
		return tr, err
	}
	t, k, err := fromStore(s)
	if err != nil {
		return nil, err
	}
	tr, _ := n.newTracked(ctx, t, k)
	tr.cancel(nil)
	close(tr.ended)
	if known := n.enlist(tr); known != nil {
		return known, nil
	}
	return tr, nil
}
