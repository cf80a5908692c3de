package link

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// errDuplicate says that another link to the same node is kept. The other side knows.
var errDuplicate = errors.New("there is another link")

// welcome serves a link until it ends, if there is a place for it.
func (m *Manager) welcome(c *conn.Conn) {
	p, err := m.join(c)
	if err != nil {
		m.refuse(c, err)
		return
	}
	m.serve(p, c)
}

// refuse ends a link that could not join. The peer is told why if it cannot know.
func (m *Manager) refuse(c *conn.Conn, err error) {
	c.Log.Debug("link refused", "err", err)
	if !errors.Is(err, fault.Busy) {
		c.Close()
		return
	}
	stop := context.AfterFunc(m.ctx, c.Abort)
	defer stop()
	c.Fail(err)
}

// serve is the life of a link that has joined, until it has ended.
func (m *Manager) serve(p *peer, c *conn.Conn) {
	defer m.work.Done()
	up := time.Now()
	stop := context.AfterFunc(m.ctx, c.Interrupt)
	bye, err := m.read(c)
	stop()
	lived := time.Since(up)
	switch {
	case m.ctx.Err() != nil:
		m.sayBye(c)
	case bye:
		c.Close()
	default:
		c.Log.Debug("link ended", "err", err)
		c.Fail(err)
	}
	m.leave(p, c, bye, lived >= m.steady)
}

// read takes what the peer says until the end of the link, and reports whether
// it said goodbye.
func (m *Manager) read(c *conn.Conn) (bye bool, err error) {
	for {
		t, _, err := c.Next()
		switch {
		case err != nil:
			return false, err
		case t == wire.TypeBye:
			return true, nil
		case t != wire.TypeWake && t != wire.TypeCancel:
			return false, conn.Unexpected(t)
		}
		body, err := c.Bytes()
		if err != nil {
			return false, err
		}
		if m.cfg.Notice != nil {
			m.cfg.Notice(c.Peer, t, [16]byte(body))
		}
	}
}

func (m *Manager) sayBye(c *conn.Conn) {
	if err := c.Send(wire.TypeBye); err != nil {
		c.Log.Debug("bye", "err", err)
	}
	c.Finish(byeTime)
}

// join takes c among the links of its peer, and adds to work what serve takes off.
// It fails with errDuplicate if another one is to be kept instead, and with
// fault.Busy if there are too many.
func (m *Manager) join(c *conn.Conn) (*peer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.ended:
		return nil, fault.Shutdown
	case c.Peer == m.self():
		return nil, fmt.Errorf("%v is this computer itself", c.Remote)
	}
	p := m.peer(c.Peer)
	if p == nil {
		return nil, fmt.Errorf("%w: links to %d devices", fault.Busy, maxPeers)
	}
	p.reached(c)
	old, yields := p.rival(c, m.self())
	switch {
	case old != nil && !yields:
		return nil, errDuplicate
	case old != nil:
		p.drop(old)
		m.start(old.Close)
	case p.full(c):
		return nil, fmt.Errorf("%w: %d links to one device", fault.Busy, maxLinks)
	}
	m.add(p, c)
	return p, nil
}

func (m *Manager) add(p *peer, c *conn.Conn) {
	m.work.Add(1)
	p.links = append(p.links, c)
	if c.Hello.Port != 0 {
		p.hello = c.Hello
		p.grace = time.Time{}
	}
	c.Log.Info("link up", "name", c.Hello.Name, "dialled", c.Dialled)
	m.tell(p)
}

// leave takes c off the links of p and sees to it that it is dialled anew: at once, if
// the link was a steady one. If it broke, p still counts as online for a moment.
func (m *Manager) leave(p *peer, c *conn.Conn, bye, steady bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p.hinted = time.Now() // it was there until now
	p.drop(c)
	for _, l := range p.links { // of several nodes of one identity, one may be left
		if l.Hello.Port != 0 {
			p.hello = l.Hello
		}
	}
	c.Log.Info("link down", "name", c.Hello.Name, "goodbye", bye)
	if !p.reachable() && m.ctx.Err() == nil && len(p.addrs) > 0 {
		if c.Hello.Port != 0 {
			m.broke(p, bye, steady)
		}
		m.keep(p)
	}
	m.tell(p)
}

// broke is the end of the last link to a node of p that listens.
func (m *Manager) broke(p *peer, bye, steady bool) {
	if steady {
		p.retry = 0
		p.wakeUp()
	}
	if !bye {
		p.grace = time.Now().Add(graceTime)
		m.start(func() { m.awaitGrace(p) })
	}
}

// awaitGrace ends p's grace when it is due, whatever its keeper waits for.
func (m *Manager) awaitGrace(p *peer) {
	p.sleep(m.ctx, graceTime, nil)
	m.mu.Lock()
	due := !p.grace.After(time.Now()) // or there is a later one
	m.mu.Unlock()
	if due && m.ctx.Err() == nil {
		m.graceOver(p)
	}
}

func (m *Manager) graceOver(p *peer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !p.grace.IsZero() {
		p.grace = time.Time{}
		m.tell(p)
	}
}

// tell reports p if that is news. Callers hold mu.
func (m *Manager) tell(p *peer) {
	p.online = p.reachable() || !p.grace.IsZero()
	now := p.state()
	if !now.Online && !p.told.Online || now.equal(p.told) {
		return
	}
	p.told = now
	m.cfg.Changed(now)
}
