package link

import (
	"net/netip"
	"time"

	"ferry/netcore/internal/identity"
)

// peer returns the record of id, made now if there is none. It returns nil if
// there is no room for one more. Callers hold mu.
func (m *Manager) peer(id identity.PeerID) *peer {
	if p, ok := m.peers[id]; ok {
		return p
	}
	if len(m.peers) >= maxPeers && !m.evict() {
		return nil
	}
	p := newPeer(id)
	m.peers[id] = p
	return p
}

// evict makes room by forgetting the peer without a link that was hinted at
// longest ago, preferring those that never answered. It reports false if all
// have links, or are remembered.
func (m *Manager) evict() bool {
	var oldest *peer
	for _, p := range m.peers {
		if len(p.links) > 0 || p.online || !p.remembered.IsZero() {
			continue
		}
		if oldest == nil || p.staler(oldest) {
			oldest = p
		}
	}
	if oldest == nil {
		return false
	}
	m.forget(oldest)
	return true
}

// forget ends the use of a record, for good: whoever still holds it must look for
// the one that is in its place. Callers hold mu.
func (m *Manager) forget(p *peer) {
	delete(m.peers, p.id)
	close(p.gone)
}

// Remember says that the node id was at addrs, and will be there or elsewhere again. Unlike a
// hint it never expires, and no flood of hints pushes it out. The peer is dialled
// at once, then more and more rarely, down to every 5 minutes; whenever the network changes, or somebody
// hints at it, at once again. Of more than 256 peers, the one that was remembered longest ago
// becomes one that was only hinted at. It may be called before Run, and again.
func (m *Manager) Remember(id identity.PeerID, addrs []netip.AddrPort) {
	if id == m.self() || len(addrs) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.peer(id)
	if p == nil {
		return
	}
	p.hint(addrs)
	p.remembered = time.Now()
	m.boundMemory()
	if !p.reachable() {
		m.keep(p)
	}
}

func (m *Manager) boundMemory() {
	count := 0
	var oldest *peer
	for _, p := range m.peers {
		if p.remembered.IsZero() {
			continue
		}
		count++
		if oldest == nil || p.remembered.Before(oldest.remembered) {
			oldest = p
		}
	}
	if count > maxRemembered {
		oldest.remembered = time.Time{}
	}
}

// Forget takes back what Remember has said. A link that stands goes on, and a
// peer that is there is found again by hints.
func (m *Manager) Forget(id identity.PeerID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.peers[id]
	if !ok {
		return
	}
	p.remembered = time.Time{}
	if len(p.links) == 0 && !p.online {
		m.forget(p)
	}
}
