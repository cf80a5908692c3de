// Package link holds the truth about who is online: one authenticated
// connection to each running peer, kept for as long as both run.
//
// Discovery only hints at addresses; the [Manager] dials them until a node
// proves itself there. A peer is online while a link to it lives, whoever
// dialled it. A link that ends with a goodbye means that the peer has left; one
// that breaks leaves the peer online for a moment, in which it is dialled anew.
// What cannot be reached is dialled again and again in growing intervals, and so is
// a peer whose links never last: only one that did is worth a dial at once.
package link

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

// Limits. Hints come from anyone on the network, so they may cost no more
// memory and dials than this.
const (
	maxPeers = 512
	maxAddrs = 6
	maxDials = 16 // under way at once to peers that were reached before, and as many to others
	maxLinks = 4  // to one peer's nodes that listen, and as many to its short-lived commands
)

const (
	dialTime    = 5 * time.Second
	graceTime   = 500 * time.Millisecond // how long a peer is online without a link
	steadyTime  = 10 * time.Second       // a link that lived longer was no accident
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
	// Notice is told what a peer says of the transfer id: a Wake or a Cancel.
	// Calls for one peer may overlap if it has several links. It holds up the link that
	// it came over for as long as it runs.
	Notice func(peer identity.PeerID, t wire.Type, id [16]byte)
	Log    *slog.Logger
}

// A Manager keeps the links of one node. Its methods may be called from any
// goroutine while Run runs.
type Manager struct {
	cfg    Config
	steady time.Duration // steadyTime, but in tests
	ready  chan struct{} // closed when ctx is set

	// Each holds a token for each dial under way. Hints at addresses that swallow
	// everything, as anyone may give, must not hold up a friend whose link broke.
	friends, strangers chan struct{}

	ctx   context.Context // Run's, nil before
	work  sync.WaitGroup
	mu    sync.Mutex
	ended bool
	peers map[identity.PeerID]*peer
}

// New returns a Manager. Nothing happens before Run.
func New(cfg Config) *Manager {
	return &Manager{
		cfg:       cfg,
		steady:    steadyTime,
		ready:     make(chan struct{}),
		friends:   make(chan struct{}, maxDials),
		strangers: make(chan struct{}, maxDials),
		peers:     make(map[identity.PeerID]*peer),
	}
}

// Run lets the Manager work until ctx ends. Then it says goodbye on every link, and
// returns when all its goroutines have ended.
func (m *Manager) Run(ctx context.Context) {
	m.mu.Lock()
	m.ctx = ctx
	close(m.ready)
	for _, p := range m.peers { // hinted at before
		m.keep(p)
	}
	m.mu.Unlock()
	<-ctx.Done()
	m.mu.Lock()
	m.ended = true
	m.mu.Unlock()
	m.work.Wait()
}

// start runs f on a goroutine that Run waits for. It reports false, and does
// nothing, while Run does not run. Callers hold mu.
func (m *Manager) start(f func()) bool {
	if m.ctx == nil || m.ended {
		return false
	}
	m.work.Go(f)
	return true
}

func (m *Manager) self() identity.PeerID { return m.cfg.Conn.Identity.ID() }

// Hint says that the node id may be found at addrs. It proves nothing and is
// cheap to repeat.
func (m *Manager) Hint(id identity.PeerID, addrs []netip.AddrPort) {
	if id == m.self() || len(addrs) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.peer(id)
	if p == nil {
		return
	}
	p.hint(addrs)
	if !p.reachable() {
		m.keep(p)
		p.wakeUp()
	}
}

// Connect dials addrs and links to whoever answers there. Before Run it waits
// for that, until ctx ends. The error wraps [fault.Busy] if this node has no room for
// the peer.
func (m *Manager) Connect(ctx context.Context, addrs []netip.AddrPort) (State, error) {
	select {
	case <-m.ready:
	case <-ctx.Done():
		return State{}, fmt.Errorf("%w: %w", fault.Offline, context.Cause(ctx))
	}
	c, err := conn.DialAny(ctx, m.cfg.Conn, addrs, identity.PeerID{}, wire.PurposeLink)
	if err != nil {
		return State{}, err
	}
	p, err := m.join(c)
	switch {
	case err == nil:
		go m.serve(p, c)
	case errors.Is(err, errDuplicate):
		m.refuse(c, err) // the other link says the same
	default:
		m.refuse(c, err)
		return State{}, err
	}
	state, _ := m.Peer(c.Peer)
	state.Hello, state.Online = c.Hello, true
	return state, nil
}

// Accept takes a link that a peer has dialled and serves it until it ends. It
// waits for Run.
func (m *Manager) Accept(c *conn.Conn) {
	<-m.ready
	m.welcome(c)
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

// Notify says a Wake or a Cancel of the transfer id on every link to peer. It reports whether
// there was one on which it could be said; that it arrives is not certain.
func (m *Manager) Notify(peer identity.PeerID, t wire.Type, id [16]byte) bool {
	m.mu.Lock()
	var links []*conn.Conn
	if p, ok := m.peers[peer]; ok {
		links = slices.Clone(p.links)
	}
	m.mu.Unlock()
	said := false
	for _, c := range links {
		err := c.Send(t, id[:])
		if err == nil {
			err = c.Flush()
		}
		if err != nil {
			c.Log.Debug("notify", "type", t, "err", err)
			continue
		}
		said = true
	}
	return said
}

// NetworkChanged asks every link for a sign of life and tries the peers that have
// none again now, as if for the first time: addresses have changed, or the
// computer was asleep.
func (m *Manager) NetworkChanged() {
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
		p.retry = 0
		p.wakeUp()
	}
}

// peer returns the record of id, made now if there is none. It returns nil if
// there is no room for one more. Callers hold mu.
func (m *Manager) peer(id identity.PeerID) *peer {
	if p, ok := m.peers[id]; ok {
		return p
	}
	if len(m.peers) >= maxPeers && !m.evict() {
		return nil
	}
	p := &peer{id: id, wake: make(chan struct{}, 1), gone: make(chan struct{})}
	m.peers[id] = p
	return p
}

// evict makes room by forgetting the peer without a link that was hinted at
// longest ago, preferring those that never answered. It reports false if all
// have links.
func (m *Manager) evict() bool {
	var oldest *peer
	for _, p := range m.peers {
		if len(p.links) > 0 || p.online {
			continue
		}
		if oldest == nil || p.staler(oldest) {
			oldest = p
		}
	}
	if oldest == nil {
		return false
	}
	m.forget(oldest)
	return true
}

// forget ends the use of a record, for good: whoever still holds it must look for
// the one that is in its place. Callers hold mu.
func (m *Manager) forget(p *peer) {
	delete(m.peers, p.id)
	close(p.gone)
}
