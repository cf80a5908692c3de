package link

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"syscall"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
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
			m.failed(p, err)
		}
		m.graceOver(p)
	}
}

// pause waits until p is to be dialled: its interval is over, or somebody spoke of it.
// Those who speak are not to be trusted, so not even they make it dial more often
// than once in firstRetry.
func (m *Manager) pause(p *peer) {
	retry, _ := m.retryOf(p)
	if retry == 0 || p.sleep(m.ctx, jitter(retry), p.wake) {
		return
	}
	if retry, tried := m.retryOf(p); retry > 0 {
		p.sleep(m.ctx, firstRetry-time.Since(tried), nil)
	}
}

func (m *Manager) retryOf(p *peer) (retry time.Duration, tried time.Time) {
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
	addrs, limit := m.attempt(p)
	ctx, cancel := context.WithTimeout(m.ctx, limit)
	defer cancel()
	if m.cfg.Unanswered != nil && (m.cfg.Conn.Hello().Port == 0 || m.access(p.id) == Awaited) {
		defer time.AfterFunc(callDelay, func() { m.cfg.Unanswered(p.id) }).Stop()
	}
	return conn.DialEach(ctx, m.links, addrs, p.id, wire.PurposeLink, m.noteAt(p))
}

// noteAt returns what takes down how attempts on p's addresses went.
func (m *Manager) noteAt(p *peer) func(conn.Attempt) {
	return func(a conn.Attempt) {
		m.mu.Lock()
		defer m.mu.Unlock()
		p.places.tried(a)
		if a.Addr == p.last && refused(a.Err) { // its computer is there, and it is not
			m.endGrace(p)
		}
	}
}

// refused reports whether a computer has answered that nobody listens, or does no longer.
func refused(err error) bool {
	const wsaRefused, wsaReset = 10061, 10054 // which are not the same on Windows
	var errno syscall.Errno
	return errors.As(err, &errno) &&
		slices.Contains([]syscall.Errno{syscall.ECONNREFUSED, syscall.ECONNRESET, wsaRefused, wsaReset}, errno)
}

func (m *Manager) slots(p *peer) chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case p.places.proved():
		return m.friends
	case !p.remembered.IsZero():
		return m.remembered
	}
	return m.strangers
}

// wanted reports whether the keeper of p is to go on. If not, p is not kept any more.
func (m *Manager) wanted(p *peer) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.ctx.Err() != nil || p.reachable() || m.peers[p.id] != p:
	case m.access(p.id) == None:
	case p.hintedLately() || !p.remembered.IsZero():
		return true
	case len(p.links) == 0:
		m.forget(p)
	}
	p.kept = false
	return false
}

func (p *peer) hintedLately() bool { return time.Since(p.hinted) <= forgetAfter }

// attempt notes that p is being dialled now, and returns where, and for how long. The next
// interval is longer, whatever comes of it: only a link that lasts makes good
// for it.
func (m *Manager) attempt(p *peer) ([]netip.AddrPort, time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p.tried = time.Now()
	select {
	case <-p.wake: // what woke it is among the addresses
	default:
	}
	limit := dialTime
	if p.eager {
		p.eager, limit = false, eagerTime
	} else {
		p.retry = min(max(2*p.retry, firstRetry), p.slowest())
	}
	return p.places.best(m.network), limit
}

// slowest is the longest interval between dials.
func (p *peer) slowest() time.Duration {
	if p.hintedLately() {
		return lastRetry
	}
	return slowRetry
}

// failed takes in why p could not be dialled: one that is there and lets nobody in will not
// think better of it soon.
func (m *Manager) failed(p *peer, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if errors.Is(err, fault.Untrusted) {
		p.retry = lastRetry
	}
}

func (m *Manager) unkeep(p *peer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p.kept = false
}
