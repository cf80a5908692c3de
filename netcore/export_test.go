package netcore

import (
	"context"
	"time"

	"ferry/netcore/internal/link"
)

// CompareWithin lets comparisons of codes end after d.
func CompareWithin(c *Config, d time.Duration) { c.compareTime = d }

// SetClock replaces the clock by which things get old.
func (c *Config) SetClock(now func() time.Time) { c.now = now }

// ClearOut does what a node does from time to time.
func (n *Node) ClearOut() {
	<-n.revived
	n.clearOut()
	n.expire()
}

// PauseOffers lets the next offers of a peer wait, as many of them have come to nothing.
func (n *Node) PauseOffers(id PeerID) {
	n.asking.mu.Lock()
	defer n.asking.mu.Unlock()
	a := n.asking.peer(id)
	a.vain, a.last, a.until = 8, time.Now(), time.Now().Add(time.Hour)
}

// Vouch makes a peer a verified one, or takes that back.
func (n *Node) Vouch(id PeerID, verified bool) {
	if !verified {
		n.decide(id, (*decisions).distrust)
		return
	}
	n.vouch(id)
}

// Recall is what a node does first with an offer: it reports whether the offer is of a transfer that the node has.
func (n *Node) Recall(ctx context.Context, id TransferID) (bool, error) {
	tr, err := n.recall(ctx, id)
	return tr != nil, err
}

// Pictured reports whether a node knows what a peer looks like, be it shown or not.
func (n *Node) Pictured(id PeerID) bool { return n.known.picture(id) != nil }

// Links returns the links to a peer.
func (n *Node) Links(id PeerID) []link.Standing { return n.links.Diagnose(id).Links }

// Visits returns how many connections of friends, and of strangers, have come in and stand.
func (n *Node) Visits() (friends, strangers int) {
	n.doors.mu.Lock()
	defer n.doors.mu.Unlock()
	for _, at := range n.doors.addrs {
		friends, strangers = friends+at.friends, strangers+at.strangers
	}
	return friends, strangers
}
