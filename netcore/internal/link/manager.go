// Package link holds the truth about who is online: one authenticated
// connection to each running peer, kept for as long as both run.
//
// Discovery only hints at addresses; the [Manager] dials them until a node
// proves itself there. A peer is online while a link to it lives, whoever
// dialled it. A link that ends with a goodbye means that the peer has left; one
// that breaks leaves the peer online for a moment, in which it is dialled anew.
// What cannot be reached is dialled again and again in growing intervals, and so is
// a peer whose links never last: only one that did is worth a dial at once.
//
// The links also serve the connections for transfers, which [Manager.Dial] opens: where a
// firewall lets nobody in on one side, that side is asked over the link to dial.
//
// # What others can make a node do
//
// Anybody can make up hints; they cost [maxPeers] records of [maxAddrs] addresses
// and [maxDials] dials at once, and none of that from those who are dialled because they
// were reached, or are remembered. Only a peer with a link can ask to be dialled, and only itself:
// at addresses that its links come from, or where it has answered before. A call by multicast, which anybody can make up, is one dial
// among those at strangers.
package link

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/discovery"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"

	"golang.org/x/time/rate"
)

// Limits. Hints come from anyone on the network, so they may cost no more
// memory and dials than this.
const (
	maxPeers      = 512
	maxRemembered = 256
	maxDials      = 16 // under way at once to each of: peers that were reached before, remembered ones, others
	maxLinks      = 4  // to one peer's nodes that listen, and as many to its short-lived commands
)

const (
	dialTime = 5 * time.Second
	// eagerTime is for the first dial after the network has come up: what is sent then is easily lost,
	// and TCP would repeat it after a second only.
	eagerTime   = 400 * time.Millisecond
	graceTime   = 450 * time.Millisecond // how long a peer is online without a link
	steadyTime  = 10 * time.Second       // a link that lived longer was no accident
	probeTime   = 2 * time.Second
	byeTime     = time.Second
	firstRetry  = time.Second
	lastRetry   = time.Minute
	slowRetry   = 5 * time.Minute  // of a remembered peer of which nothing was heard for long
	forgetAfter = 10 * time.Minute // without a link and without a hint
)

// A State is what is known of a peer at one moment.
type State struct {
	ID     identity.PeerID
	Hello  wire.Hello
	Addrs  []netip.AddrPort // where it was reached first, then where it may be
	Online bool
	// Interface is this computer's network interface that its latest link goes through, and Wireless whether that is
	// known to be Wi-Fi; empty without a link, or through an interface on which peers are not looked for.
	Interface string
	Wireless  bool
}

func (s State) equal(t State) bool {
	return s.Online == t.Online && s.Hello == t.Hello && s.Interface == t.Interface && s.Wireless == t.Wireless &&
		slices.Equal(s.Addrs, t.Addrs)
}

// Config is what a Manager needs.
type Config struct {
	Conn *conn.Config
	// Changed is told of each change, one at a time and in order. It must not
	// block, nor call the Manager.
	Changed func(State)
	// Linked is told of each link to a peer that begins, also when the peer has been online
	// all the time. It must not block, nor call the Manager. nil: nobody is told.
	Linked func(identity.PeerID)
	// Notice is told what a peer says of the transfer id: a Wake or a Cancel, and because of what.
	// Calls for one peer may overlap if it has several links. It holds up the link that
	// it came over for as long as it runs.
	Notice func(peer identity.PeerID, t wire.Type, id [16]byte, why fault.Code)
	// Serve takes over a connection that this node has dialled because its peer
	// asked for it; apart from that it is as if the peer had dialled it. It must
	// close c before it returns, soon after ctx has ended. nil: nobody is dialled because he asks.
	Serve func(ctx context.Context, c *conn.Conn)
	// Compare is told a Verify, Nonce or Verdict that a peer says on a link, of which body is valid until it
	// returns. An error ends the link. It holds up the link for as long as it runs. nil: such frames mean nothing.
	Compare func(l Line, t wire.Type, body []byte) error
	// Picture returns the picture of this node, nil if it has none. It is told to the peers that may see it. Whoever changes
	// it calls [Manager.PictureChanged], and what was returned never changes. nil: nobody is told of any.
	Picture func() []byte
	// Pictured is told the body of a Picture that a peer says, which is valid until it returns. It must not block, nor call the
	// Manager. nil: pictures mean nothing.
	Pictured func(peer identity.PeerID, body []byte)
	// Access says what this node has to do with a peer. It must not block, nor call the
	// Manager. Whoever changes its answers calls [Manager.AccessChanged]. nil: Full.
	Access func(identity.PeerID) Access
	// Pace bounds how fast the links to a peer are read, those that this node has dialled included; nil, also its answer, is no
	// bound. It must not block, nor call the Manager.
	Pace func(identity.PeerID) *rate.Limiter
	// Clone is told that a node with this one's own identity runs on another
	// computer, at addr; at most once a minute. It must not block, nor call the Manager.
	Clone func(addr netip.AddrPort, h wire.Hello)
	// Unanswered is told, on a node that listens nowhere, or of a peer that is Awaited, each time that a peer does not answer for a moment: it may be
	// able to dial this node. It must not block, nor call the Manager. nil: nobody is told.
	Unanswered func(identity.PeerID)
	Log        *slog.Logger
}

