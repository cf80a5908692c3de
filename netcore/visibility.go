package netcore

import (
	"fmt"
	"net/netip"
	"sync"
	"time"

	"ferry/netcore/internal/link"
	"ferry/netcore/internal/wire"
)

// Visibility is who can see this node. A node that somebody cannot see can still send
// to them; while it does, and they cannot be reached, it calls them by multicast, so that they dial it. They do not list
// it for that.
type Visibility string

// The choices.
const (
	VisibleToAll   Visibility = "everyone" // all on the network; so is the empty string
	VisibleToKnown Visibility = "known"    // those that this node has had to do with
	VisibleToNone  Visibility = "nobody"
)

// visible is what was chosen, and what it goes back to.
type visible struct {
	mu    sync.Mutex
	now   Visibility
	then  Visibility  // behind until
	until time.Time   // zero: for good
	timer *time.Timer // of until
}

func (v *visible) get() (Visibility, time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now, v.until
}

// set changes what is now, for d if that is over 0. again is called when that is over.
func (v *visible) set(now Visibility, d time.Duration, again func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.timer != nil {
		v.timer.Stop()
	}
	then := v.now
	if !v.until.IsZero() {
		then = v.then
	}
	v.now, v.then, v.until, v.timer = now, then, time.Time{}, nil
	if d > 0 {
		v.until = time.Now().Add(d)
		v.timer = time.AfterFunc(d, again)
	}
}

// back ends what was set for a while, if that is over.
func (v *visible) back() (over bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.until.IsZero() || v.until.After(time.Now()) {
		return false // somebody has chosen anew
	}
	v.now, v.until, v.timer = v.then, time.Time{}, nil
	return true
}

// stop lets nothing change by itself any more.
func (v *visible) stop() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.timer != nil {
		v.timer.Stop()
	}
}

// Visibility returns who can see this node, and until when that holds; zero for
// good.
func (n *Node) Visibility() (v Visibility, until time.Time) { return n.visible.get() }

// SetVisibility changes who can see this node, at once. With d over 0 it goes back to
// what it was by itself, after d. [SelfChanged] tells of both. Anything but one of the choices means
// VisibleToNone.
func (n *Node) SetVisibility(v Visibility, d time.Duration) {
	if !v.valid() {
		v = VisibleToNone
	}
	n.visible.set(v, d, func() {
		if n.visible.back() {
			n.visibilityChanged()
		}
	})
	n.visibilityChanged()
}

func (n *Node) visibilityChanged() {
	v, _ := n.visible.get()
	if n.finder != nil {
		n.finder.SetHidden(n.cfg.Hidden || v == VisibleToNone)
	}
	n.links.AccessChanged()
	n.events.put(SelfChanged{})
}

// access says what this node has to do with a peer.
func (n *Node) access(id PeerID) link.Access {
	v, _ := n.Visibility()
	a, known := n.known.get(id)
	switch {
	case a.Blocked:
		return link.None
	case (v == VisibleToNone || v == VisibleToKnown && !known) && n.awaited.has(id):
		return link.Awaited
	case v == VisibleToNone, v == VisibleToKnown && !known:
		return link.Unseen
	}
	return link.Full
}

// cloned is told of another computer with this one's identity.
func (n *Node) cloned(addr netip.AddrPort, h wire.Hello) {
	n.warn(WarnClone, fmt.Errorf("%q at %v has the same identity as this computer: was its disk copied from this one?", h.Name, addr.Addr()))
}
