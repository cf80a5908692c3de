package conn

import "time"

// Traffic is what a connection, with its lanes, has sent so far, and how that went.
type Traffic struct {
	Bytes   int64         // with what TLS and frames add; that the peer has, if Kernel is true
	Writing time.Duration // that writes to the network took, of all lanes together

	// Kernel is whether the operating system has told what follows.
	Kernel      bool
	Segments    int64         // of TCP, the retransmitted ones counted
	Retransmits int64         // of them
	PeerBusy    time.Duration // that the peer's buffers had no room, of all lanes together
}

// Traffic may be called by anyone.
func (c *Conn) Traffic() Traffic {
	t := c.socket.traffic()
	c.lanes.mu.Lock()
	defer c.lanes.mu.Unlock()
	for _, lane := range c.lanes.added {
		t = t.plus(lane.socket.traffic())
	}
	return t
}

func (s *socket) traffic() Traffic {
	t := Traffic{Bytes: s.sent.Load(), Writing: time.Duration(s.writing.Load())}
	t.askKernel(s.raw)
	return t
}

func (t Traffic) plus(u Traffic) Traffic {
	return Traffic{
		Bytes:       t.Bytes + u.Bytes,
		Writing:     t.Writing + u.Writing,
		Kernel:      t.Kernel && u.Kernel,
		Segments:    t.Segments + u.Segments,
		Retransmits: t.Retransmits + u.Retransmits,
		PeerBusy:    t.PeerBusy + u.PeerBusy,
	}
}

// Since is what has been sent since earlier.
func (t Traffic) Since(earlier Traffic) Traffic {
	return Traffic{
		Bytes:       t.Bytes - earlier.Bytes,
		Writing:     t.Writing - earlier.Writing,
		Kernel:      t.Kernel && earlier.Kernel,
		Segments:    t.Segments - earlier.Segments,
		Retransmits: t.Retransmits - earlier.Retransmits,
		PeerBusy:    t.PeerBusy - earlier.PeerBusy,
	}
}
