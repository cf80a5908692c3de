package link

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

const (
	// reachTime is how long an address gets to answer when it is only tried.
	reachTime = 3 * time.Second
	// checkTime is how long a peer gets to try ours, and to say how that went.
	checkTime = reachTime + 4*time.Second
	// checkSpacing is how often a peer may ask for that.
	checkSpacing = 2 * time.Second
)

// A Diagnosis is what is known about reaching a peer.
type Diagnosis struct {
	Addrs []Attempt // in the order in which they are dialled
	Links []Standing
}

// An Attempt is how the last attempt on an address went.
type Attempt struct {
	Addr      netip.AddrPort
	Proved    bool          // the peer has answered there
	When      time.Time     // zero: not tried yet
	RoundTrip time.Duration // if Err is nil
	// Err wraps fault.Offline if nobody is there, and fault.Timeout too if nothing
	// came back, as with a firewall; otherwise it is what was answered.
	Err error
}

// Standing is a link that stands.
type Standing struct {
	Remote    netip.AddrPort
	Dialled   bool // by this side
	Hello     wire.Hello
	Since     time.Time
	RoundTrip time.Duration // 0: not measured yet
}

// Diagnose returns what is known about reaching a peer, without trying anything.
func (m *Manager) Diagnose(id identity.PeerID) Diagnosis {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.peers[id]
	if !ok {
		return Diagnosis{}
	}
	var d Diagnosis
	for _, pl := range p.places.sorted(m.network) {
		d.Addrs = append(d.Addrs, Attempt{Addr: pl.addr, Proved: pl.proved, When: pl.when, RoundTrip: pl.trip, Err: pl.err})
	}
	for _, l := range p.links {
		d.Links = append(d.Links, Standing{
			Remote: l.Remote, Dialled: l.Dialled, Hello: l.hello, Since: l.since, RoundTrip: l.RoundTrip(),
		})
	}
	return d
}

// Reach tries every address of a peer now, all at once, and returns how that went, in
// the order in which they would be dialled. It takes 3 s at most.
func (m *Manager) Reach(ctx context.Context, id identity.PeerID) []Attempt {
	m.mu.Lock()
	p, ok := m.peers[id]
	if !ok {
		m.mu.Unlock()
		return nil
	}
	addrs := p.places.best(m.network)
	m.mu.Unlock()
	return m.reach(ctx, p, addrs)
}

// reach tries addresses of a peer.
func (m *Manager) reach(ctx context.Context, p *peer, addrs []netip.AddrPort) []Attempt {
	ctx, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	tried := make([]Attempt, len(addrs))
	note := m.noteAt(p)
	var all sync.WaitGroup
	for i, addr := range addrs {
		all.Go(func() {
			a := m.try(ctx, addr, p.id)
			note(a)
			tried[i] = Attempt{Addr: addr, Proved: a.Err == nil, When: time.Now(), RoundTrip: a.RoundTrip, Err: a.Err}
		})
	}
	all.Wait()
	return tried
}

// try sees whether a peer answers at an address. One that answers that it wants nothing to do
// with this node is there.
func (m *Manager) try(ctx context.Context, addr netip.AddrPort, id identity.PeerID) conn.Attempt {
	c, err := conn.Dial(ctx, m.links, addr, id, wire.PurposeCheck)
	var remote *conn.RemoteError
	switch {
	case err == nil:
		defer c.Close()
		return conn.Attempt{Addr: addr, RoundTrip: c.RoundTrip()}
	case errors.As(err, &remote):
		return conn.Attempt{Addr: addr}
	}
	return conn.Attempt{Addr: addr, Err: err}
}

