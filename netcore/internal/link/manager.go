// Package link holds the truth about who is online: one authenticated
// connection to each running peer, kept for as long as both run.
//
// Discovery only hints at addresses; the [Manager] dials them until a node
// proves itself there. A peer is online while a link to it lives, whoever
// dialled it. A link that ends with a goodbye means that the peer has left; one
// that breaks is dialled anew once, at once, before the peer counts as gone,
// and then again and again in growing intervals.
package link

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

// Limits. Hints come from anyone on the network, so they may cost no more
// memory and dials than this.
const (
	maxPeers = 512
	maxAddrs = 6
	maxDials = 16 // under way at once
	maxLinks = 4  // to one peer: its window and a few short-lived commands
)

const (
	silence     = 8 * time.Second
	dialTime    = 5 * time.Second
	redialTime  = 500 * time.Millisecond
	probeTime   = 2 * time.Second
	byeTime     = time.Second
	firstRetry  = time.Second
	lastRetry   = time.Minute
	forgetAfter = 10 * time.Minute // without a link and without a hint
)

// A State is what is known of a peer at one moment.
type State struct {
	ID     identity.PeerID
	Hello  wire.Hello
	Addrs  []netip.AddrPort // where it was reached first, then where it may be
	Online bool
}

func (s State) equal(t State) bool {
	return s.Online == t.Online && s.Hello == t.Hello && slices.Equal(s.Addrs, t.Addrs)
}

// Config is what a Manager needs.
type Config struct {
	Conn *conn.Config
	// Changed is told of each change, one at a time and in order. It must not
	// block, nor call the Manager.
	Changed func(State)
	Log     *slog.Logger
}

// A Manager keeps the links of one node. Its methods may be called from any
// goroutine while Run runs.
type Manager struct {
	cfg   Config
	conn  conn.Config
	dials chan struct{} // holds a token for each dial under way
	ready chan struct{} // closed when ctx is set

	ctx   context.Context // Run's
	work  sync.WaitGroup
	mu    sync.Mutex
	ended bool
	peers map[identity.PeerID]*peer
}

// New returns a Manager. Nothing happens before Run.
func New(cfg Config) *Manager {
	m := &Manager{
		cfg:   cfg,
		conn:  *cfg.Conn,
		dials: make(chan struct{}, maxDials),
		ready: make(chan struct{}),
		peers: make(map[identity.PeerID]*peer),
	}
	if m.conn.Silence == 0 {
		m.conn.Silence = silence
	}
	return m
}

// Run lets the Manager work until ctx ends. Then it says goodbye on every link, and
// returns when all its goroutines have ended.
func (m *Manager) Run(ctx context.Context) {
	m.ctx = ctx
	close(m.ready)
	<-ctx.Done()
	m.mu.Lock()
	m.ended = true
	m.mu.Unlock()
	m.work.Wait()
}

// start runs f on a goroutine that Run waits for. Callers hold mu.
func (m *Manager) start(f func()) {
	if !m.ended {
		m.work.Go(f)
	}
}

// Hint says that the node id may be found at addrs. It proves nothing and is
// cheap to repeat.
func (m *Manager) Hint(id identity.PeerID, addrs []netip.AddrPort) {
	<-m.ready
	if id == m.conn.Identity.ID() || len(addrs) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.peer(id)
	p.hint(addrs)
	m.keep(p)
}

