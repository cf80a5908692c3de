package netcore

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/transfer"
	"ferry/netcore/internal/wire"
)

// Send offers files and folders to a peer. It returns at once; the rest is told by
// events. Paths that are missing or unreadable fail alone, among others that do not.
func (n *Node) Send(to PeerID, paths []string) (TransferID, error) {
	ctx := n.running()
	if ctx == nil {
		return TransferID{}, errNotRunning
	}
	if len(paths) == 0 {
		return TransferID{}, fmt.Errorf("%w: nothing was picked", ErrUnread)
	}
	state, _ := n.links.Peer(to)
	t := Transfer{
		ID:        transfer.NewID(),
		Direction: Outgoing,
		Peer:      peerOf(state),
		State:     Queued,
	}
	for _, p := range paths[:min(len(paths), transfer.MaxTop)] {
		t.Names = append(t.Names, filepath.Base(p))
	}
	tr, ctx, _ := n.track(ctx, t, origin{})
	err := n.start(func() { tr.end(n.send(ctx, tr, to, slices.Clone(paths))) })
	if err != nil {
		tr.end(transfer.Result{}, ErrShutdown)
	}
	return t.ID, err
}

// send is the life of an outgoing transfer.
func (n *Node) send(ctx context.Context, tr *tracked, to PeerID, paths []string) (transfer.Result, error) {
	src, err := transfer.Scan(ctx, paths, n.cfg.Dir)
	if err != nil {
		return transfer.Result{}, cause(ctx, err)
	}
	defer n.tidy(src.Close)
	if result, err := src.Nothing(); err != nil {
		return result, err
	}
	tr.update(func(t *Transfer) { t.describe(src.Manifest); t.Paths = src.Paths })
	result, err := n.offer(ctx, tr, src, to)
	for retry := firstRetry; tr.goesOn(ctx, err); retry = min(2*retry, lastRetry) {
		tr.pause(err)
		n.arrivals.wait(ctx, to, retry)
		result, err = n.offer(ctx, tr, src, to)
	}
	if tr.snapshot().State == Paused {
		n.withdraw(ctx, tr, src, to)
	}
	return result, err
}

// offer is one attempt at a transfer: the first, or one that goes on where the
// one before was interrupted.
func (n *Node) offer(ctx context.Context, tr *tracked, src *transfer.Source, to PeerID) (transfer.Result, error) {
	state, _ := n.links.Peer(to)
	c, err := conn.DialAny(ctx, n.conn, state.Addrs, to, wire.PurposeTransfer)
	if err != nil {
		return transfer.Result{}, cause(ctx, err)
	}
	if tr.snapshot().State == Queued {
		tr.update(func(t *Transfer) { t.State = Offered })
	}
	return transfer.Send(ctx, c, transfer.Outgoing{
		ID: tr.id, Source: src, Meter: &tr.meter,
		Accepted: func() { tr.update(func(t *Transfer) { t.State, t.Err = Running, nil }) },
	})
}

// withdraw tells a receiver that waits for a transfer to go on that it was
// cancelled here, if it can be reached.
func (n *Node) withdraw(ctx context.Context, tr *tracked, src *transfer.Source, to PeerID) {
	if !errors.Is(context.Cause(ctx), ErrCancelled) {
		return // the receiver itself has ended it, or Ferry is closed and may come back
	}
	dialling, cancel := context.WithTimeout(context.WithoutCancel(ctx), withdrawTime)
	defer cancel()
	state, _ := n.links.Peer(to)
	c, err := conn.DialAny(dialling, n.conn, state.Addrs, to, wire.PurposeTransfer)
	if err == nil {
		_, err = transfer.Send(ctx, c, transfer.Outgoing{ID: tr.id, Source: src, Meter: new(transfer.Meter), Accepted: func() {}})
	}
	n.log.Debug("withdrawn", "transfer", tr.id, "err", err)
}

// cause is why an operation under ctx failed with err: whoever ended ctx knows
// better.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// describe takes over what a manifest says of the whole.
func (t *Transfer) describe(m *transfer.Manifest) {
	t.Files, t.Folders, t.Bytes = int(m.Files), int(m.Folders), m.Bytes
	t.Names = nil
	for _, e := range m.Top {
		t.Names = append(t.Names, e.Path)
	}
}

func (n *Node) tidy(f func() error) {
	if err := f(); err != nil {
		n.log.Warn("tidy up", "err", err)
	}
}
