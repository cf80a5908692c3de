package netcore

import "ferry/netcore/internal/picture"

// picture is what a peer looks like, nil if that is not known.
func (k *known) picture(id PeerID) *Picture {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.pictures[id]
}

// paint takes over what a peer looks like, and reports whether it looked different before. Of one that is neither known nor online,
// nothing is kept.
func (k *known) paint(id PeerID, pic *Picture) (changed bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, online := k.online[id]
	if k.pictures[id].Equal(pic) || !online && k.peers[id] == nil {
		return false
	}
	if pic == nil {
		delete(k.pictures, id)
	} else {
		k.pictures[id] = pic
	}
	k.repaint(id)
	return true
}

// repaint has the picture of a known peer written to the store. Callers hold mu.
func (k *known) repaint(id PeerID) {
	if k.peers[id] == nil {
		return
	}
	k.painted[id] = true
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// paintAnew does so for one that has become known. Callers hold mu.
func (k *known) paintAnew(id PeerID) {
	if k.pictures[id] != nil {
		k.repaint(id)
	}
}

// unpaint drops the picture of a peer that is neither online nor known any more. Callers hold mu.
func (k *known) unpaint(id PeerID) {
	if _, online := k.online[id]; !online && k.peers[id] == nil {
		delete(k.pictures, id)
	}
}

// loadPictures reads what known peers looked like in earlier runs.
func (k *known) loadPictures() error {
	k.pictures, k.painted = make(map[PeerID]*Picture), make(map[PeerID]bool)
	stored, err := k.store.Pictures()
	for id, jpeg := range stored {
		if pic := picture.Kept(jpeg); pic != nil && k.peers[id] != nil {
			k.pictures[id] = pic
		}
	}
	return err
}

// writePictures brings what peers look like to the store. Callers hold writing, and have written the peers themselves.
func (k *known) writePictures() error {
	for {
		id, jpeg, ok := k.nextPicture()
		if !ok {
			return nil
		}
		if err := k.store.SetPicture(id, jpeg); err != nil {
			k.mu.Lock()
			k.painted[id] = true
			k.mu.Unlock()
			return err
		}
	}
}

// nextPicture takes one of those that the store does not have yet; jpeg is nil if it is none any more.
func (k *known) nextPicture() (id PeerID, jpeg []byte, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for id := range k.painted {
		delete(k.painted, id)
		return id, k.pictures[id].JPEG(), true
	}
	return id, nil, false
}
