package netcore

import (
	"net"
	"sync"
	"time"

	"ferry/netcore/internal/discovery"
	"ferry/netcore/internal/link"
)

// A hidden node listens nowhere, so a peer that lets nobody in and that it has no link to could neither be dialled
// nor asked to dial. Where a peer does not answer, it listens after all, on a free port, until it
// ends, and says so by multicast: whoever has no link to it dials it. It is not listed anywhere
// for that, as its hello has no port.

// unanswered is told that some peer does not answer.
func (n *Node) unanswered(id PeerID) {
	if !n.cfg.Hidden {
		n.callAwaited(id)
		return
	}
	n.calling.Do(func() {
		if v, _ := n.Visibility(); v == VisibleToNone || n.finder == nil {
			return
		}
		if err := n.start(n.call); err != nil {
			n.log.Debug("call", "err", err)
		}
	})
}

// call listens, and calls, until the node ends.
func (n *Node) call() {
	ctx := n.running()
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		n.log.Info("cannot be dialled back", "err", err)
		return
	}
	n.log.Info("somebody does not answer; listening for him", "addr", l.Addr())
	n.finder.Call(portOf(l))
	n.accept(ctx, l, func(err error) { n.log.Info("cannot be dialled back any more", "err", err) })
}

// A node that some peer does not see has no link to it if the peer lets nobody in: the peer does not know that there is
// anybody to dial. So while something is to be sent to it, it may dial, and each time that it does not answer it is called for a
// moment; it is told as little as by a command. Afterwards its links end, and all is as before.

// awaited are the peers that something is to be sent to, and how many times.
type awaited struct {
	mu    sync.Mutex
	peers map[PeerID]int
	calls *time.Timer // takes the call back; nil before the first
}

func (a *awaited) has(id PeerID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.peers[id] > 0
}

// add changes how many times id is awaited, and reports whether it is.
func (a *awaited) add(id PeerID, n int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.peers == nil {
		a.peers = make(map[PeerID]int)
	}
	if a.peers[id] += n; a.peers[id] == 0 {
		delete(a.peers, id)
	}
	return a.peers[id] > 0
}

// await lets a peer that does not see this node dial it, until the function that it returns is called.
func (n *Node) await(id PeerID) (release func()) {
	n.awaited.add(id, 1)
	if n.access(id) == link.Awaited {
		n.links.AccessChangedFor(id) // it is dialled now
	}
	return func() {
		if !n.awaited.add(id, -1) && n.access(id) == link.Unseen {
			n.links.AccessChangedFor(id)
		}
	}
}

// callTime is for how long a peer is called.
const callTime = 10 * time.Second

// callAwaited calls a peer for a while.
func (n *Node) callAwaited(id PeerID) {
	if n.finder == nil {
		return
	}
	n.log.Info("a device that does not see this one does not answer; calling it", "peer", id)
	n.finder.Call(n.hello().Port)
	n.awaited.mu.Lock()
	defer n.awaited.mu.Unlock()
	if n.awaited.calls != nil {
		n.awaited.calls.Stop()
	}
	n.awaited.calls = time.AfterFunc(callTime, func() { n.finder.Call(0) })
}

// sighted takes in a hint.
func (n *Node) sighted(s discovery.Sighting) {
	if s.Calling {
		n.links.Called(s.ID, s.Addrs)
		return
	}
	n.links.Hint(s.ID, s.Addrs)
}
