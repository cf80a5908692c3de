package netcore

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"sync"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/inbox"
	"ferry/netcore/internal/link"
	"ferry/netcore/internal/transfer"
	"ferry/netcore/internal/wire"
)

// receive takes in what comes over a connection for a transfer: a new offer,
// or one that was accepted before, was interrupted, and goes on.
func (n *Node) receive(ctx context.Context, c *conn.Conn) {
	if !n.startAsking(c.Peer) {
		c.Log.Warn("offer refused", "err", ErrBusy)
		c.Fail(ErrBusy)
		return
	}
	asked := sync.OnceFunc(func() { n.stopAsking(c.Peer) })
	defer asked()
	in, err := transfer.ReadOffer(ctx, c, n.cfg.Dir)
	if err != nil {
		c.Log.Warn("offer refused", "err", err)
		return
	}
	t := Transfer{ID: in.ID, Direction: Incoming, Peer: n.senderOf(c), State: Offered}
	t.describe(in.Manifest)
	from := origin{
		sender: c.Peer, instance: c.Hello.Instance, fromCommand: c.Hello.Port == 0,
		digest: in.Manifest.Digest(),
	}
	tr, ctx, fresh := n.track(ctx, t, from)
	if !fresh {
		asked()
		n.rejoin(ctx, tr, c, in)
		return
	}
	n.forgotten(func(t *tracked) bool { return t.sender == from.sender && t.digest == from.digest })
	result, err := n.first(ctx, tr, in, asked)
	for tr.goesOn(ctx, err) {
		tr.pause(err)
		if in, err = tr.nextAttempt(ctx); err == nil {
			result, err = n.again(ctx, tr, in)
		}
	}
	tr.end(result, err)
}

// first asks about an offer, and takes it in if the answer is yes.
func (n *Node) first(ctx context.Context, tr *tracked, in *transfer.Incoming, asked func()) (transfer.Result, error) {
	defer n.tidy(in.Close)
	ctx, done := tr.attempt(ctx)
	defer done()
	ctx = in.Wait(ctx)
	answer := n.ask(ctx, tr, in)
	asked()
	dir, err := n.destination(ctx, in, answer)
	if err != nil {
		in.Refuse(err)
		return transfer.Result{}, err
	}
	tr.update(func(t *Transfer) { t.State = Running; t.Dir = dir })
	return n.take(ctx, tr, in, &tr.meter)
}

// again takes in an offer that was accepted before.
func (n *Node) again(ctx context.Context, tr *tracked, in *transfer.Incoming) (transfer.Result, error) {
	defer n.tidy(in.Close)
	ctx, done := tr.attempt(ctx)
	defer done()
	tr.update(func(t *Transfer) { t.State, t.Err = Running, nil })
	return n.take(in.Wait(ctx), tr, in, &tr.meter)
}

// rejoin hands an offer that is known already to the transfer that it is an
// attempt of.
func (n *Node) rejoin(ctx context.Context, tr *tracked, c *conn.Conn, in *transfer.Incoming) {
	refuse := func(err error) {
		c.Log.Warn("offer refused", "err", err)
		in.Wait(ctx)
		in.Refuse(err)
		n.tidy(in.Close)
	}
	t := tr.snapshot()
	switch {
	case t.Peer.ID != c.Peer || t.Direction != Incoming || tr.digest != in.Manifest.Digest():
		refuse(fmt.Errorf("%w: transfer %v is another one", ErrProtocol, t.ID))
		return
	case t.State == Done:
		n.confirm(ctx, tr, in)
		return
	case t.State.Final():
		refuse(lastWord(t.Err))
		return
	}
	tr.interrupt() // the sender has left the connection that is under way
	select {
	case tr.attempts <- in:
	case <-tr.ended:
		refuse(ErrCancelled)
	case <-ctx.Done():
		refuse(context.Cause(ctx))
	}
}

// confirm goes through a transfer that is done once more, for a sender that
// did not get the receipt.
func (n *Node) confirm(ctx context.Context, tr *tracked, in *transfer.Incoming) {
	defer n.tidy(in.Close)
	if _, err := n.take(in.Wait(ctx), tr, in, new(transfer.Meter)); err != nil {
		n.log.Warn("receipt again", "err", err)
	}
}

// startAsking reports whether one more offer of this peer may wait for a
// decision; if so, stopAsking must follow.
func (n *Node) startAsking(id PeerID) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.asking[id] >= maxAskingPerPeer || n.askingAll >= maxAsking {
		return false
	}
	n.asking[id]++
	n.askingAll++
	return true
}

func (n *Node) stopAsking(id PeerID) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.askingAll--
	if n.asking[id]--; n.asking[id] == 0 {
		delete(n.asking, id)
	}
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

// destination is the folder that an offer goes to, by the answer; an error is the
// reason to refuse it.
func (n *Node) destination(ctx context.Context, in *transfer.Incoming, answer Answer) (string, error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if !answer.Accept {
		return "", ErrDeclined
	}
	dir, err := filepath.Abs(cmp.Or(answer.Dir, n.cfg.Inbox))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrUnwritten, err)
	}
	return dir, nil
}

// take receives an accepted offer into the transfer's folder.
func (n *Node) take(ctx context.Context, tr *tracked, in *transfer.Incoming, meter *transfer.Meter) (transfer.Result, error) {
	t := tr.snapshot()
	box, release, err := n.inboxes.use(t.Dir)
	if err != nil {
		in.Refuse(err)
		return transfer.Result{}, err
	}
	defer n.tidy(release)
	delivery := box.Begin(t.Peer.ID.String())
	defer n.tidy(delivery.Close)
	return in.Receive(ctx, transfer.Arrival{Delivery: delivery, Meter: meter, Free: box.Free})
}
