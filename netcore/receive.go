package netcore

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/inbox"
	"ferry/netcore/internal/link"
	"ferry/netcore/internal/transfer"
	"ferry/netcore/internal/wire"
)

// maxGrowth is by how much the files of an accepted transfer may grow in all
// until nobody has agreed to it any more; or by a tenth, if that is more.
const maxGrowth = 64 << 20

// receive takes in what comes over a connection for a transfer: a new offer,
// one that was accepted before, was interrupted, and goes on, or one more lane
// of a transfer that is under way.
func (n *Node) receive(ctx context.Context, c *conn.Conn) {
	opening, err := transfer.Open(ctx, c)
	if err != nil {
		n.grumble(slog.LevelWarn, "offer refused", "peer", c.Peer, "err", err)
		return
	}
	if opening.Join {
		n.join(c, opening.ID)
		return
	}
	refuse := func(err error) {
		n.grumble(slog.LevelWarn, "offer refused", "peer", c.Peer, "err", err)
		c.Fail(err)
	}
	known, err := n.recall(ctx, opening.ID)
	if err == nil && known != nil && known.snapshot().Peer.ID != c.Peer {
		err = fmt.Errorf("%w: transfer %v is another one", ErrProtocol, opening.ID)
	}
	if err != nil {
		refuse(err)
		return
	}
	q, room, err := n.turnToAsk(ctx, c, known != nil)
	if err != nil {
		refuse(err)
		return
	}
	defer q.unasked()
	in, err := opening.ReadList(ctx, n.cfg.Dir, room)
	if err != nil {
		n.grumble(slog.LevelWarn, "offer refused", "peer", c.Peer, "err", err)
		return
	}
	if known != nil {
		if n.rejoin(ctx, known, in) {
			return
		}
		if err := q.await(ctx, c.Gone()); err != nil { // nobody had agreed to it: it is an offer as any other
			n.refuse(ctx, in, err)
			return
		}
	}
	n.receiveNew(ctx, c, in, q)
}

// receiveNew is the life of an incoming transfer that begins with an offer.
// q is answered once a person has.
func (n *Node) receiveNew(ctx context.Context, c *conn.Conn, in *transfer.Incoming, q *question) {
	t := Transfer{ID: in.ID, Direction: Incoming, Peer: n.senderOf(c), State: Offered}
	t.describe(in.Choice)
	list, digest := in.Manifest.Names(), in.Manifest.Digest()
	tr, life := n.track(ctx, t, kept{List: list[:], Digest: digest[:]})
	if known := n.enlist(tr); known != nil { // it came twice at once
		tr.cancel(nil)
		if !n.rejoin(ctx, known, in) {
			n.receiveNew(ctx, c, in, q)
		}
		return
	}
	tr.change(func(*Transfer) {})
	n.log.Debug("offer", "transfer", in.ID, "entries", t.Files+t.Folders+t.Links)
	result, err := n.first(life, tr, in, q)
	n.receiveOn(life, tr, result, err)
}

// receiveOn takes a transfer in for as long as it is interrupted, as err says of the
// attempt before, and its sender comes back. Then it ends it.
func (n *Node) receiveOn(ctx context.Context, tr *tracked, result transfer.Result, err error) {
	for tr.goesOn(ctx, err) {
		tr.pause(err)
		var in *transfer.Incoming
		if in, err = tr.nextAttempt(ctx); err == nil {
			result, err = n.again(ctx, tr, in)
		}
	}
	n.finish(tr, result, cause(ctx, err))
}

// first asks about an offer, and takes it in if the answer is yes.
func (n *Node) first(ctx context.Context, tr *tracked, in *transfer.Incoming, q *question) (transfer.Result, error) {
	defer n.tidy(in.Close)
	ctx, done := tr.attempt(ctx)
	defer done()
	ctx = in.Wait(ctx)
	if n.access(tr.snapshot().Peer.ID) == link.None { // since it was let in
		in.Refuse(ErrUntrusted)
		return transfer.Result{}, ErrUntrusted
	}
	answer := n.ask(ctx, tr, in)
	q.answered(answer.Accept)
	dir, err := n.destination(ctx, answer)
	if err != nil {
		in.Refuse(err)
		return transfer.Result{}, err
	}
	if err := choose(in, answer.Skip); err != nil {
		in.Refuse(err)
		return transfer.Result{}, err
	}
	tr.mu.Lock()
	tr.kept.Accepted, tr.kept.Skip = in.Choice.Wanted.Bytes, in.Choice.Pack()
	tr.mu.Unlock()
	n.supersede(tr)
	tr.update(func(t *Transfer) { t.State = Running; t.Dir = dir; t.ByRule = tr.kept.ByRule; t.describe(in.Choice) })
	n.meet(tr.snapshot().Peer)
	return n.take(ctx, tr, in)
}

