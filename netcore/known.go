package netcore

import (
	"encoding/json"
	"errors"
	"fmt"
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
	namesakes map[PeerID]bool // those whose name is another's, as it was told last
	dirty     map[PeerID]bool // to be written: whether also if it is not in the store
	wake      chan struct{}
}

// load reads what earlier runs have known. What cannot be read is left out.
func (k *known) load(s *store.Store) error {
	k.store, k.wake = s, make(chan struct{}, 1)
	k.online, k.dirty = make(map[PeerID]link.State), make(map[PeerID]bool)
	version, err := s.Version()
	k.version = version
	peers, rerr := k.read()
	k.peers = peers
	k.namesakes = k.findNamesakes()
	return errors.Join(err, rerr)
}

// read returns what is in the store.
func (k *known) read() (map[PeerID]*acquaintance, error) {
	peers := make(map[PeerID]*acquaintance)
	list, err := k.store.Peers()
	for _, p := range list {
		a, jerr := readAcquaintance(p.Body)
		if jerr != nil {
			err = errors.Join(err, fmt.Errorf("peer %v in the database: %w", p.ID.Short(), jerr))
			continue
		}
		peers[p.ID] = a
	}
	return peers, err
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
	}
	if a, ok := k.peers[s.ID]; ok {
		a.sees(s)
		k.mark(s.ID, false)
	}
}

// meet remembers a peer from now on. It reports whether that is new.
func (k *known) meet(s link.State) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	a, ok := k.peers[s.ID]
	if !ok {
		a = k.add(s.ID)
	}
	a.sees(s)
	k.mark(s.ID, true)
	return !ok
}

// add makes a peer known. Callers hold mu.
func (k *known) add(id PeerID) *acquaintance {
	a := &acquaintance{Name: id.Short(), decisions: decisions{Met: moment()}}
	if s, ok := k.online[id]; ok {
		a.sees(s)
	}
	k.peers[id] = a
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
			k.mark(id, false)
		}
	}
}

// change lets f change what has been decided about a peer, which is known from then on, here and in
// the store. If that cannot be written, it holds for as long as the program runs.
func (k *known) change(id PeerID, f func(*decisions)) (shift, error) {
	k.writing.Lock()
	defer k.writing.Unlock()
	was, now, fresh := k.begin(id)
	err := k.store.ChangePeer(id, func(body []byte) ([]byte, error) {
		there, err := readAcquaintance(body)
		switch {
		case body == nil && !fresh: // another process has forgotten it
			now.decisions = decisions{Met: moment()}
		case err == nil:
			now.decisions = there.decisions
		}
		f(&now.decisions)
		return json.Marshal(now)
	})
	k.mu.Lock()
	defer k.mu.Unlock()
	if a := k.peers[id]; a != nil {
		a.decisions = now.decisions
	} else {
		k.peers[id] = &now
	}
	return shift{id, was, &now}, err
}

// begin makes a peer known, if it is not, and returns copies of what was, and is now, known of it; fresh
// is whether the store need not have it.
func (k *known) begin(id PeerID) (was *acquaintance, now acquaintance, fresh bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if a := k.peers[id]; a != nil {
		copied := *a
		return &copied, *a, k.dirty[id]
	}
	return nil, *k.add(id), true
}

// forget drops a peer, and reports whether it was known.
func (k *known) forget(id PeerID) (shift, error) {
	k.writing.Lock()
	defer k.writing.Unlock()
	k.mu.Lock()
	was := k.peers[id]
	delete(k.peers, id)
	delete(k.dirty, id)
	k.mu.Unlock()
	return shift{id, was, nil}, k.store.DropPeer(id)
}

// mark has what the network says of id written to the store; and with create also if it is not in there.
// Callers hold mu.
func (k *known) mark(id PeerID, create bool) {
	k.dirty[id] = k.dirty[id] || create
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// write brings what the network has said to the store.
func (k *known) write() error {
	k.writing.Lock()
	defer k.writing.Unlock()
	for {
		id, a, create, ok := k.next()
		if !ok {
			return nil
		}
		err := error(nil)
		if a == nil {
			err = k.store.DropPeer(id)
		} else {
			err = k.store.ChangePeer(id, func(body []byte) ([]byte, error) { return a.over(body, create) })
		}
		if err != nil {
			return err
		}
	}
}

// over is what to write in place of body, which another process may have changed, or removed: then
// the peer was forgotten there, and stays so.
func (a *acquaintance) over(body []byte, create bool) ([]byte, error) {
	if body == nil && !create {
		return nil, nil
	}
	if there, err := readAcquaintance(body); body != nil && err == nil {
		a.decisions = there.decisions
	}
	return json.Marshal(a)
}

// next takes one of what has changed; a is nil if the peer is forgotten.
func (k *known) next() (id PeerID, a *acquaintance, create, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for id, create := range k.dirty {
		delete(k.dirty, id)
		if there := k.peers[id]; there != nil {
			now := *there
			return id, &now, create, true
		}
		return id, nil, false, true
	}
	return id, nil, false, false
}

// reload takes over what other processes have written since the last time, and returns what that has changed.
func (k *known) reload() ([]shift, error) {
	k.writing.Lock()
	defer k.writing.Unlock()
	version, err := k.store.Version()
	if err != nil || version == k.version {
		return nil, err
	}
	stored, err := k.read()
	if err != nil {
		return nil, err
	}
	k.version = version
	k.mu.Lock()
	defer k.mu.Unlock()
	var list []shift
	for id, a := range k.peers {
		if stored[id] == nil && !k.dirty[id] {
			list = append(list, shift{id, a, nil})
			delete(k.peers, id)
		}
	}
	for id, a := range stored {
		was := k.peers[id]
		_, pending := k.dirty[id]
		switch {
		case was == nil && pending: // forgotten here, as there were too many
			continue
		case was != nil && was.decisions.equal(a.decisions):
			continue
		case was != nil:
			mixed := *was
			mixed.decisions = a.decisions
			a = &mixed
		}
		k.peers[id] = a
		list = append(list, shift{id, was, a})
	}
	return list, nil
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
	p.Known, p.Seen = ok, a.Seen
	p.Interface, p.Wireless = s.Interface, s.Wireless
	p.Verified, p.AutoAccept, p.Blocked = a.Verified, a.AutoAccept, a.Blocked
	p.Online = p.Online && !a.Blocked
	p.Namesake = n.known.isNamesake(s.ID)
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
