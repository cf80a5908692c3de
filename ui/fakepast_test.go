package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"ferry/netcore"
)

// A fakePast is the history of a fakeNode. The window reads it on other goroutines.
type fakePast struct {
	mu        sync.Mutex
	transfers []netcore.Transfer // those that started last first
	underway  []netcore.Transfer
	queries   []netcore.Query
	again     []netcore.TransferID
	broken    error
	kept      [][2]int // how many entries, and for how many days
}

func (n *fakeNode) Past(q netcore.Query) ([]netcore.Transfer, error) {
	n.past.mu.Lock()
	defer n.past.mu.Unlock()
	n.past.queries = append(n.past.queries, q)
	var found []netcore.Transfer
	for _, t := range n.past.transfers {
		fits := strings.Contains(strings.ToLower(t.Peer.Name+strings.Join(t.Names, "")), strings.ToLower(q.Text))
		if fits && (q.Before.IsZero() || t.Started.Before(q.Before)) && len(found) < q.Limit {
			found = append(found, t)
		}
	}
	return found, n.past.broken
}

func (n *fakeNode) Underway() ([]netcore.Transfer, error) {
	n.past.mu.Lock()
	defer n.past.mu.Unlock()
	return slices.Clone(n.past.underway), n.past.broken
}

func (n *fakeNode) DropPast(ids ...netcore.TransferID) error {
	n.past.mu.Lock()
	defer n.past.mu.Unlock()
	n.past.transfers = slices.DeleteFunc(n.past.transfers, func(t netcore.Transfer) bool {
		return len(ids) == 0 || slices.Contains(ids, t.ID)
	})
	return n.past.broken
}

func (n *fakeNode) SendAgain(id netcore.TransferID) (netcore.TransferID, error) {
	n.past.again = append(n.past.again, id)
	return transferID(200), n.refuse
}

func (n *fakeNode) SetAutoAccept(id netcore.PeerID, a netcore.AutoAccept) error {
	if n.auto == nil {
		n.auto = make(map[netcore.PeerID]netcore.AutoAccept)
	}
	n.auto[id] = a
	return n.refuse
}

func (n *fakeNode) SetInbox(dir string) error {
	if strings.HasPrefix(dir, "/locked") {
		return errors.New("permission denied")
	}
	n.inbox = dir
	return nil
}

func (n *fakeNode) SetHistory(limit, days int) {
	n.past.mu.Lock()
	defer n.past.mu.Unlock()
	n.past.kept = append(n.past.kept, [2]int{limit, days})
}

func (n *fakeNode) SetPort(port uint16) error {
	if port == takenPort {
		return fmt.Errorf("%w: it is taken", netcore.ErrPort)
	}
	n.past.mu.Lock()
	defer n.past.mu.Unlock()
	n.ports = append(n.ports, port)
	if n.diagnosis.Port = port; port == 0 {
		n.diagnosis.Port = netcore.DefaultPort
	}
	return nil
}

// takenPort is one that a fakeNode cannot have.
const takenPort = 80

func (n *fakeNode) Interfaces() []netcore.Interface { return n.cards }

func (n *fakeNode) Renew() (string, error) {
	n.renewed++
	return "key.old", n.refuse
}