// choose makes a person's choice. Who wants nothing of an offer declines it.
func choose(in *transfer.Incoming, skip []string) error {
	if err := in.Choose(skip); err != nil {
		return err
	}
	if in.Choice.Wanted.Entries() == 0 {
		return ErrDeclined
	}
	return nil
}

// again takes in an offer that was accepted before.
func (n *Node) again(ctx context.Context, tr *tracked, in *transfer.Incoming) (transfer.Result, error) {
	defer n.tidy(in.Close)
	ctx, done := tr.attempt(ctx)
	defer done()
	ctx = in.Wait(ctx)
	err := tr.agreed(in)
	if err == nil {
		err = n.stillRuled(tr, in.Choice.Wanted.Bytes)
	}
	if err != nil {
		in.Refuse(err) // and that is the end: its sender will not offer less
		return transfer.Result{}, err
	}
	tr.update(func(t *Transfer) { t.State, t.Err = Running, nil; t.describe(in.Choice) })
	return n.take(ctx, tr, in)
}

// rejoin hands an offer of this transfer's sender to the transfer that it is an
// attempt of. It reports false if that is forgotten: nobody had accepted it.
func (n *Node) rejoin(ctx context.Context, tr *tracked, in *transfer.Incoming) bool {
	if !tr.lists(in.Manifest) && n.otherList(ctx, tr, in) {
		return true
	}
	if !tr.snapshot().State.Final() {
		tr.interrupt(ErrLost) // the sender has left the connection that is under way
		select {
		case tr.attempts <- in:
			return true
		case <-tr.ended:
		case <-ctx.Done():
			n.refuse(ctx, in, context.Cause(ctx))
			return true
		}
	}
	if n.find(tr.id) != tr {
		return false
	}
	n.answerLate(ctx, tr, in)
	return true
}

// otherList takes an offer under the ID of tr that lists something else than tr. If that was accepted, it is over: its
// sender does not have it any more, as it could not know of the answer. If not, tr is ended, and otherList reports false.
func (n *Node) otherList(ctx context.Context, tr *tracked, in *transfer.Incoming) bool {
	err := fmt.Errorf("%w: transfer %v is another one", ErrProtocol, tr.id)
	switch now := tr.snapshot(); {
	case now.Direction == Outgoing || now.State.Final():
	case now.State == Offered:
		tr.cancel(ErrLost) // the sender has left the connection that it came over
		return false
	default:
		err = fmt.Errorf("%w: another list was accepted", ErrChanged)
		tr.cancel(err)
	}
	n.refuse(ctx, in, err)
	return true
}

// answerLate answers an offer of a transfer that has ended.
func (n *Node) answerLate(ctx context.Context, tr *tracked, in *transfer.Incoming) {
	switch t := tr.snapshot(); {
	case t.State == Done:
		in.Wait(ctx)
		in.Confirm(t.Receipt.wire())
		n.tidy(in.Close)
	case t.State.Final():
		n.refuse(ctx, in, lastWord(t.Err))
	default: // it goes on in the next run
		n.refuse(ctx, in, ErrShutdown)
	}
}

// refuse declines an offer for which nobody has waited yet.
func (n *Node) refuse(ctx context.Context, in *transfer.Incoming, err error) {
	n.log.Warn("offer refused", "transfer", in.ID, "err", err)
	in.Wait(ctx)
	in.Refuse(err)
	n.tidy(in.Close)
}

// lists reports whether m is the list of t once more.
func (t *tracked) lists(m *transfer.Manifest) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := m.Names()
	return t.now.Direction == Incoming && bytes.Equal(t.kept.List, list[:])
}

// agreed makes the choice for in that was made when the transfer was accepted. The error is
// that in is more than that.
func (t *tracked) agreed(in *transfer.Incoming) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := in.ChooseAgain(t.kept.Skip); err != nil {
		return err
	}
	wanted, accepted := in.Choice.Wanted.Bytes, t.kept.Accepted
	if wanted <= accepted+max(accepted/10, maxGrowth) {
		return nil
	}
	return fmt.Errorf("%w: it has grown by %d bytes", ErrChanged, wanted-accepted)
}