// Connect dials addrs and links to whoever answers there.
func (m *Manager) Connect(ctx context.Context, addrs []netip.AddrPort) (State, error) {
	<-m.ready
	c, err := conn.DialAny(ctx, &m.conn, addrs, identity.PeerID{}, wire.PurposeLink)
	if err != nil {
		return State{}, err
	}
	if c.Peer == m.conn.Identity.ID() {
		c.Close()
		return State{}, fmt.Errorf("%v is this computer itself", c.Remote)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ended {
		c.Close()
		return State{}, context.Canceled
	}
	p := m.peer(c.Peer)
	p.reached(c)
	p.hello = c.Hello
	m.start(func() { m.serve(p, c) })
	state := p.state()
	state.Online = true
	return state, nil
}

// Accept takes a link that a peer has dialled and serves it until it ends.
func (m *Manager) Accept(c *conn.Conn) {
	<-m.ready
	m.mu.Lock()
	if m.ended || c.Peer == m.conn.Identity.ID() {
		m.mu.Unlock()
		c.Close()
		return
	}
	p := m.peer(c.Peer)
	m.work.Add(1)
	m.mu.Unlock()
	defer m.work.Done()
	m.serve(p, c)
}

// Peers returns the peers that are online.
func (m *Manager) Peers() []State {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []State
	for _, p := range m.peers {
		if p.online {
			list = append(list, p.state())
		}
	}
	return list
}

// Peer returns what is known of a peer, online or not.
func (m *Manager) Peer(id identity.PeerID) (State, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.peers[id]
	if !ok {
		return State{ID: id}, false
	}
	return p.state(), true
}

// NetworkChanged asks every link for a sign of life and tries the peers that have
// none again now: addresses have changed, or the computer was asleep.
func (m *Manager) NetworkChanged() {
	<-m.ready
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.peers {
		for _, c := range p.links {
			m.start(func() {
				if err := c.Probe(probeTime); err != nil {
					c.Log.Debug("probe", "err", err)
				}
			})
		}
		p.wakeUp()
	}
}

// peer returns the record of id, made now if there is none. Callers hold mu.
func (m *Manager) peer(id identity.PeerID) *peer {
	if p, ok := m.peers[id]; ok {
		return p
	}
	if len(m.peers) >= maxPeers {
		m.evict()
	}
	p := &peer{id: id, wake: make(chan struct{}, 1), gone: make(chan struct{})}
	m.peers[id] = p
	return p
}

// evict makes room by forgetting the peer without a link that was hinted at
// longest ago, preferring those that never answered.
func (m *Manager) evict() {
	var oldest *peer
	for _, p := range m.peers {
		if len(p.links) > 0 || p.online {
			continue
		}
		if oldest == nil || p.staler(oldest) {
			oldest = p
		}
	}
	if oldest != nil {
		m.forget(oldest)
	}
}

func (m *Manager) forget(p *peer) {
	delete(m.peers, p.id)
	close(p.gone)
}

// keep sees to it that somebody tries to link to p. Callers hold mu.
func (m *Manager) keep(p *peer) {
	if p.reachable() {
		return
	}
	if p.kept {
		p.wakeUp()
		return
	}
	p.kept = true
	m.start(func() { m.keeper(p) })
}

// keeper dials p until there is a link, by whomever, or nothing speaks for it any more.
func (m *Manager) keeper(p *peer) {
	retry := firstRetry
	for {
		addrs, ok := m.wanted(p)
		if !ok {
			return
		}
		if c, err := m.dial(p, addrs); err == nil {
			m.unkeep(p)
			m.serve(p, c)
			return
		} else if m.ctx.Err() == nil {
			m.cfg.Log.Debug("link", "peer", p.id, "err", err)
		}
		m.graceOver(p)
		if !p.sleep(m.ctx, jitter(retry)) {
			retry = firstRetry / 2 // woken: things have changed
		}
		retry = min(2*retry, lastRetry)
	}
}

// wanted reports whether the keeper of p is to go on, and where to dial. If not, p is
// not kept any more.
func (m *Manager) wanted(p *peer) ([]netip.AddrPort, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.ctx.Err() != nil || p.reachable():
	case time.Since(p.hinted) > forgetAfter:
		if m.peers[p.id] == p {
			m.forget(p)
		}
	case m.peers[p.id] != p: // evicted
	default:
		return slices.Clone(p.addrs), true
	}
	p.kept = false
	return nil, false
}

func (m *Manager) unkeep(p *peer) {
	m.mu.Lock()
	p.kept = false
	m.mu.Unlock()
}

func (m *Manager) dial(p *peer, addrs []netip.AddrPort) (*conn.Conn, error) {
	select {
	case m.dials <- struct{}{}:
	case <-m.ctx.Done():
		return nil, context.Cause(m.ctx)
	}
	defer func() { <-m.dials }()
	limit := dialTime
	if m.inGrace(p) {
		limit = redialTime
	}
	ctx, cancel := context.WithTimeout(m.ctx, limit)
	defer cancel()
	c, err := conn.DialAny(ctx, &m.conn, addrs, p.id, wire.PurposeLink)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	p.reached(c)
	m.mu.Unlock()
	return c, nil
}
