package link

import (
	"fmt"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

// Access is what a node has to do with a peer.
type Access uint8

const (
	// Full: links in both directions; each sees the other.
	Full Access = iota
	// Unseen: this node sees the peer but is not seen by it. It dials links, on which
	// it says that it listens nowhere, and refuses those that the peer dials, and its offers.
	Unseen
	// Awaited: as Unseen, but for the moment the peer may dial a link, on which this node says that it listens nowhere: it is to
	// be sent something, and may not be reached in another way.
	Awaited
	// None: the peer is neither dialled nor let in.
	None
)

func (m *Manager) access(id identity.PeerID) Access {
	if m.cfg.Access == nil {
		return Full
	}
	return m.cfg.Access(id)
}

// Admit is the gate for [conn.Config]: it decides about a dialler before that is told this
// node's name. The error that refuses it wraps [fault.Untrusted]; that a node of this identity is here,
// TLS has told already.
func (m *Manager) Admit(id identity.PeerID, h wire.Hello) error {
	access := m.access(id)
	switch {
	case h.Call != "":
		if m.expects(id, h.Call) {
			return nil
		}
		return fmt.Errorf("%w: nobody has called", fault.Untrusted)
	case id == m.self(), access == Full:
		return nil
	case h.Purpose == wire.PurposeLink && access == Awaited:
		return nil
	case h.Purpose == wire.PurposeCheck && access == Unseen && m.checking(id):
		return nil
	}
	return fmt.Errorf("%w: not to be let in", fault.Untrusted)
}

// fits reports whether a link may be, or go on, under the access that there is now. listens is whether this
// node does; where it does, may have changed since.
func fits(c *conn.Conn, access Access, listens bool) bool {
	switch access {
	case Full:
		return (c.Told.Port != 0) == listens
	case Unseen:
		return c.Dialled && c.Told.Port == 0
	case Awaited:
		return c.Told.Port == 0
	}
	return false
}

// Answer is for the hello of a connection that a peer has dialled, see [conn.Config.With]: who is not to see this node is not
// told where it listens.
func (m *Manager) Answer(id identity.PeerID, h *wire.Hello) error {
	if h.Purpose == wire.PurposeLink && m.access(id) == Awaited {
		h.Port = 0
	}
	return nil
}

// AccessChanged says that the answers of Config.Access may be others now: goodbye is said on the
// links that should not be, and peers are dialled as they should be.
func (m *Manager) AccessChanged() {
	listens := m.cfg.Conn.Hello().Port != 0
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.peers {
		m.reconsider(p, listens)
	}
}

// AccessChangedFor is AccessChanged where only the answer for one peer may be another one.
func (m *Manager) AccessChangedFor(id identity.PeerID) {
	listens := m.cfg.Conn.Hello().Port != 0
	m.mu.Lock()
	defer m.mu.Unlock()
	if p, ok := m.peers[id]; ok {
		m.reconsider(p, listens)
	}
}

// reconsider does that for one peer. Callers hold mu.
func (m *Manager) reconsider(p *peer, listens bool) {
	access := m.access(p.id)
	for _, l := range p.links {
		if !fits(l.Conn, access, listens) {
			l.dismiss()
		}
	}
	p.retry = 0
	if len(p.places) > 0 {
		m.keep(p)
		p.wakeUp()
	}
}
