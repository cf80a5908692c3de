package link

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

// crySpacing is how often a multicast call of one peer is answered, after the first few.
const crySpacing = 5 * time.Second

// Called says that the node id, which listens for a short while at addrs, could not reach somebody, by its own account or
// that of anybody who speaks in its name. It is dialled once, if it may be this node that it means. It is not listed for
// that. Before Run, nothing happens.
func (m *Manager) Called(id identity.PeerID, addrs []netip.AddrPort) {
	if len(addrs) == 0 || id == m.self() || m.access(id) != Full {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.peer(id)
	if p == nil || p.meansOthers(addrs[0].Port()) || !p.cries.Allow() {
		return
	}
	addrs = slices.Clone(addrs[:min(len(addrs), maxAddrs)])
	m.start(func() { m.comeTo(p, addrs) })
}

// meansOthers reports whether p, which calls from port, does not mean this node: it has dialled a link to us, or we one to that
// very port.
func (p *peer) meansOthers(port uint16) bool {
	return slices.ContainsFunc(p.links, func(l *link) bool { return !l.Dialled || l.Remote.Port() == port })
}

// comeTo links to a peer that has called, unless too many strangers are being dialled already.
func (m *Manager) comeTo(p *peer, addrs []netip.AddrPort) {
	select {
	case m.strangers <- struct{}{}:
	default:
		return
	}
	ctx, cancel := context.WithTimeout(m.ctx, dialTime)
	c, err := conn.DialAny(ctx, m.links, addrs, p.id, wire.PurposeLink)
	cancel()
	<-m.strangers
	if err != nil {
		m.cfg.Log.Debug("come to a caller", "peer", p.id, "err", err)
		return
	}
	m.welcome(c)
}
