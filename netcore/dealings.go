package netcore

import (
	"time"

	"ferry/netcore/internal/store"
)

// Dealings are what this node has had to do with a peer, as far as the history goes back.
type Dealings struct {
	Sent, Received int // transfers that are done
}

// Dealings counts the transfers with a peer. It waits for the disk.
func (n *Node) Dealings(id PeerID) (d Dealings, err error) {
	n.awaitEnds()
	d.Sent, d.Received, err = n.store.Count(id, Done.String())
	return d, err
}

const (
	// speedOf is of how many transfers usualSpeed is the mean, among as many as looked at.
	speedOf     = 3
	speedLooked = 20
	// leastActive is how long a transfer must have moved to say something: else connecting is most of it.
	leastActive = time.Second
)

// usualSpeed is how fast the last transfers of a peer came, in bytes a second; 0 if there are none.
func (n *Node) usualSpeed(id PeerID) float64 {
	outgoing := false
	stored, err := n.store.History(store.Query{Peer: &id, Outgoing: &outgoing, Limit: speedLooked})
	if err != nil {
		n.log.Warn("speed of earlier transfers", "err", err)
	}
	var bytes int64
	var active time.Duration
	count := 0
	for _, s := range stored {
		t, _, err := fromStore(s)
		// What came before an interruption counts as found, but its time as active: that would be no speed.
		if err != nil || t.State != Done || t.Found > 0 || t.Active < leastActive {
			continue
		}
		bytes, active = bytes+t.DoneBytes, active+t.Active
		if count++; count == speedOf {
			break
		}
	}
	if count == 0 {
		return 0
	}
	return float64(bytes) / active.Seconds()
}
