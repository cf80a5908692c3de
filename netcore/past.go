package netcore

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"ferry/netcore/internal/store"
)

// A Query chooses among the transfers that have ended. The zero value chooses all.
type Query struct {
	Before    time.Time // those that started earlier; zero: all
	Limit     int       // at most as many; 0: 100
	Text      string    // words; each is in the peer's name or in those of what was picked. Letter case does not matter
	Direction *Direction
}

const (
	usualPast = 100
	// maxQueryWords is how many words of a text are looked for.
	maxQueryWords = 16
)

// Past returns the transfers that have ended, of this run and earlier ones, those that started last first. An
// offer that nobody here has accepted is among them if a person has declined it, or if it came from a peer that is known. Records
// that cannot be read are left out, and told by the error. See Config.HistoryLimit for how many there are.
func (n *Node) Past(q Query) ([]Transfer, error) {
	if q.Limit <= 0 {
		q.Limit = usualPast
	}
	words := strings.Fields(folded(q.Text))
	chosen := store.Query{Before: q.Before, Limit: q.Limit, Words: words[:min(len(words), maxQueryWords)]}
	if q.Direction != nil {
		outgoing := *q.Direction == Outgoing
		chosen.Outgoing = &outgoing
	}
	n.awaitEnds()
	stored, err := n.store.History(chosen)
	list, rerr := readable(stored)
	return list, errors.Join(err, rerr)
}

// readable returns the transfers of these records. The error tells of those that cannot be read, which are left out.
func readable(stored []store.Transfer) (list []Transfer, err error) {
	for _, s := range stored {
		t, _, terr := fromStore(s)
		if terr != nil {
			err = errors.Join(err, terr)
			continue
		}
		list = append(list, t)
	}
	return list, err
}

// searched is what a transfer is found by.
func searched(t Transfer) string {
	return folded(strings.Join(append([]string{t.Peer.Name}, t.Names...), "\n"))
}

// folded is the same for texts that differ in letter case, or in how their characters are written, only.
func folded(s string) string {
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s)))
}

// Underway returns the transfers that have not ended, the oldest first: those of this run, of other processes with the
// same Config.Dir, and of earlier runs that nobody goes on with yet. With an error, some may be missing. It waits for the disk.
func (n *Node) Underway() ([]Transfer, error) {
	n.awaitEnds()
	stored, err := n.store.Underway()
	list, rerr := readable(stored)
	err = errors.Join(err, rerr)
	for _, tr := range n.list() { // the store may be behind, or fail
		t := tr.snapshot()
		list = slices.DeleteFunc(list, func(old Transfer) bool { return old.ID == t.ID })
		if !t.State.Final() {
			list = append(list, t)
		}
	}
	slices.SortStableFunc(list, func(a, b Transfer) int { return a.Started.Compare(b.Started) })
	return list, err
}

// DropPast forgets transfers that have ended; their files stay. With no ids, all of them. Those that are on their
// way are left alone.
func (n *Node) DropPast(ids ...TransferID) error {
	n.awaitEnds()
	list := make([][16]byte, len(ids))
	for i, id := range ids {
		list[i] = id
	}
	err := n.store.Drop(list...)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.order = slices.DeleteFunc(n.order, func(id TransferID) bool {
		drop := (len(ids) == 0 || slices.Contains(ids, id)) && n.transfers[id].over()
		if drop {
			delete(n.transfers, id)
		}
		return drop
	})
	return err
}

// SetHistory changes how many of the transfers that have ended are remembered, and for how many days, as Config.HistoryLimit and
// HistoryDays do; what is more, or older, is forgotten at once. It waits for the disk.
func (n *Node) SetHistory(limit, days int) {
	n.historyLimit.Store(int64(limit))
	n.historyDays.Store(int64(days))
	n.clearOut()
}

// awaitEnds waits until all that has been told as final is in the store, too.
func (n *Node) awaitEnds() {
	for _, t := range n.list() {
		if t.snapshot().State.Final() {
			<-t.ended
		}
	}
}

// over reports whether t is final, and all has been done about it.
func (t *tracked) over() bool {
	select {
	case <-t.ended:
		return t.snapshot().State.Final()
	default:
		return false
	}
}

// SendAgain offers what an outgoing transfer that has ended was made of once more, to the same peer: all of it,
// as the sources are now, whether it had arrived or not. It may be of an earlier run. The error is that there is no such transfer.
func (n *Node) SendAgain(id TransferID) (TransferID, error) {
	now, k, err := n.sent(id)
	if err != nil {
		return TransferID{}, err
	}
	return n.sendPicked(now.Peer.ID, kept{Picked: k.Picked})
}

// sent returns an outgoing transfer that has ended.
func (n *Node) sent(id TransferID) (Transfer, kept, error) {
	ctx := n.running()
	if ctx == nil {
		return Transfer{}, kept{}, errNotRunning
	}
	t, err := n.recall(ctx, id)
	if err == nil && t == nil {
		err = fmt.Errorf("%w: no such transfer", ErrUnread)
	}
	if err != nil {
		return Transfer{}, kept{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now.Direction != Outgoing || !t.now.State.Final() {
		return Transfer{}, kept{}, fmt.Errorf("%w: it was not sent from here, or is on its way", ErrUnread)
	}
	return t.now, t.kept, nil
}
