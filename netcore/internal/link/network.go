package link

import (
	"net/netip"
	"slices"
	"time"

	"ferry/netcore/internal/discovery"
	"ferry/netcore/internal/wire"
)

// SetNetwork says what the computer's network is now: it has changed, or the computer was
// asleep. Links from addresses that are gone end; all others are asked for a sign of life, and told
// where this node can be dialled now; and who has no link is dialled at once, as if for the
// first time.
func (m *Manager) SetNetwork(n discovery.Network) {
	port := m.cfg.Conn.Hello().Port
	m.mu.Lock()
	defer m.mu.Unlock()
	m.network = n
	body := addrsBody(n, port)
	for _, p := range m.peers {
		p.retry, p.eager = 0, true
		for _, l := range p.links {
			if !n.HasLocal(l.Local.Addr()) && l.Local.IsValid() {
				l.Log.Debug("the address is gone", "local", l.Local)
				l.Abort()
				continue
			}
			m.start(func() { m.probe(l, body) })
		}
		p.wakeUp()
		m.tell(p) // the interface may have another name
	}
}

// probe wants a sign of life on l, and says addrs on it.
func (m *Manager) probe(l *link, addrs []byte) {
	if err := l.Probe(probeTime); err != nil {
		l.Log.Debug("probe", "err", err)
		return
	}
	if addrs != nil && l.Told.Port != 0 {
		m.say([]*link{l}, wire.TypeAddrs, addrs)
	}
}

// addrsBody is the body of the Addrs frame that says where this node listens; nil if it
// does not, or the network is not known.
func addrsBody(n discovery.Network, port uint16) []byte {
	addrs := wire.Addrs{}
	for _, a := range n.Addrs() {
		addrs.Addrs = append(addrs.Addrs, netip.AddrPortFrom(a, port))
	}
	if port == 0 || len(addrs.Addrs) == 0 {
		return nil
	}
	addrs.Addrs = addrs.Addrs[:min(len(addrs.Addrs), wire.MaxAddrs)]
	body, err := wire.Encode(addrs)
	if err != nil {
		return nil // addresses can be encoded
	}
	return body
}

// tellAddrs says on a new link where this node listens.
func (m *Manager) tellAddrs(l *link) {
	m.mu.Lock()
	n := m.network
	m.mu.Unlock()
	if body := addrsBody(n, l.Told.Port); body != nil {
		m.say([]*link{l}, wire.TypeAddrs, body)
	}
}

// heardAddrs takes in where a peer says that it listens. They are hints like any others, but that
// they come from the peer itself.
func (m *Manager) heardAddrs(p *peer, body []byte) error {
	var said wire.Addrs
	if err := wire.Decode(body, &said); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !p.news.Allow() {
		return nil
	}
	var hints []netip.AddrPort
	for _, a := range said.Addrs {
		for _, addr := range discovery.Sensible([]netip.Addr{a.Addr()}, m.network) {
			if hint := netip.AddrPortFrom(addr, a.Port()); a.Port() != 0 && !slices.Contains(hints, hint) {
				hints = append(hints, hint)
			}
		}
	}
	p.places.hint(hints[:min(len(hints), maxAddrs)])
	m.tell(p)
	return nil
}

// How often signs of life are given: the more links there are, the more rarely, so that
// all together cost about the same.
const linksPerInterval = 40

// repace asks for the interval that fits the number of links. Callers hold mu.
func (m *Manager) repace() {
	links := 0
	for _, p := range m.peers {
		links += len(p.links)
	}
	interval := intervalFor(links)
	// Not back and forth when one link comes and goes.
	if interval < m.interval {
		interval = intervalFor(links + linksPerInterval/4)
	}
	if interval == m.interval {
		return
	}
	m.interval = interval
	for _, p := range m.peers {
		for _, l := range p.links {
			l.SetInterval(interval)
		}
	}
}

func intervalFor(links int) time.Duration {
	return wire.ClampInterval(wire.Interval * time.Duration((links+linksPerInterval-1)/linksPerInterval))
}
