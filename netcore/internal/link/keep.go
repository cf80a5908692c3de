package link

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/wire"
)

// errUnwanted says that a peer need not be dialled (any more).
var errUnwanted = errors.New("not to be dialled")

// keep sees to it that somebody tries to link to p. Callers hold mu.
func (m *Manager) keep(p *peer) {
	if p.kept || p.reachable() {
		return
	}
	p.kept = m.start(func() { m.keeper(p) })
}

// keeper dials p until there is a link, by whomever, or nothing speaks for it any more.
func (m *Manager) keeper(p *peer) {
	for {
		m.pause(p)
		c, err := m.dial(p)
		switch {
		case err == nil:
			m.unkeep(p)
			m.welcome(c)
			return
		case errors.Is(err, errUnwanted):
			return
		case m.ctx.Err() == nil:
			m.cfg.Log.Debug("link", "peer", p.id, "err", err)
		}
		m.graceOver(p)
	}
}

// pause waits until p is to be dialled: its interval is over, or somebody spoke of it.
// Those who speak are not to be trusted, so not even they make it dial more often
// than once in firstRetry.
func (m *Manager) pause(p *peer) {
	retry, _ := m.interval(p)
	if retry == 0 || p.sleep(m.ctx, jitter(retry), p.wake) {
		return
	}
	if retry, tried := m.interval(p); retry > 0 {
		p.sleep(m.ctx, firstRetry-time.Since(tried), nil)
	}
}

func (m *Manager) interval(p *peer) (retry time.Duration, tried time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return p.retry, p.tried
}

// dial tries p's addresses once, as soon as it is its turn.
func (m *Manager) dial(p *peer) (*conn.Conn, error) {
	slots := m.slots(p)
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	case <-p.gone:
	case <-m.ctx.Done():
	}
	if !m.wanted(p) {
		return nil, errUnwanted
	}
	ctx, cancel := context.WithTimeout(m.ctx, dialTime)
	defer cancel()
	return conn.DialAny(ctx, m.cfg.Conn, m.attempt(p), p.id, wire.PurposeLink)
}

func (m *Manager) slots(p *peer) chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p.proved > 0 {
		return m.friends
	}
	return m.strangers
}

// wanted reports whether the keeper of p is to go on. If not, p is not kept any more.
func (m *Manager) wanted(p *peer) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.ctx.Err() != nil || p.reachable() || m.peers[p.id] != p:
	case time.Since(p.hinted) <= forgetAfter:
		return true
	case len(p.links) == 0:
		m.forget(p)
	}
	p.kept = false
	return false
}

// attempt notes that p is being dialled now, and returns where. The next
// interval is longer, whatever comes of it: only a link that lasts makes good
// for it.
func (m *Manager) attempt(p *peer) []netip.AddrPort {
	m.mu.Lock()
	defer m.mu.Unlock()
	p.tried = time.Now()
	p.retry = min(max(2*p.retry, firstRetry), lastRetry)
	select {
	case <-p.wake: // what woke it is among the addresses
	default:
	}
	return slices.Clone(p.addrs)
}

func (m *Manager) unkeep(p *peer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p.kept = false
}
