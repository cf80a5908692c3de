package link

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// errDuplicate says that another link to the same node is kept. The other side knows.
var errDuplicate = errors.New("there is another link")

// contestTime is how long a link gets to show that it is alive after its peer has dialled
// another one.
const contestTime = time.Second / 2

// A duplicate is errDuplicate, with the link that is kept.
type duplicate struct{ kept *link }

func (*duplicate) Error() string        { return errDuplicate.Error() }
func (*duplicate) Is(target error) bool { return target == errDuplicate }

// welcome serves a link until it ends, if there is a place for it.
func (m *Manager) welcome(c *conn.Conn) {
	p, l, err := m.join(c)
	var other *duplicate
	if errors.As(err, &other) && !c.Dialled {
		p, l, err = m.contest(other.kept, c)
	}
	if err != nil {
		m.refuse(c, err)
		return
	}
	m.serve(p, l)
}

// contest decides between a link that would be kept by rule, and c, which the peer has dialled. Either the
// two have dialled each other at once: then the peer closes c itself. Or its end
// of the other one is gone, as happens when it has got a new address.
func (m *Manager) contest(kept *link, c *conn.Conn) (*peer, *link, error) {
	m.mu.Lock()
	if kept.heir != nil {
		kept.heir.Abort() // whoever waits with it finds that out
	}
	kept.heir = c
	m.mu.Unlock()
	if err := kept.Probe(contestTime); err != nil {
		kept.Log.Debug("probe", "err", err)
	}
	timeout := time.NewTimer(contestTime + contestTime/4)
	defer timeout.Stop()
	select {
	case <-kept.ended:
	case <-timeout.C:
	case <-m.ctx.Done():
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.peers[c.Peer]
	if p != nil {
		if i := slices.IndexFunc(p.links, func(l *link) bool { return l.Conn == c }); i >= 0 {
			return p, p.links[i], nil // leave has let it in
		}
	}
	if kept.heir == c {
		kept.heir = nil
	}
	return nil, nil, errDuplicate
}

// refuse ends a link that could not join. The peer is told why if it cannot know.
func (m *Manager) refuse(c *conn.Conn, err error) {
	c.Log.Debug("link refused", "err", err)
	if !errors.Is(err, fault.Busy) && !errors.Is(err, fault.Untrusted) {
		c.Close()
		return
	}
	stop := context.AfterFunc(m.ctx, c.Abort)
	defer stop()
	c.Fail(err)
}

// serve is the life of a link that has joined, until it has ended.
func (m *Manager) serve(p *peer, l *link) {
	defer m.work.Done()
	stop := context.AfterFunc(m.ctx, l.Interrupt)
	m.tellAddrs(l)
	m.tellName(l)
	m.beginPicture(l)
	bye, err := m.read(p, l)
	stop()
	lived := time.Since(l.since)
	switch {
	case m.ctx.Err() != nil, l.leaving.Load():
		m.sayBye(l.Conn)
	case bye:
		l.Close()
	default:
		l.Log.Debug("link ended", "err", err)
		l.Fail(err)
	}
	m.leave(p, l, bye, lived >= m.steady || l.leaving.Load())
}

// read takes what the peer says until the end of the link, and reports whether
// it said goodbye.
func (m *Manager) read(p *peer, l *link) (bye bool, err error) {
	for {
		t, _, err := l.Next()
		if err != nil {
			return false, err
		}
		body, err := l.Bytes()
		if err != nil {
			return false, err
		}
		if t == wire.TypeBye {
			return true, nil
		}
		if err := m.heard(p, l, t, body); err != nil {
			return false, err
		}
	}
}

// heard takes in a frame. body is valid until it returns.
func (m *Manager) heard(p *peer, l *link, t wire.Type, body []byte) error {
	switch t {
	case wire.TypeWake, wire.TypeCancel:
		if m.cfg.Notice != nil {
			id, why := wire.ReadCancel(body) // a Wake has the same, and no reason
			m.cfg.Notice(p.id, t, id, why)
		}
	case wire.TypeCall:
		m.dialBack(p, [16]byte(body))
	case wire.TypeAddrs:
		return m.heardAddrs(p, l, body)
	case wire.TypeName:
		return m.heardName(p, l, body)
	case wire.TypePicture:
		if m.cfg.Pictured != nil {
			m.cfg.Pictured(p.id, body)
		}
	case wire.TypeCheck:
		m.check(p, l)
	case wire.TypeChecked:
		return l.heardChecked(body)
	case wire.TypeVerify, wire.TypeNonce, wire.TypeVerdict:
		if m.cfg.Compare != nil {
			return m.cfg.Compare(Line{l}, t, body)
		}
	default:
		return conn.Unexpected(t)
	}
	return nil
}

func (m *Manager) sayBye(c *conn.Conn) {
	if err := c.Send(wire.TypeBye); err != nil {
		c.Log.Debug("bye", "err", err)
	}
	c.Finish(byeTime)
}

// join takes c among the links of its peer, and adds to work what serve takes off.
// It fails with errDuplicate if another one is to be kept instead, with
// fault.Busy if there are too many, and with fault.Untrusted if there should be none.
func (m *Manager) join(c *conn.Conn) (*peer, *link, error) {
	self := m.cfg.Conn.Hello()
	if c.Peer == m.self() {
		m.met(c, self.Instance)
		return nil, nil, fmt.Errorf("%v is this computer itself", c.Remote)
	}
	access := m.access(c.Peer)
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.ended:
		return nil, nil, fault.Shutdown
	case access == None || !fits(c, access, self.Port != 0):
		return nil, nil, fmt.Errorf("%w: not to be linked to", fault.Untrusted)
	}
	p := m.peer(c.Peer)
	if p == nil {
		return nil, nil, fmt.Errorf("%w: links to %d devices", fault.Busy, maxPeers)
	}
	p.reached(c)
	old, yields := p.rival(c, m.self())
	switch {
	case old != nil && !yields:
		return nil, nil, &duplicate{old}
	case old != nil:
		p.drop(old)
		m.start(old.Close)
	case p.full(c):
		return nil, nil, fmt.Errorf("%w: %d links to one device", fault.Busy, maxLinks)
	}
	return p, m.add(p, c), nil
}

