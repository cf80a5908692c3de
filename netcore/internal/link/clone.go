package link

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/wire"
)

// cloneSpacing is how often a clone is told of at most, and looked for where somebody
// says that he is us.
const cloneSpacing = time.Minute

// A cloneWatch remembers when that was done last.
type cloneWatch struct {
	mu     sync.Mutex
	told   time.Time
	looked time.Time
}

// due reports whether it is time again, and if so, notes that it was done.
func (w *cloneWatch) due(last *time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !last.IsZero() && time.Since(*last) < cloneSpacing {
		return false
	}
	*last = time.Now()
	return true
}

// met is told of a node with this one's own identity. It is a clone if it is another one, on
// another computer; several of one computer share an identity and are none.
func (m *Manager) met(c *conn.Conn, instance string) {
	if c.Hello.Instance == instance || m.isHere(c.Remote.Addr()) || c.Remote.Addr() == c.Local.Addr() {
		return
	}
	if m.cfg.Clone != nil && m.clones.due(&m.clones.told) {
		m.cfg.Log.Warn("another computer has this one's identity", "addr", c.Remote)
		m.cfg.Clone(c.Remote, c.Hello)
	}
}

// isHere reports whether addr is this computer's.
func (m *Manager) isHere(addr netip.Addr) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return addr.IsLoopback() || m.network.HasLocal(addr)
}

// suspect looks whether a clone is at addrs, where somebody says that this node is. Anybody can say that;
// only a clone can prove it.
func (m *Manager) suspect(addrs []netip.AddrPort) {
	addrs = slices.DeleteFunc(slices.Clone(addrs), func(a netip.AddrPort) bool { return m.isHere(a.Addr()) })
	if len(addrs) == 0 || m.cfg.Clone == nil || !m.clones.due(&m.clones.looked) {
		return
	}
	addrs = addrs[:min(len(addrs), maxAddrs)]
	m.mu.Lock()
	defer m.mu.Unlock()
	m.start(func() {
		ctx, cancel := context.WithTimeout(m.ctx, dialTime)
		defer cancel()
		c, err := conn.DialAny(ctx, m.links, addrs, m.self(), wire.PurposeLink)
		if err != nil {
			m.cfg.Log.Debug("somebody says that he is us, and is not", "addrs", addrs, "err", err)
			return
		}
		m.welcome(c)
	})
}