// join lets a connection carry a part of a transfer that is under way.
func (n *Node) join(c *conn.Conn, id TransferID) {
	t := n.find(id)
	if t == nil || t.snapshot().Peer.ID != c.Peer {
		c.Fail(fmt.Errorf("%w: no such transfer", ErrBusy))
		return
	}
	t.mu.Lock()
	in := t.in
	t.mu.Unlock()
	if in == nil {
		c.Fail(ErrBusy)
		return
	}
	if err := in.TakeLane(c); err != nil {
		c.Log.Debug("lane refused", "err", err)
	}
}

// senderOf describes who is at the other end of a transfer's connection.
func (n *Node) senderOf(c *conn.Conn) Peer {
	state, _ := n.links.Peer(c.Peer)
	if state.Hello == (wire.Hello{}) {
		state = link.State{ID: c.Peer, Hello: c.Hello}
	}
	return n.peer(state)
}

// ask puts the offer before the person, until that answers or ctx ends, unless the person has said before what
// is to be done with such ones.
func (n *Node) ask(ctx context.Context, tr *tracked, in *transfer.Incoming) Answer {
	dir := n.Inbox()
	offer := Offer{
		ID:      in.ID,
		Peer:    tr.snapshot().Peer,
		Files:   int(in.Manifest.Files),
		Folders: int(in.Manifest.Folders),
		Links:   int(in.Manifest.Links),
		Bytes:   in.Manifest.Bytes,
		Holes:   in.Manifest.Holes,
		Inbox:   dir,
		Free:    inbox.FreeSpace(dir),
		entries: entriesOf(in.Manifest),
		preview: func(ctx context.Context, dir string) (Preview, error) {
			return previewOf(ctx, in.Manifest, cmp.Or(dir, n.Inbox()))
		},
	}
	for _, e := range in.Manifest.Top {
		offer.Top = append(offer.Top, entryOf(e))
	}
	if answer, ok := n.agreedBefore(offer); ok {
		tr.mu.Lock()
		tr.kept.ByRule = true
		tr.mu.Unlock()
		return answer
	}
	offer.Speed = n.usualSpeed(offer.Peer.ID)
	return n.cfg.Handler.Offer(ctx, offer)
}

// destination is the folder that an offer goes to, by the answer; an error is the
// reason to refuse it.
func (n *Node) destination(ctx context.Context, answer Answer) (string, error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if !answer.Accept {
		return "", ErrDeclined
	}
	dir, err := filepath.Abs(cmp.Or(answer.Dir, n.Inbox()))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrUnwritten, err)
	}
	return dir, nil
}

// take receives an accepted offer into the transfer's folder.
func (n *Node) take(ctx context.Context, tr *tracked, in *transfer.Incoming) (transfer.Result, error) {
	t := tr.snapshot()
	box, release, err := n.inboxes.use(t.Dir)
	if err != nil {
		in.Refuse(err)
		return transfer.Result{}, err
	}
	defer n.tidy(release)
	delivery, err := box.BeginTransfer(t.Peer.ID.String(), tr.id.String())
	if err != nil {
		in.Refuse(err)
		return transfer.Result{}, err
	}
	defer n.tidy(delivery.Close)
	tr.taking(in)
	defer tr.taking(nil)
	result, err := in.Receive(ctx, transfer.Arrival{
		Delivery: delivery, Meter: &tr.meter, Free: box.Free, Pace: n.download,
		Committed: func(r wire.Receipt) { tr.committed(r, delivery.Results()) },
	})
	if err != nil && tr.salvages(err) {
		n.tidy(delivery.Commit)
		result.Delivered = delivery.Results()
	}
	return result, err
}

// committed remembers that an incoming transfer is there, before its sender knows.
func (t *tracked) committed(r wire.Receipt, d inbox.Results) {
	t.mu.Lock()
	t.kept.Confirmed = receiptOf(r)
	t.now.setDelivered(d)
	t.mu.Unlock()
	t.save()
}

// salvages reports whether the files that are whole get their final names
// though err has ended the attempt.
func (t *tracked) salvages(err error) bool {
	if isLocal(err) && errors.Is(err, ErrShutdown) {
		return false // there is no time for it, and nothing is lost
	}
	return !errors.Is(err, ErrCancelled) || t.keepsFiles(err)
}

// keepsFiles reports whether whole files stay after err has cancelled the transfer.
func (t *tracked) keepsFiles(err error) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.kept.Cancelled != nil && *t.kept.Cancelled == KeepFiles && isLocal(err)
}

// taking notes what is being taken in, so that lanes can join it.
func (t *tracked) taking(in *transfer.Incoming) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.in = in
}