func (m *Manager) add(p *peer, c *conn.Conn) *link {
	m.work.Add(1)
	l := newLink(c)
	p.links = append(p.links, l)
	if m.cfg.Pace != nil {
		l.SetPace(m.cfg.Pace(p.id))
	}
	if c.Hello.Port != 0 {
		p.hello = l.hello
		p.grace = time.Time{}
	}
	c.Log.Info("link up", "name", c.Hello.Name, "dialled", c.Dialled)
	l.SetInterval(m.interval)
	m.repace()
	m.tell(p)
	if m.cfg.Linked != nil {
		m.cfg.Linked(p.id)
	}
	return l
}

// leave takes l off the links of p and sees to it that it is dialled anew: at once, if
// the link was a steady one. If it broke, p still counts as online for a moment.
func (m *Manager) leave(p *peer, l *link, bye, steady bool) {
	access := m.access(p.id)
	m.mu.Lock()
	defer m.mu.Unlock()
	p.hinted = time.Now() // it was there until now
	p.drop(l)
	if l.heir != nil && !bye && m.ctx.Err() == nil {
		l.Log.Info("link replaced", "by", l.heir.Remote)
		m.add(p, l.heir)
		return
	}
	m.repace()
	for _, other := range p.links { // of several nodes of one identity, one may be left
		if other.Hello.Port != 0 {
			p.hello = other.hello
		}
	}
	l.Log.Info("link down", "name", l.Hello.Name, "goodbye", bye)
	if !p.reachable() && m.ctx.Err() == nil && len(p.places) > 0 && access != None {
		if l.Hello.Port != 0 {
			m.broke(p, l, bye, steady)
		}
		m.keep(p)
	}
	m.tell(p)
}

// broke is the end of the last link to a node of p that listens.
func (m *Manager) broke(p *peer, l *link, bye, steady bool) {
	if steady || !bye && time.Since(p.tried) >= firstRetry && m.quick.Allow() {
		p.retry = 0
		p.wakeUp()
	}
	if !bye {
		p.last, _ = l.where()
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
	m.endGrace(p)
}

// endGrace tells that p is gone, if it only counted as online. Callers hold mu.
func (m *Manager) endGrace(p *peer) {
	if !p.grace.IsZero() {
		p.grace = time.Time{}
		m.tell(p)
	}
}

// tell reports p if that is news. Callers hold mu.
func (m *Manager) tell(p *peer) {
	p.online = p.reachable() || !p.grace.IsZero()
	p.findVia(m.network)
	now := p.state()
	if !now.Online && !p.told.Online || now.equal(p.told) {
		return
	}
	p.told = now
	m.cfg.Changed(now)
}
