package netcore

import (
	"context"
	"fmt"
	"path/filepath"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/inbox"
	"ferry/netcore/internal/link"
	"ferry/netcore/internal/transfer"
	"ferry/netcore/internal/wire"
)

// receive is the life of an incoming transfer.
func (n *Node) receive(ctx context.Context, c *conn.Conn) {
	if !n.startAsking(c.Peer) {
		c.Log.Warn("offer refused", "err", ErrBusy)
		c.Fail(ErrBusy)
		return
	}
	in, err := transfer.ReadOffer(ctx, c, n.cfg.Dir)
	if err != nil {
		n.stopAsking(c.Peer)
		c.Log.Warn("offer refused", "err", err)
		return
	}
	defer n.tidy(in.Close)
	peer := n.senderOf(c)
	t := Transfer{ID: in.ID, Direction: Incoming, Peer: peer, State: Offered}
	t.describe(in.Manifest)
	if n.known(t.ID) {
		n.stopAsking(c.Peer)
		in.Wait(ctx)
		in.Refuse(fmt.Errorf("%w: transfer %v is there already", ErrProtocol, t.ID))
		return
	}
	tr, ctx := n.track(ctx, t)
	waiting := in.Wait(ctx)
	answer := n.ask(waiting, tr, in)
	n.stopAsking(c.Peer)
	tr.end(n.take(waiting, tr, in, answer))
}

// startAsking reports whether one more offer of this peer may wait for a
// decision; if so, stopAsking must follow.
func (n *Node) startAsking(id PeerID) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.asking[id] >= maxAsking {
		return false
	}
	n.asking[id]++
	return true
}

func (n *Node) stopAsking(id PeerID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.asking[id]--; n.asking[id] == 0 {
		delete(n.asking, id)
	}
}

func (n *Node) known(id TransferID) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	_, ok := n.transfers[id]
	return ok
}

// senderOf describes who is at the other end of a transfer's connection.
func (n *Node) senderOf(c *conn.Conn) Peer {
	state, _ := n.links.Peer(c.Peer)
	if state.Hello == (wire.Hello{}) {
		state = link.State{ID: c.Peer, Hello: c.Hello}
	}
	return peerOf(state)
}

// ask puts the offer before the person, until that answers or ctx ends.
func (n *Node) ask(ctx context.Context, tr *tracked, in *transfer.Incoming) Answer {
	offer := Offer{
		ID:      in.ID,
		Peer:    tr.snapshot().Peer,
		Files:   int(in.Manifest.Files),
		Folders: int(in.Manifest.Folders),
		Bytes:   in.Manifest.Bytes,
		Inbox:   n.cfg.Inbox,
		Free:    inbox.FreeSpace(n.cfg.Inbox),
		entries: entriesOf(in.Manifest),
	}
	for _, e := range in.Manifest.Top {
		offer.Top = append(offer.Top, entryOf(e))
	}
	return n.cfg.Handler.Offer(ctx, offer)
}

// take does what the answer says.
func (n *Node) take(ctx context.Context, tr *tracked, in *transfer.Incoming, answer Answer) (transfer.Result, error) {
	var none transfer.Result
	if ctx.Err() != nil {
		return none, refuse(in, context.Cause(ctx))
	}
	if !answer.Accept {
		return none, refuse(in, ErrDeclined)
	}
	dir := n.cfg.Inbox
	if answer.Dir != "" {
		dir = answer.Dir
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return none, refuse(in, fmt.Errorf("%w: %w", ErrUnwritten, err))
	}
	if free := inbox.FreeSpace(dir); free >= 0 && free < in.Manifest.Bytes {
		return none, refuse(in, fmt.Errorf("%w: %d bytes are needed in %s, %d are free", ErrNoSpace, in.Manifest.Bytes, dir, free))
	}
	box, release, err := n.inboxes.use(dir)
	if err != nil {
		return none, refuse(in, err)
	}
	defer n.tidy(release)
	delivery := box.Begin(tr.snapshot().Peer.ID.String())
	defer n.tidy(delivery.Close)
	tr.update(func(t *Transfer) { t.State = Running; t.Dir = dir })
	return in.Receive(ctx, delivery, &tr.meter)
}

func refuse(in *transfer.Incoming, err error) error {
	in.Refuse(err)
	return err
}
