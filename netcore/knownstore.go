package netcore

import (
	"encoding/json"
	"errors"
	"fmt"

	"ferry/netcore/internal/link"
	"ferry/netcore/internal/store"
)

// load reads what earlier runs have known. What cannot be read is left out.
func (k *known) load(s *store.Store) error {
	k.store, k.wake = s, make(chan struct{}, 1)
	k.online, k.dirty, k.unkept = make(map[PeerID]link.State), make(map[PeerID]bool), make(map[PeerID]bool)
	version, err := s.Version()
	k.version = version
	stored, bad, rerr := k.read()
	k.peers = make(map[PeerID]*acquaintance)
	for id, a := range stored {
		if a != nil {
			k.peers[id] = a
		}
	}
	k.namesakes = k.findNamesakes()
	return errors.Join(err, rerr, bad, k.loadPictures())
}

// read returns what is in the store. What cannot be understood is nil, and bad says why.
func (k *known) read() (stored map[PeerID]*acquaintance, bad, err error) {
	list, err := k.store.Peers()
	if err != nil {
		return nil, nil, err
	}
	stored = make(map[PeerID]*acquaintance)
	for _, p := range list {
		a, err := readAcquaintance(p.Body)
		if err != nil {
			bad = errors.Join(bad, fmt.Errorf("peer %v in the database: %w", p.ID.Short(), err))
		}
		stored[p.ID] = a
	}
	return stored, bad, nil
}

// change lets f change what has been decided about a peer, which is known from then on, here and in
// the store. If that cannot be written, it holds all the same, and is written as soon as that is possible.
func (k *known) change(id PeerID, f func(*decisions)) (shift, error) {
	k.writing.Lock()
	defer k.writing.Unlock()
	was, now := k.begin(id)
	changed := false
	err := k.store.ChangePeer(id, func(body []byte) ([]byte, error) {
		if !k.isUnkept(id) {
			now.decideAs(body)
		}
		f(&now.decisions)
		changed = true
		return json.Marshal(now)
	})
	if !changed { // the store could not even be read
		f(&now.decisions)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	_, pending := k.dirty[id]
	switch {
	case err != nil:
		k.unkept[id] = true
		k.dirty[id] = true // no wake: the next poll will do
	case pending:
		k.dirty[id] = false // it is in there: if it is not by the time that it is written, it was forgotten
	}
	if err == nil {
		delete(k.unkept, id)
	}
	if a := k.peers[id]; a != nil {
		a.decisions = now.decisions
	} else {
		k.peers[id] = &now
	}
	return shift{id, was, &now}, err
}

// begin makes a peer known, if it is not, and returns copies of what was, and is now, known of it.
func (k *known) begin(id PeerID) (was *acquaintance, now acquaintance) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if a := k.peers[id]; a != nil {
		copied := *a
		return &copied, *a
	}
	return nil, *k.add(id)
}

// decideAs takes over the decisions in body, which another process may have written. Without one there are none: it is new, or
// was forgotten there. One that cannot be read changes nothing.
func (a *acquaintance) decideAs(body []byte) {
	if body == nil {
		a.decisions = decisions{Met: moment()}
	} else if there, err := readAcquaintance(body); err == nil {
		a.decisions = there.decisions
	}
}

// forget drops a peer, and reports whether it was known.
func (k *known) forget(id PeerID) (shift, error) {
	k.writing.Lock()
	defer k.writing.Unlock()
	k.mu.Lock()
	was := k.peers[id]
	delete(k.peers, id)
	delete(k.dirty, id)
	delete(k.unkept, id)
	k.unpaint(id)
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
			return k.writePictures()
		}
		if err := k.put(id, a, create); err != nil {
			k.mu.Lock()
			k.dirty[id] = k.dirty[id] || create
			k.mu.Unlock()
			return err
		}
	}
}

// put writes what is known of a peer; nil is that it is forgotten. Callers hold writing.
func (k *known) put(id PeerID, a *acquaintance, create bool) error {
	if a == nil {
		return k.store.DropPeer(id)
	}
	unkept := k.isUnkept(id)
	err := k.store.ChangePeer(id, func(body []byte) ([]byte, error) {
		if unkept {
			return json.Marshal(a)
		}
		return a.over(body, create)
	})
	if err == nil && unkept {
		k.mu.Lock()
		delete(k.unkept, id)
		k.mu.Unlock()
	}
	return err
}

func (k *known) isUnkept(id PeerID) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.unkept[id]
}

// over is what to write in place of body, which another process may have changed, or removed: then
// the peer was forgotten there, and stays so, or with create is one that is known anew.
func (a *acquaintance) over(body []byte, create bool) ([]byte, error) {
	if body == nil && !create {
		return nil, nil
	}
	a.decideAs(body)
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
	stored, _, err := k.read()
	if err != nil {
		return nil, err
	}
	k.version = version
	return k.takeOver(stored), nil
}

// takeOver makes the decisions in stored those that hold, and returns what that has changed.
func (k *known) takeOver(stored map[PeerID]*acquaintance) []shift {
	k.mu.Lock()
	defer k.mu.Unlock()
	var list []shift
	for id, a := range k.peers {
		_, there := stored[id]
		switch {
		case there, k.unkept[id]:
		case !k.dirty[id]:
			list = append(list, shift{id, a, nil})
			delete(k.peers, id)
			k.unpaint(id)
		case a.matters(): // forgotten there, and met again since
			now := *a
			now.decisions = decisions{Met: moment()}
			list = append(list, shift{id, a, &now})
			k.peers[id] = &now
		}
	}
	for id, a := range stored {
		was := k.peers[id]
		_, pending := k.dirty[id]
		switch {
		case a == nil, was == nil && pending, k.unkept[id]: // it cannot be read; it was forgotten here, as there were too many; see there
			continue
		case was != nil && was.decisions.equal(a.decisions):
			continue
		case was != nil:
			mixed := *was
			mixed.decisions = a.decisions
			a = &mixed
		}
		k.peers[id] = a
		k.paintAnew(id)
		list = append(list, shift{id, was, a})
	}
	return list
}
