package netcore

import (
	"slices"
	"strings"
	"sync"
	"time"

	"ferry/netcore/internal/link"
	"ferry/netcore/internal/store"
)

const (
	// maxKnown is how many peers are remembered of which nobody has decided anything, and
	// maxDecided how many others: of more, those that were seen longest ago are forgotten.
	maxKnown   = 256
	maxDecided = 1024
	// pollInterval is how often the store is asked whether another process has written.
	pollInterval = time.Second
)

// known are the peers that this node has had to do with, and those that are online. What the network says of them is
// written to the store by one goroutine, so that nobody waits for a disk; what people decide is
// written at once.
type known struct {
	store *store.Store

	writing sync.Mutex // held from the store to peers or back: what is read must not be older than what is there
	version int64      // of the store when it was read last; guarded by writing

	mu        sync.Mutex
	peers     map[PeerID]*acquaintance
	online    map[PeerID]link.State
	namesakes map[PeerID]bool // those whose name is another's, as it was told last: whether that is a known peer's
	dirty     map[PeerID]bool // to be written: whether also if it is not in the store
	unkept    map[PeerID]bool // what was decided here could not be written yet: it counts, whatever the store says
	wake      chan struct{}

	pictures map[PeerID]*Picture // of those that are known or online
	painted  map[PeerID]bool     // whose picture the store does not have yet
}

// get returns what is known of a peer, and whether anything is.
func (k *known) get(id PeerID) (acquaintance, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	a, ok := k.peers[id]
	if !ok {
		return acquaintance{}, false
	}
	return *a, true
}

// state is what a link said last of a peer that is online; of others it is only the ID.
func (k *known) state(id PeerID) link.State {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s, ok := k.online[id]; ok {
		return s
	}
	return link.State{ID: id}
}

// saw takes over that a peer came, went, or has changed.
func (k *known) saw(s link.State) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s.Online {
		k.online[s.ID] = s
	} else {
		delete(k.online, s.ID)
		k.unpaint(s.ID)
	}
	if a, ok := k.peers[s.ID]; ok {
		a.sees(s)
		k.mark(s.ID, false)
	}
}

// meet remembers a peer from now on. It reports whether that is new, or its name is.
func (k *known) meet(s link.State) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	a, ok := k.peers[s.ID]
	if !ok {
		a = k.add(s.ID)
	}
	before := a.Name
	a.sees(s)
	k.mark(s.ID, true)
	return !ok || a.Name != before
}

// add makes a peer known. Callers hold mu.
func (k *known) add(id PeerID) *acquaintance {
	a := &acquaintance{Name: id.Short(), decisions: decisions{Met: moment()}}
	if s, ok := k.online[id]; ok {
		a.sees(s)
	}
	k.peers[id] = a
	k.paintAnew(id)
	k.bound(id)
	return a
}

// moment is the time now, as it comes back from the store.
func moment() time.Time { return time.Now().UTC().Round(0) }

// bound forgets those that were seen longest ago, if there are too many, but not keep. Callers hold mu.
func (k *known) bound(keep PeerID) {
	for _, decided := range []bool{false, true} {
		limit := maxKnown
		if decided {
			limit = maxDecided
		}
		var list []PeerID
		for id, a := range k.peers {
			if a.matters() == decided && id != keep {
				list = append(list, id)
			}
		}
		if len(list) < limit {
			continue
		}
		slices.SortFunc(list, func(a, b PeerID) int { return k.peers[a].Seen.Compare(k.peers[b].Seen) })
		for _, id := range list[:len(list)-limit+1] {
			delete(k.peers, id)
			k.unpaint(id)
			k.mark(id, false)
		}
	}
}

// byWorth returns the peers that are worth dialling, those that are missed most last.
func (k *known) byWorth() []PeerID {
	k.mu.Lock()
	defer k.mu.Unlock()
	var list []PeerID
	for id, a := range k.peers {
		if !a.Blocked {
			list = append(list, id)
		}
	}
	slices.SortFunc(list, func(x, y PeerID) int {
		a, b := k.peers[x], k.peers[y]
		switch {
		case a.matters() && !b.matters():
			return 1
		case b.matters() && !a.matters():
			return -1
		}
		return a.Seen.Compare(b.Seen)
	})
	return list
}

// Known returns the peers that this node has had to do with, be they online or not,
// ordered by name. Blocked ones are among them.
func (n *Node) Known() []Peer {
	n.known.mu.Lock()
	ids := make([]PeerID, 0, len(n.known.peers))
	for id := range n.known.peers {
		ids = append(ids, id)
	}
	n.known.mu.Unlock()
	var list []Peer
	for _, id := range ids {
		state, _ := n.links.Peer(id)
		list = append(list, n.peer(state))
	}
	byName(list)
	return list
}

// peer describes a peer by its link and by what is known of it.
func (n *Node) peer(s link.State) Peer {
	a, ok := n.known.get(s.ID)
	if s.Hello.Name == "" {
		s.Hello.Name, s.Hello.System = a.Name, a.System
	}
	if len(s.Addrs) == 0 {
		s.Addrs = a.Addrs
	}
	p := peerOf(s)
	p.OwnName = p.Name
	if a.Nickname != "" {
		p.Name = a.Nickname
	}
	p.Known, p.Seen, p.Met = ok, a.Seen, a.Met
	p.Interface, p.Wireless = s.Interface, s.Wireless
	p.Verified, p.AutoAccept, p.Blocked = a.Verified, a.AutoAccept, a.Blocked
	p.Online = p.Online && !a.Blocked
	p.Namesake, p.Doubled = n.known.namesake(s.ID)
	if !p.Blocked && (!p.Namesake || !p.Verified.IsZero()) {
		p.Picture = n.known.picture(s.ID)
	}
	return p
}

func byName(list []Peer) {
	slices.SortFunc(list, func(a, b Peer) int {
		if c := strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)); c != 0 {
			return c
		}
		return strings.Compare(a.ID.String(), b.ID.String())
	})
}
