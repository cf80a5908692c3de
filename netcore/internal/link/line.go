package link

import (
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

// A Line is one link that stands, for what is bound to that very connection and means nothing on
// another one. Lines of the same link are equal.
type Line struct{ link *link }

// Line returns the latest link to a node of a peer that listens, and false if there is none.
func (m *Manager) Line(id identity.PeerID) (Line, bool) {
	links := m.linksTo(id)
	for i := len(links) - 1; i >= 0; i-- {
		if links[i].Hello.Port != 0 {
			return Line{links[i]}, true
		}
	}
	return Line{}, false
}

// Peer is who is at the other end.
func (l Line) Peer() identity.PeerID { return l.link.Peer }

// Name is what it calls itself.
func (l Line) Name() string { return l.link.Hello.Name }

// Export returns size bytes that only the two ends of this very connection know (see [conn.Conn.Export]).
func (l Line) Export(label string, size int) ([]byte, error) { return l.link.Export(label, size) }

// Say sends a frame now.
func (l Line) Say(t wire.Type, body []byte) error {
	if err := l.link.Send(t, body); err != nil {
		return err
	}
	return l.link.Flush()
}

// Ended is closed when the link stands no more.
func (l Line) Ended() <-chan struct{} { return l.link.ended }
