package netcore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/transfer"
	"ferry/netcore/internal/wire"
)

// Send offers files and folders to a peer. It returns at once; the rest is told by
// events. Paths that are missing or unreadable fail alone, among others that do not.
//
// If the peer is known and not online, the transfer stays Queued, with ErrOffline as its Err, until
// it is; also over a restart. A hidden node does not wait.
//
// If an earlier run of the program has left an unfinished transfer of the same paths to the
// same peer, that one goes on, and nobody is asked a second time.
func (n *Node) Send(to PeerID, paths []string) (TransferID, error) {
	picked, err := absolute(paths)
	if err != nil {
		return TransferID{}, err
	}
	return n.sendPicked(to, kept{Picked: picked})
}

func absolute(paths []string) (picked []pick, err error) {
	for _, p := range paths {
		abs, err := filepath.Abs(p)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnread, err)
		}
		picked = append(picked, pick{Local: anyText(abs)})
	}
	return picked, nil
}

// Continue goes on with what an earlier run of the program has left of sending paths to the peer that
// query names, as in [Node.Find]: it need not be there yet. It reports false if there is no such
// transfer. It waits for Run, until ctx ends.
func (n *Node) Continue(ctx context.Context, query string, paths []string) (TransferID, bool) {
	select {
	case <-n.started:
	case <-ctx.Done():
		return TransferID{}, false
	}
	picked, err := absolute(paths)
	if err != nil {
		return TransferID{}, false
	}
	t := n.unfinished(n.running(), picked, func(id PeerID) bool { return n.meant(query, id) })
	if t == nil {
		return TransferID{}, false
	}
	return t.id, true
}

// meant reports whether query means the known peer id.
func (n *Node) meant(query string, id PeerID) bool {
	a, _ := n.known.get(id)
	if isTicket(query) {
		t, err := parseTicket(query)
		return err == nil && t.id == id
	}
	if looksLikeAddress(query) {
		return slices.ContainsFunc(a.Addrs, func(addr netip.AddrPort) bool {
			host, _, err := net.SplitHostPort(query)
			if err != nil {
				host = strings.Trim(query, "[]")
			}
			return addr.String() == query || host == query && addr.Addr().String() == host
		})
	}
	prefix := strings.ToLower(query)
	return strings.EqualFold(a.label(), query) || len(prefix) >= minPrefix && strings.HasPrefix(id.String(), prefix)
}

// Retry offers what failed of an outgoing transfer that has ended once more, as
// a transfer of its own: all of it if it failed as a whole, or if more failed than
// Transfer.FailedEntries lists. What the receiver did not want of it is left out, unless that were more
// than 1000 entries. The error is that there is nothing to send.
func (n *Node) Retry(id TransferID) (TransferID, error) {
	now, k, err := n.sent(id)
	if err != nil {
		return TransferID{}, err
	}
	again := kept{Picked: k.Picked, Without: k.Without}
	if now.State == Done {
		if failed := failedOf(now); failed != nil {
			again.Picked = failed
		}
	}
	return n.sendPicked(now.Peer.ID, again)
}

// failedOf returns what failed of t; nil if not all of it is known.
func failedOf(t Transfer) (picked []pick) {
	if t.FailedCount != len(t.FailedEntries) {
		return nil
	}
	for _, f := range t.FailedEntries {
		if f.Local == "" {
			return nil
		}
		picked = append(picked, pick{anyText(f.Path), anyText(f.Local)})
	}
	return picked
}

// sendPicked offers what k has picked.
func (n *Node) sendPicked(to PeerID, k kept) (TransferID, error) {
	picked := k.Picked
	ctx := n.running()
	if ctx == nil {
		return TransferID{}, errNotRunning
	}
	if len(picked) == 0 {
		return TransferID{}, fmt.Errorf("%w: nothing was picked", ErrUnread)
	}
	if t := n.unfinished(ctx, picked, func(id PeerID) bool { return id == to }); t != nil {
		return t.id, nil
	}
	state, _ := n.links.Peer(to)
	t := Transfer{ID: transfer.NewID(), Direction: Outgoing, Peer: n.peer(state), State: Queued}
	for _, p := range picked[:min(len(picked), transfer.MaxTop)] {
		t.Names = append(t.Names, filepath.Base(string(p.Local)))
	}
	tr, ctx := n.track(ctx, t, k)
	n.enlist(tr) // nobody else has its ID
	tr.change(func(*Transfer) {})
	err := n.start(func() { n.send(ctx, tr) })
	if err != nil {
		tr.end(transfer.Result{}, ErrShutdown)
	}
	return t.ID, err
}