// CheckBack asks a peer over a link to try the addresses of this node that it knows, and returns
// how that went. The error wraps fault.Offline if there is no link, fault.Timeout if there is no answer
// within 7 s, and fault.Busy if it was asked more often than every 2 s.
func (m *Manager) CheckBack(ctx context.Context, id identity.PeerID) ([]Attempt, error) {
	links := m.linksTo(id)
	i := slices.IndexFunc(links, func(l *link) bool { return l.asking.CompareAndSwap(false, true) })
	switch {
	case len(links) == 0:
		return nil, fmt.Errorf("%w: no link", fault.Offline)
	case i < 0:
		return nil, fmt.Errorf("%w: one at a time", fault.Busy)
	}
	l := links[i]
	defer l.asking.Store(false)
	if !m.say([]*link{l}, wire.TypeCheck, nil) {
		return nil, fault.Lost
	}
	timeout := time.NewTimer(checkTime)
	defer timeout.Stop()
	select {
	case answer := <-l.checked:
		if answer.Busy {
			return nil, fault.Busy
		}
		return AttemptsOf(answer.Results), nil
	case <-l.ended:
		return nil, fault.Lost
	case <-timeout.C:
		return nil, fault.Timeout
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// AttemptsOf reads what another node has found out.
func AttemptsOf(results []wire.Result) []Attempt {
	var list []Attempt
	for _, r := range results {
		a := Attempt{Addr: r.Addr, Proved: r.Code == "", When: time.Now(), RoundTrip: time.Duration(r.Micros) * time.Microsecond}
		switch r.Code {
		case "":
		case fault.CodeOf(fault.Timeout):
			a.Err = fmt.Errorf("%w: %w", fault.Offline, fault.Timeout)
		default:
			a.Err = r.Code.Kind()
		}
		list = append(list, a)
	}
	return list
}

// heardChecked takes in an answer. One that nobody waits for any more means nothing.
func (l *link) heardChecked(body []byte) error {
	answer := new(wire.Checked)
	if err := wire.Decode(body, answer); err != nil {
		return err
	}
	if l.asking.Load() {
		select {
		case l.checked <- answer:
		default:
		}
	}
	return nil
}

// checking reports whether a peer was asked to try this node's addresses.
func (m *Manager) checking(id identity.PeerID) bool {
	return slices.ContainsFunc(m.linksTo(id), func(l *link) bool { return l.asking.Load() })
}

// check does what a peer asks for with a Check. It does not wait. Who asks again before the answer is said gets no other.
func (m *Manager) check(p *peer, l *link) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !l.answering.CompareAndSwap(false, true) {
		return
	}
	allowed := p.checks.Allow()
	m.start(func() {
		defer l.answering.Store(false)
		answer := wire.Checked{Busy: !allowed}
		if allowed {
			answer.Results = ResultsOf(m.reach(m.ctx, p, m.everywhere(p)))
		}
		if err := l.SendControl(wire.TypeChecked, answer); err != nil {
			l.Log.Debug("checked", "err", err)
			return
		}
		if err := l.Flush(); err != nil {
			l.Log.Debug("checked", "err", err)
		}
	})
}

// everywhere returns all addresses that may be p's.
func (m *Manager) everywhere(p *peer) []netip.AddrPort {
	list := m.known(p)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, addr := range p.places.best(m.network) {
		if len(list) < maxAddrs && !slices.Contains(list, addr) {
			list = append(list, addr)
		}
	}
	return list
}

// ResultsOf is what another node is told of attempts.
func ResultsOf(tried []Attempt) []wire.Result {
	list := make([]wire.Result, 0, len(tried))
	for _, a := range tried {
		r := wire.Result{Addr: netip.AddrPortFrom(a.Addr.Addr().WithZone(""), a.Addr.Port()), Micros: a.RoundTrip.Microseconds()}
		switch {
		case a.Err == nil:
		case errors.Is(a.Err, identity.ErrPeerID):
			r.Code = fault.CodeOf(fault.Untrusted)
		case errors.Is(a.Err, fault.Timeout):
			r.Code = fault.CodeOf(fault.Timeout)
		default:
			r.Code = fault.CodeOf(a.Err)
		}
		list = append(list, r)
	}
	return list
}