// A Manager keeps the links of one node. Its methods may be called from any
// goroutine while Run runs.
type Manager struct {
	cfg    Config
	links  *conn.Config  // for dialling links: as cfg.Conn, but not all may see this node
	steady time.Duration // steadyTime, but in tests
	quick  *rate.Limiter // for dialling at once also those whose links were short, but who were not dialled lately
	called *rate.Limiter // for dialling those who ask for it, and are not remembered
	ready  chan struct{} // closed when ctx is set
	clones cloneWatch
	turns  atomic.Uint64 // links that were dialled

	// Each holds a token for each dial under way. Hints at addresses that swallow
	// everything, as anyone may give, must not hold up a friend whose link broke, nor
	// must friends of old who are away.
	friends, remembered, strangers chan struct{}

	ctx      context.Context // Run's, nil before
	work     sync.WaitGroup
	mu       sync.Mutex
	ended    bool
	peers    map[identity.PeerID]*peer
	network  discovery.Network
	calls    map[string]*call // that this node waits for, by token
	interval time.Duration    // between signs of life, as asked for on all links
}

// New returns a Manager. Nothing happens before Run.
func New(cfg Config) *Manager {
	m := &Manager{
		cfg:        cfg,
		steady:     steadyTime,
		quick:      rate.NewLimiter(4, 4*maxDials),
		called:     rate.NewLimiter(strangersCallRate, strangersCallBurst),
		ready:      make(chan struct{}),
		friends:    make(chan struct{}, maxDials),
		remembered: make(chan struct{}, maxDials),
		strangers:  make(chan struct{}, maxDials),
		peers:      make(map[identity.PeerID]*peer),
		calls:      make(map[string]*call),
		interval:   wire.Interval,
	}
	m.links = cfg.Conn.With(func(peer identity.PeerID, h *wire.Hello) error {
		switch m.access(peer) {
		case None:
			return fmt.Errorf("%w: not to be linked to", fault.Untrusted)
		case Unseen, Awaited:
			h.Port = 0
		}
		h.Turn = m.turns.Add(1)
		return nil
	})
	return m
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
	switch {
	case len(addrs) == 0:
		return
	case id == m.self():
		m.suspect(addrs)
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
// the peer, and [fault.Untrusted] if one of the two wants nothing to do with the other.
func (m *Manager) Connect(ctx context.Context, addrs []netip.AddrPort) (State, error) {
	return m.ConnectTo(ctx, addrs, identity.PeerID{})
}

// ConnectTo is Connect to one peer and no other: the error wraps [identity.ErrPeerID] if
// another one answers. The zero PeerID is anyone.
func (m *Manager) ConnectTo(ctx context.Context, addrs []netip.AddrPort, want identity.PeerID) (State, error) {
	select {
	case <-m.ready:
	case <-ctx.Done():
		return State{}, fmt.Errorf("%w: %w", fault.Offline, context.Cause(ctx))
	}
	c, err := conn.DialAny(ctx, m.links, addrs, want, wire.PurposeLink)
	if err != nil {
		return State{}, err
	}
	p, l, err := m.join(c)
	switch {
	case err == nil:
		go m.serve(p, l)
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

// Take takes over a connection that came in, if it is a link, one that answers a
// Call, or one that only tries whether this node can be reached. A link it serves until it
// ends. Otherwise it reports false: the connection is for a transfer, and the caller's. It waits for Run.
func (m *Manager) Take(c *conn.Conn) bool {
	<-m.ready
	switch {
	case c.Hello.Purpose == wire.PurposeLink:
		m.welcome(c)
	case c.Hello.Purpose == wire.PurposeCheck:
		c.Finish(byeTime)
	case c.Hello.Call != "":
		m.takeCalled(c)
	default:
		return false
	}
	return true
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

// linksTo returns the links to a peer that stand now.
func (m *Manager) linksTo(id identity.PeerID) []*link {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p, ok := m.peers[id]; ok {
		return slices.Clone(p.links)
	}
	return nil
}

// Notify says a Wake or a Cancel, of which body is the body, on every link to peer. It reports whether
// there was one on which it could be said; that it arrives is not certain.
func (m *Manager) Notify(peer identity.PeerID, t wire.Type, body []byte) bool {
	return m.say(m.linksTo(peer), t, body)
}

// say sends a frame on each of the links, and reports whether that went well on one.
func (m *Manager) say(links []*link, t wire.Type, body []byte) bool {
	said := false
	for _, l := range links {
		err := l.Send(t, body)
		if err == nil {
			err = l.Flush()
		}
		if err != nil {
			l.Log.Debug("say", "type", t, "err", err)
			continue
		}
		said = true
	}
	return said
}