// unfinished goes on with what an earlier run has left of sending picked to a peer, if
// it has.
func (n *Node) unfinished(ctx context.Context, picked []pick, to func(PeerID) bool) *tracked {
	list, err := n.store.Abandoned()
	if err != nil {
		n.warn(WarnStore, err)
	}
	for _, s := range list {
		_, k, err := fromStore(s)
		if err != nil || !s.Outgoing || !to(s.Peer) || !slices.Equal(k.Picked, picked) {
			continue
		}
		t, err := n.adopt(ctx, s)
		if err != nil {
			n.log.Warn("transfer of an earlier run", "err", err)
		}
		if t != nil && !t.snapshot().State.Final() {
			n.Resume(t.id) // whoever sends it again wants it to go on
			return t
		}
	}
	return nil
}

// send is the life of an outgoing transfer.
func (n *Node) send(ctx context.Context, tr *tracked) {
	defer n.await(tr.snapshot().Peer.ID)()
	for retry := firstRetry; ; retry = min(2*retry, lastRetry) {
		n.awaitOnline(ctx, tr)
		src, err := n.scan(ctx, tr.kept)
		if err != nil {
			tr.end(transfer.Result{}, cause(ctx, err))
			return
		}
		if result, err := src.Nothing(); err != nil {
			n.tidy(src.Close)
			tr.end(result, err)
			return
		}
		tr.change(func(t *Transfer) { t.describe(src.Manifest.Whole()); t.Paths = src.Paths })
		src, result, err := n.offer(ctx, tr, src)
		now := tr.snapshot()
		if ctx.Err() != nil || now.State != Queued && now.State != Offered || !n.waitsFor(now.Peer.ID) || !absent(err) {
			n.sendOn(ctx, tr, src, result, err)
			return
		}
		n.tidy(src.Close)
		tr.requeue()
		tr.await(ctx, err, retry) // it seemed to be there, and cannot be reached
	}
}

// requeue is for a transfer that was offered and not answered: the peer's person will be asked anew.
func (t *tracked) requeue() {
	if t.snapshot().State == Offered {
		t.update(func(now *Transfer) { now.State, now.Err = Queued, now.errorOf(ErrOffline) })
	}
}

// absent reports whether err is that of a peer that is not there.
func absent(err error) bool {
	return errors.Is(err, ErrOffline) || errors.Is(err, ErrLost) || errors.Is(err, ErrTimeout) || errors.Is(err, ErrShutdown)
}

// waitsFor reports whether an outgoing transfer may wait for the peer to come online.
func (n *Node) waitsFor(peer PeerID) bool {
	a, known := n.known.get(peer)
	return known && !a.Blocked && !n.cfg.Hidden
}

// awaitOnline lets a transfer to a known peer that is not online wait for it.
func (n *Node) awaitOnline(ctx context.Context, tr *tracked) {
	id := tr.snapshot().Peer.ID
	for ctx.Err() == nil && n.waitsFor(id) {
		arrival := n.arrivals.next(id)
		if state, _ := n.links.Peer(id); state.Online {
			return
		}
		if tr.snapshot().Err == nil {
			tr.change(func(t *Transfer) { t.Err = t.errorOf(ErrOffline) })
			tr.save()
		}
		select {
		case <-arrival:
		case <-ctx.Done():
		}
	}
}

func (n *Node) scan(ctx context.Context, k kept) (*transfer.Source, error) {
	var paths []string
	var picks []transfer.Pick
	for _, p := range k.Picked {
		if p.Entry == "" {
			paths = append(paths, string(p.Local))
		} else {
			picks = append(picks, transfer.Pick{Entry: string(p.Entry), Local: string(p.Local)})
		}
	}
	if len(picks) > 0 {
		return transfer.ScanPicks(ctx, picks, n.cfg.Dir, k.Without...)
	}
	return transfer.Scan(ctx, paths, n.cfg.Dir, k.Without...)
}

// goOn is the life of an outgoing transfer that an earlier run has left.
func (n *Node) goOn(ctx context.Context, tr *tracked) {
	defer n.await(tr.snapshot().Peer.ID)()
	src, err := transfer.Load(n.listPath(tr.id))
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: the list of what was to be sent is gone", ErrUnread)
	}
	if err != nil {
		src, err = n.listAnew(ctx, tr, err)
	}
	if err != nil {
		n.finish(tr, transfer.Result{}, err)
		return
	}
	src.List(&tr.meter.Ledger)
	if !tr.held() {
		tr.wakeUp()
	}
	n.sendOn(ctx, tr, src, transfer.Result{}, ErrShutdown)
}

// listAnew lists what an accepted transfer sends once more, after its list could not be read because of lost: it is not
// synced, and a loss of power may take it. The error is lost if it is another list by now, which nobody has accepted.
func (n *Node) listAnew(ctx context.Context, tr *tracked, lost error) (*transfer.Source, error) {
	n.log.Warn("list of a transfer", "transfer", tr.id, "err", lost)
	tr.mu.Lock()
	k := tr.kept
	tr.mu.Unlock()
	src, err := n.scan(ctx, k)
	if err != nil {
		return nil, cause(ctx, lost)
	}
	if names := src.Manifest.Names(); !bytes.Equal(names[:], k.List) {
		n.tidy(src.Close)
		return nil, lost
	}
	n.keepList(tr, src)
	return src, nil
}

