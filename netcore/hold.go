package netcore

import (
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/store"
	"ferry/netcore/internal/wire"
)

// Pause holds a transfer that is Running or Paused, until Resume, also over a
// restart. Either side may; both show it. In other states it does nothing.
func (n *Node) Pause(id TransferID) {
	t := n.find(id)
	if t == nil || !t.hold() {
		return
	}
	t.save()
}

// hold reports whether it has begun to hold t.
func (t *tracked) hold() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept.Held || t.now.State != Running && t.now.State != Paused {
		return false
	}
	t.kept.Held = true
	if t.now.State == Running {
		t.current(ErrPaused) // the end of the attempt is what pauses it
		return true
	}
	t.now.Err = t.now.errorOf(ErrPaused)
	t.node.events.put(TransferChanged{t.now})
	return true
}

// Resume lets a transfer go on that Pause of this node holds. One that waits
// for something else tries again now. In other states it does nothing.
func (n *Node) Resume(id TransferID) {
	t := n.find(id)
	if t == nil || !t.release() {
		return
	}
	t.save()
	if t.snapshot().Direction == Incoming {
		t.wakeSender()
		return
	}
	t.wakeUp()
}

// release ends a hold, and reports whether t waits.
func (t *tracked) release() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now.State.Final() {
		return false
	}
	if t.kept.Held && t.now.State == Paused {
		t.now.Err = t.now.errorOf(ErrLost) // until the two have found each other
		t.node.events.put(TransferChanged{t.now})
	}
	t.kept.Held = false
	return true
}

func (t *tracked) held() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.kept.Held
}

// wakeSender asks the sender of an incoming transfer to offer it again now. If
// it cannot be asked, it will do so in a while.
func (t *tracked) wakeSender() {
	t.node.links.Notify(t.snapshot().Peer.ID, wire.TypeWake, t.id[:])
}

// wakeUp ends the wait of an outgoing transfer.
func (t *tracked) wakeUp() {
	select {
	case t.wake <- struct{}{}:
	default: // it has been told
	}
}

// notice takes what a peer says over a link of a transfer between the two.
func (n *Node) notice(peer PeerID, what wire.Type, id [16]byte, why fault.Code) {
	<-n.revived // a link may be there before
	t := n.find(id)
	if t == nil {
		return
	}
	now := t.snapshot()
	if now.Peer.ID != peer {
		return
	}
	switch {
	case what == wire.TypeWake:
		t.wakeUp()
	case now.State == Paused, now.State == Running: // on a connection that is dead, perhaps
		t.cancel(&remoteEnd{why.Kind()})
	}
}

// tellEnd tells a peer over its links that a transfer is over here, and because of what.
func (n *Node) tellEnd(peer PeerID, id TransferID, err error) {
	n.links.Notify(peer, wire.TypeCancel, wire.AppendCancel(nil, id, fault.CodeOf(err)))
}

// tellFor is how long a peer is told of a transfer that is over here, with each new link: a
// link may be on its way out when something is said over it, and saying it twice means nothing.
const tellFor = 7 * 24 * time.Hour

// endOf is why a transfer in the store is over.
func endOf(s store.Transfer) error {
	t, _, err := fromStore(s)
	if err != nil || t.Err == nil {
		return ErrInternal
	}
	return t.Err
}

// tellOf tells a peer, over a new link, of the transfers that it may still wait for.
func (n *Node) tellOf(peer PeerID) {
	list, err := n.store.Untold(peer)
	if err != nil {
		n.log.Warn("cancelled transfers", "err", err)
	}
	for _, s := range list {
		n.tellEnd(peer, s.ID, endOf(s))
		if time.Since(s.Ended) < tellFor {
			continue
		}
		if err := n.store.Told(s.ID); err != nil {
			n.log.Warn("cancelled transfers", "err", err)
		}
	}
}
