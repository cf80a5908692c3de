package netcore

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"ferry/netcore/internal/link"
	"ferry/netcore/internal/store"
	"ferry/netcore/internal/wire"
)

// maxKnown is how many peers are remembered: of more, those that were seen
// longest ago are forgotten.
const maxKnown = 256

// acquaintance is what is remembered of a peer that this node has had to do with.
type acquaintance struct {
	Name   string           `json:"name"`
	System string           `json:"system,omitempty"`
	Addrs  []netip.AddrPort `json:"addrs,omitempty"`
	Seen   time.Time        `json:"seen"` // when it was online last
}

// known are the peers that this node has had to do with. Changes are written to
// the store by one goroutine, so that nobody waits for a disk.
type known struct {
	mu    sync.Mutex
	peers map[PeerID]*acquaintance
	dirty map[PeerID]struct{}
	wake  chan struct{}
}

// load reads what earlier runs have known. What cannot be read is left out.
func (k *known) load(s *store.Store) error {
	k.peers, k.dirty, k.wake = make(map[PeerID]*acquaintance), make(map[PeerID]struct{}), make(chan struct{}, 1)
	list, err := s.Peers()
	for _, p := range list {
		a := new(acquaintance)
		if jerr := json.Unmarshal(p.Body, a); jerr != nil {
			err = errors.Join(err, fmt.Errorf("peer %v in the database: %w", p.ID.Short(), jerr))
			continue
		}
		a.Name, a.System = wire.CleanName(a.Name), wire.CleanName(a.System)
		k.peers[p.ID] = a
	}
	return err
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

// update takes over what a link says of a peer, if that is known or now to be.
func (k *known) update(s link.State, meet bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	a, ok := k.peers[s.ID]
	if !ok {
		if !meet {
			return
		}
		a = &acquaintance{Name: s.ID.Short()}
		k.peers[s.ID] = a
		k.forgetOldest()
	}
	if s.Hello.Name != "" {
		a.Name, a.System = s.Hello.Name, s.Hello.System
	}
	if len(s.Addrs) > 0 {
		a.Addrs = slices.Clone(s.Addrs)
	}
	a.Seen = time.Now()
	k.mark(s.ID)
}

// forgetOldest keeps within maxKnown. Callers hold mu.
func (k *known) forgetOldest() {
	for len(k.peers) > maxKnown {
		var oldest PeerID
		var seen time.Time
		for id, a := range k.peers {
			if seen.IsZero() || a.Seen.Before(seen) && !a.Seen.IsZero() {
				oldest, seen = id, a.Seen
			}
		}
		delete(k.peers, oldest)
		k.mark(oldest)
	}
}

// forget drops a peer, and reports whether it was known.
func (k *known) forget(id PeerID) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, ok := k.peers[id]
	delete(k.peers, id)
	k.mark(id)
	return ok
}

// mark has id written to the store. Callers hold mu.
func (k *known) mark(id PeerID) {
	k.dirty[id] = struct{}{}
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// write brings what has changed to the store.
func (k *known) write(s *store.Store) error {
	for {
		id, a, ok := k.next()
		if !ok {
			return nil
		}
		err := error(nil)
		if a == nil {
			err = s.DropPeer(id)
		} else {
			var body []byte
			if body, err = json.Marshal(a); err == nil {
				err = s.PutPeer(store.Peer{ID: id, Body: body})
			}
		}
		if err != nil {
			return err
		}
	}
}

// next takes one of what has changed; a is nil if the peer is forgotten.
func (k *known) next() (id PeerID, a *acquaintance, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for id := range k.dirty {
		delete(k.dirty, id)
		if there := k.peers[id]; there != nil {
			now := *there
			return id, &now, true
		}
		return id, nil, true
	}
	return id, nil, false
}

// keepPeers writes what is known of peers down, until Run ends.
func (n *Node) keepPeers(done <-chan struct{}) {
	for ended := false; !ended; {
		select {
		case <-n.known.wake:
		case <-done:
			ended = true
		}
		if err := n.known.write(n.store); err != nil {
			n.unsaved.Do(func() { n.warn(WarnStore, err) })
		}
	}
}

// meet remembers a peer that this node has something to do with.
func (n *Node) meet(id PeerID) {
	state, _ := n.links.Peer(id)
	_, before := n.known.get(id)
	n.known.update(state, true)
	n.links.Remember(id, state.Addrs)
	if !before {
		n.events.put(PeerChanged{n.peer(state)})
	}
}

// Known returns the peers that this node has had to do with, be they online or not,
// ordered by name.
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

// Forget drops what is remembered of a peer. It is listed for as long as it is online, like a
// stranger.
func (n *Node) Forget(id PeerID) {
	if !n.known.forget(id) {
		return
	}
	n.links.Forget(id)
	n.links.AccessChanged()
	state, _ := n.links.Peer(id)
	n.events.put(PeerChanged{n.peer(state)})
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
	p.Known, p.Seen = ok, a.Seen
	p.Interface, p.Wireless = s.Interface, s.Wireless
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
