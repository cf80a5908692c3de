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
	for _, p := range m.peers {
		p.retry, p.eager = 0, true
		for _, l := range p.links {
			if !n.HasLocal(l.Local.Addr()) && l.Local.IsValid() {
				l.Log.Debug("the address is gone", "local", l.Local)
				l.Abort()
				continue
			}
			body := l.addrsBody(n, port)
			m.start(func() { m.probe(l, body) })
		}
		p.wakeUp()
		m.tell(p) // the interface may have another name
	}
}

// PortChanged says that the port in the hello of Config.Conn is another one than before: peers to which links stand are
// told, as far as they may know where this node listens.
func (m *Manager) PortChanged() {
	port := m.cfg.Conn.Hello().Port
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.peers {
		for _, l := range p.links {
			if body := l.addrsBody(m.network, port); body != nil {
				m.start(func() { m.say([]*link{l}, wire.TypeAddrs, body) })
			}
		}
	}
}

// probe wants a sign of life on l, and says addrs on it, unless they are nil.
func (m *Manager) probe(l *link, addrs []byte) {
	if err := l.Probe(probeTime); err != nil {
		l.Log.Debug("probe", "err", err)
		return
	}
	if addrs != nil {
		m.say([]*link{l}, wire.TypeAddrs, addrs)
	}
}

// addrsBody is the body of the Addrs frame that says to the other end of l where this node listens; nil if there is
// nothing to say: it listens nowhere, the other end is not to know, or the network is not known and the port is what
// was said in the hello.
func (l *link) addrsBody(n discovery.Network, port uint16) []byte {
	if port == 0 || l.Told.Port == 0 {
		return nil
	}
	local := n.Addrs()
	if len(local) == 0 && port != l.Told.Port {
		local = []netip.Addr{l.Local.Addr().WithZone("")}
	}
	addrs := wire.Addrs{}
	for _, a := range local {
		addrs.Addrs = append(addrs.Addrs, netip.AddrPortFrom(a, port))
	}
	if len(addrs.Addrs) == 0 {
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
	port := m.cfg.Conn.Hello().Port // which may be newer than what was said in the hello
	m.mu.Lock()
	n := m.network
	m.mu.Unlock()
	if body := l.addrsBody(n, port); body != nil {
		m.say([]*link{l}, wire.TypeAddrs, body)
	}
}

// heardAddrs takes in where a peer says on l that it listens. They are hints like any others, but that
// they come from the peer itself: it has a say in which port of its own is dialled, as in its hello.
func (m *Manager) heardAddrs(p *peer, l *link, body []byte) error {
	var said wire.Addrs
	if err := wire.Decode(body, &said); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !p.news.Allow() {
		return nil
	}
	l.heardPort(p, said.Addrs)
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

// heardPort takes over on which port the other end of l listens now. One that has said that it listens nowhere
// stays unlisted. Callers hold the Manager's mu.
func (l *link) heardPort(p *peer, said []netip.AddrPort) {
	if len(said) == 0 || said[0].Port() == 0 || l.port == 0 || said[0].Port() == l.port {
		return
	}
	p.places.move(l.port, said[0].Port())
	l.port = said[0].Port()
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
