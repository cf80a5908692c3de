package netcore

import (
	"net"

	"ferry/netcore/internal/discovery"
)

// A hidden node listens nowhere, so a peer that lets nobody in and that it has no link to could neither be dialled
// nor asked to dial. Where a peer does not answer, it listens after all, on a free port, until it
// ends, and says so by multicast: whoever has no link to it dials it. It is not listed anywhere
// for that, as its hello has no port.

// unanswered is told that some peer does not answer.
func (n *Node) unanswered() {
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

// sighted takes in a hint.
func (n *Node) sighted(s discovery.Sighting) {
	if s.Calling {
		n.links.Called(s.ID, s.Addrs)
		return
	}
	n.links.Hint(s.ID, s.Addrs)
}