// sendOn offers a transfer again for as long as it is interrupted, as err says
// of the attempt before. Then it ends it.
func (n *Node) sendOn(ctx context.Context, tr *tracked, src *transfer.Source, result transfer.Result, err error) {
	for retry := firstRetry; tr.goesOn(ctx, err); retry = min(2*retry, lastRetry) {
		tr.pause(err)
		tr.await(ctx, err, retry)
		if ctx.Err() != nil {
			break
		}
		src, result, err = n.offer(ctx, tr, src)
	}
	n.tidy(src.Close)
	n.finish(tr, result, cause(ctx, err))
}

// revise makes the list say what the sources are now.
func (n *Node) revise(ctx context.Context, tr *tracked, src *transfer.Source) (*transfer.Source, error) {
	revised, changed, err := src.Revise(ctx, n.cfg.Dir)
	if err != nil || revised == src {
		return src, cause(ctx, err)
	}
	n.tidy(src.Close)
	n.keepList(tr, revised)
	tr.change(func(t *Transfer) {
		t.ChangedCount += int(changed)
	})
	return revised, nil
}

// offer is one attempt at a transfer: the first, or one that goes on where the
// one before was interrupted, with the list as the sources are by then. It returns the list.
func (n *Node) offer(ctx context.Context, tr *tracked, src *transfer.Source) (*transfer.Source, transfer.Result, error) {
	ctx, done := tr.attempt(ctx)
	defer done()
	to := tr.snapshot().Peer.ID
	c, err := n.links.Dial(ctx, to, wire.PurposeTransfer)
	if err != nil {
		return src, transfer.Result{}, cause(ctx, err)
	}
	first := tr.snapshot().State == Queued
	if first {
		tr.update(func(t *Transfer) { t.State, t.Err = Offered, nil })
	} else if src, err = n.revise(ctx, tr, src); err != nil {
		c.Fail(err)
		return src, transfer.Result{}, err
	}
	result, err := transfer.Send(ctx, c, transfer.Outgoing{
		ID: tr.id, Source: src, Meter: &tr.meter, Pace: n.upload, Again: !first,
		Unwanted: int64(tr.snapshot().Unwanted),
		Compared: func(u transfer.Unwanted) { tr.spares(src.Manifest, u) },
		Accepted: func() {
			if first {
				n.keepList(tr, src)
			}
			tr.update(func(t *Transfer) { t.State, t.Err = Running, nil })
			n.meet(tr.snapshot().Peer)
		},
		Lane: func(ctx context.Context) (*conn.Conn, error) {
			if c.Dialled { // the same way
				return conn.Dial(ctx, n.conn, c.Remote, to, wire.PurposeTransfer)
			}
			return n.links.Dial(ctx, to, wire.PurposeTransfer)
		},
	})
	return src, result, err
}

// cause is why an operation under ctx failed with err: whoever ended ctx knows
// better.
func cause(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// maxNames is how many bytes of names a Transfer holds: strangers choose them, and many
// transfers are remembered.
const maxNames = 8 << 10

// describe takes over what a manifest says of the whole.
func (t *Transfer) describe(c *transfer.Choice) {
	t.count(c.Wanted, c.Unwanted)
	t.Names = nil
	size := 0
	for _, name := range c.Top {
		if size += len(name); size > maxNames {
			break
		}
		t.Names = append(t.Names, name)
	}
}

func (t *Transfer) count(wanted, unwanted transfer.Totals) {
	t.Files, t.Folders, t.Links, t.Bytes = int(wanted.Files), int(wanted.Folders), int(wanted.Links), wanted.Bytes
	t.Unwanted = int(unwanted.Files)
}

// spares takes over what the receiver does not want of m, and remembers it: what is sent
// once more is to be without it.
func (t *tracked) spares(m *transfer.Manifest, u transfer.Unwanted) {
	t.mu.Lock()
	without := slices.Concat(t.kept.Without, u.Paths)
	slices.Sort(without)
	without = slices.Compact(without)
	news := t.now.Unwanted != int(u.Files) || !slices.Equal(t.kept.Without, without)
	t.kept.Without = without
	t.mu.Unlock()
	t.change(func(now *Transfer) { now.count(m.Totals().Less(u.Totals), u.Totals) })
	if news {
		t.save()
	}
}

func (n *Node) tidy(f func() error) {
	if err := f(); err != nil {
		n.log.Warn("tidy up", "err", err)
	}
}
