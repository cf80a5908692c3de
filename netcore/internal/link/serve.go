package link

import (
	"context"
	"slices"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/wire"
)

// serve is the life of one link, from when it stands until it has ended.
func (m *Manager) serve(p *peer, c *conn.Conn) {
	if !m.join(p, c) {
		c.Close()
		return
	}
	stop := context.AfterFunc(m.ctx, c.Interrupt)
	bye, err := read(c)
	stop()
	switch {
	case m.ctx.Err() != nil:
		m.sayBye(c)
	case bye:
		c.Close()
	default:
		c.Log.Debug("link ended", "err", err)
		c.Fail(err)
	}
	m.leave(p, c, bye)
}

// read waits for the end of the link and reports whether the peer said goodbye.
func read(c *conn.Conn) (bye bool, err error) {
	t, _, err := c.Next()
	switch {
	case err != nil:
		return false, err
	case t == wire.TypeBye:
		return true, nil
	}
	return false, conn.Unexpected(t)
}

func (m *Manager) sayBye(c *conn.Conn) {
	if err := c.Send(wire.TypeBye); err != nil {
		c.Log.Debug("bye", "err", err)
	}
	c.Finish(byeTime)
}

// join takes c among the links of p, unless another one is to be kept instead.
func (m *Manager) join(p *peer, c *conn.Conn) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.peers[p.id] != p { // forgotten meanwhile
		if m.peers[p.id] != nil {
			return false
		}
		m.peers[p.id] = p
	}
	old, yields := p.rival(c, m.conn.Identity.ID())
	if old != nil && !yields || len(p.links) >= maxLinks {
		return false
	}
	p.links = append(p.links, c)
	p.reached(c)
	if c.Hello.Port != 0 {
		p.hello = c.Hello
	}
	if old != nil {
		m.start(old.Close)
	}
	p.grace = false
	c.Log.Info("link up", "name", c.Hello.Name, "dialled", c.Dialled)
	m.tell(p)
	return true
}

// leave takes c off the links of p and begins to dial anew: at once, if the
// link broke, and until that is over p still counts as online.
func (m *Manager) leave(p *peer, c *conn.Conn, bye bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p.hinted = time.Now() // it was there until now
	p.links = slices.DeleteFunc(p.links, func(l *conn.Conn) bool { return l == c })
	c.Log.Info("link down", "name", c.Hello.Name, "goodbye", bye)
	if c.Hello.Port != 0 && !p.reachable() && m.ctx.Err() == nil && len(p.addrs) > 0 {
		p.grace = !bye
		m.keep(p)
	}
	m.tell(p)
}

func (m *Manager) inGrace(p *peer) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return p.grace
}

func (m *Manager) graceOver(p *peer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p.grace {
		p.grace = false
		m.tell(p)
	}
}

// tell reports p if that is news. Callers hold mu.
func (m *Manager) tell(p *peer) {
	p.online = p.reachable() || p.grace
	now := p.state()
	if !now.Online && !p.told.Online || now.equal(p.told) {
		return
	}
	p.told = now
	m.cfg.Changed(now)
}
