package netcore

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/discovery"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/link"
	"ferry/netcore/internal/store"
	"ferry/netcore/internal/transfer"
	"ferry/netcore/internal/wire"

	"golang.org/x/time/rate"
)

// A Node is one running Ferry: an identity, a listener, and its transfers.
type Node struct {
	cfg      Config
	log      *slog.Logger
	identity *identity.Identity
	door     door // where it listens
	instance string
	conn     *conn.Config
	inbound  *conn.Config // conn, for what comes in
	links    *link.Manager
	events   *events
	inboxes  inboxes
	store    *store.Store
	unsaved  sync.Once       // the person has been told that the store fails
	calling  sync.Once       // a hidden node listens after all
	awaited  awaited         // may dial, though they do not see this node
	finder   *discovery.MDNS // nil for a node that keeps to this computer
	visible  visible
	self     self

	historyLimit, historyDays atomic.Int64 // as in Config

	known    known
	faces    faces
	arrivals arrivals
	codes    comparisons
	doors    doors
	asking   asking
	spools   *transfer.Room // for the lists of strangers
	upload   *rate.Limiter
	download *rate.Limiter
	work     sync.WaitGroup // everything that Run waits for

	started chan struct{} // closed when Run begins
	revived chan struct{} // closed when what earlier runs have left is known

	runMu sync.Mutex
	ctx   context.Context         // Run's; nil before
	fail  context.CancelCauseFunc // ends Run with an error
	ended bool                    // Run waits for work; there must not be more

	mu        sync.Mutex
	transfers map[TransferID]*tracked
	order     []TransferID // oldest first
}

// New checks cfg and opens what the node needs: the identity (created on
// first use; [ErrIdentity] if it is damaged), the database, and the listener. It starts
// nothing. A Node that is never run must be closed with Close.
func New(cfg Config) (*Node, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	id, repaired, err := identity.Open(cfg.Dir)
	if err != nil {
		return nil, err
	}
	n := &Node{
		cfg:       cfg,
		log:       cfg.Log,
		identity:  id,
		self:      self{name: cfg.Name, inbox: cfg.Inbox},
		instance:  newInstance(),
		events:    newEvents(cfg.Handler),
		transfers: make(map[TransferID]*tracked),
		asking:    newAsking(),
		spools:    transfer.NewRoom(maxStrangersLists),
		started:   make(chan struct{}),
		revived:   make(chan struct{}),
		doors:     newDoors(),
		faces:     newFaces(),
		codes:     newComparisons(cfg.compareTime),
		upload:    newPace(),
		download:  newPace(),
	}
	n.historyLimit.Store(int64(cfg.HistoryLimit))
	n.historyDays.Store(int64(cfg.HistoryDays))
	n.SetLimits(cfg.Limits)
	if repaired {
		n.warn(WarnKeyFile, fmt.Errorf("the key file in %s was readable by other users of this computer; it is closed to them again", cfg.Dir))
	}
	n.loadPicture()
	if err := n.openStore(); err != nil {
		return nil, err
	}
	if err := n.listen(); err != nil {
		return nil, errors.Join(err, n.store.Close())
	}
	n.conn = &conn.Config{Identity: id, Hello: n.hello, Silence: cfg.silence, Log: n.log}
	n.links = link.New(link.Config{
		Conn: n.conn, Changed: n.peerChanged, Linked: n.linked, Notice: n.notice, Serve: n.receiveCalled,
		Access: n.access, Pace: n.pace, Compare: n.compare, Clone: n.cloned, Unanswered: n.unanswered, Log: n.log,
		Picture: n.self.jpeg, Pictured: n.faces.say,
	})
	n.conn.Admit = n.links.Admit
	n.inbound = n.conn.With(n.links.Answer)
	if cfg.sources == nil && !n.loopbackOnly() {
		n.finder = n.mdns()
	}
	n.visible.now = cfg.Visibility
	for _, id := range n.known.byWorth() {
		n.links.Remember(id, n.known.peers[id].Addrs)
	}
	return n, nil
}

// complete fills in what was left to choose.
func (c *Config) complete() error {
	if c.Handler == nil {
		return errors.New("netcore: Config.Handler is not set")
	}
	if c.Dir == "" {
		return errors.New("netcore: Config.Dir is not set")
	}
	if !c.Visibility.valid() { // who made a slip must not be seen by all
		return fmt.Errorf("netcore: Config.Visibility is %q", c.Visibility)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Name = nameOr(c.Name)
	if c.Inbox == "" {
		dir, err := DefaultInbox()
		if err != nil {
			return err
		}
		c.Inbox = dir
	}
	var err error
	c.Inbox, err = filepath.Abs(c.Inbox)
	return err
}

// openStore opens the database in the config folder.
func (n *Node) openStore() error {
	s, setAside, err := store.Open(n.cfg.Dir, n.instance)
	if err != nil {
		return err
	}
	n.store = s
	if err := n.known.load(s); err != nil {
		n.warn(WarnStore, err)
	}
	if setAside != "" {
		n.warn(WarnStore, fmt.Errorf("the database in %s was damaged; it is kept as %s, and a new one was begun", n.cfg.Dir, filepath.Base(setAside)))
	}
	return nil
}

func newInstance() string {
	var b [8]byte
	rand.Read(b[:]) // never fails (crypto/rand, since Go 1.24)
	return hex.EncodeToString(b[:])
}

// hello is what this node says of itself on each connection.
func (n *Node) hello() wire.Hello {
	h := wire.Hello{
		Name:     n.self.getName(),
		System:   runtime.GOOS,
		Instance: n.instance,
		Agent:    "ferry",
		Pictures: !n.cfg.Hidden, // a command has no use for them
	}
	if l := n.door.get(); l != nil {
		h.Port = portOf(l)
	}
	return h
}

// Close releases what New has opened, of a node that was never run. It does
// nothing on one that was.
func (n *Node) Close() error {
	if n.running() != nil {
		return nil
	}
	err := n.store.Close()
	if l := n.door.get(); l != nil {
		err = errors.Join(err, l.Close())
	}
	return err
}

// Run is the node's life: it listens, looks for peers, and moves files until
// ctx ends; then it says goodbye to its peers, ends its transfers (partials
// are kept), and waits for every goroutine. It returns nil when ctx
// ended it, and an error if the node could not go on.
func (n *Node) Run(ctx context.Context) error {
	// What runs under it and is asked why it ends says: because Ferry does.
	ctx, cancel := withCause(ctx, ErrShutdown)
	defer cancel(nil)
	n.runMu.Lock()
	if n.ctx != nil {
		n.runMu.Unlock()
		return errors.New("netcore: a Node runs only once")
	}
	n.ctx, n.fail = ctx, cancel
	close(n.started)
	n.runMu.Unlock()

	eventsEnd := make(chan struct{})
	go func() { defer close(eventsEnd); n.events.run() }()
	n.work.Go(func() { n.links.Run(ctx) })
	n.work.Go(func() { n.pulse(ctx) })
	n.work.Go(func() { n.keepPeers(ctx.Done()) })
	n.work.Go(func() { n.lookAtFaces(ctx) })
	if !n.cfg.Hidden {
		n.work.Go(func() { n.keepClear(ctx) })
		n.revive(ctx) // a command only goes on with what it is told to send
	}
	close(n.revived)
	n.discover(ctx)
	n.openDoor()
	<-ctx.Done()
	n.visible.stop()
	n.runMu.Lock()
	n.ended = true
	n.runMu.Unlock()
	n.work.Wait()
	n.tidy(n.store.Close)
	n.events.close()
	<-eventsEnd
	if err := context.Cause(ctx); err != ErrShutdown {
		return err
	}
	return nil
}

// withCause returns a context that ends when parent does, with the given cause, or when
// cancel is called.
func withCause(parent context.Context, cause error) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(parent))
	stop := context.AfterFunc(parent, func() { cancel(cause) })
	return ctx, func(err error) { stop(); cancel(err) }
}

var errNotRunning = errors.New("netcore: the Node does not run")

// start runs f on a goroutine that Run waits for.
func (n *Node) start(f func()) error {
	n.runMu.Lock()
	defer n.runMu.Unlock()
	if n.ctx == nil || n.ended {
		return errNotRunning
	}
	n.work.Go(f)
	return nil
}

// Started is closed when Run has begun. What needs a node that runs, as Send does, fails before.
func (n *Node) Started() <-chan struct{} { return n.started }

// running returns Run's context, nil before Run.
func (n *Node) running() context.Context {
	n.runMu.Lock()
	defer n.runMu.Unlock()
	return n.ctx
}

// discover starts looking for peers, unless this node keeps to this computer.
func (n *Node) discover(ctx context.Context) {
	sources := n.cfg.sources
	if sources == nil && n.finder != nil {
		sources = []discovery.Source{n.finder}
	}
	for _, s := range sources {
		n.work.Go(func() {
			err := s.Run(ctx, n.sighted)
			if err != nil && ctx.Err() == nil {
				n.warn(WarnDiscovery, fmt.Errorf("looking for devices: %w", err))
			}
		})
	}
}

// Self is this node, as its peers see it. Addrs are the addresses that other
// computers can reach it at now.
func (n *Node) Self() Peer {
	return Peer{
		ID:      n.identity.ID(),
		Name:    n.self.getName(),
		System:  runtime.GOOS,
		Addrs:   n.localAddrs(),
		Online:  true,
		Picture: n.self.getPicture(),
	}
}

// Peers returns the peers that are online, ordered by name, but for blocked ones.
func (n *Node) Peers() []Peer {
	var list []Peer
	for _, s := range n.links.Peers() {
		if p := n.peer(s); !p.Blocked {
			list = append(list, p)
		}
	}
	byName(list)
	return list
}

func (n *Node) peerChanged(s link.State) {
	n.known.saw(s)
	n.events.put(PeerChanged{n.peer(s)})
	n.tellNamesakes()
}

// linked is told of each new link to a peer: what waits for it goes on.
func (n *Node) linked(id PeerID) {
	n.arrivals.tell(id)
	if err := n.start(func() { n.tellOf(id) }); err != nil {
		n.log.Debug("cancelled transfers", "err", err)
	}
}

func peerOf(s link.State) Peer {
	p := Peer{ID: s.ID, Name: s.Hello.Name, System: s.Hello.System, Addrs: slices.Clone(s.Addrs), Online: s.Online}
	// People know 10.0.0.7, not fe80::8c46:8fff:fe7a:7786%eth0.
	slices.SortStableFunc(p.Addrs, func(a, b netip.AddrPort) int {
		return cmp.Compare(linkLocal(a), linkLocal(b))
	})
	if p.Name == "" {
		p.Name = p.ID.Short()
	}
	return p
}

func linkLocal(a netip.AddrPort) int {
	if a.Addr().IsLinkLocalUnicast() {
		return 1
	}
	return 0
}

func (n *Node) warn(kind WarningKind, err error) {
	n.log.Info("warning", "err", err) // the Handler tells people
	n.events.put(Warning{kind, err})
}

// mdns is the source that finds peers on the network.
func (n *Node) mdns() *discovery.MDNS {
	away := false // no interface to look on; known to the source's goroutine only
	return discovery.NewMDNS(discovery.MDNSConfig{
		ID:         n.identity.ID(),
		Port:       n.hello().Port,
		Hidden:     n.cfg.Hidden || n.cfg.Visibility == VisibleToNone,
		Interfaces: n.cfg.Interfaces,
		Log:        n.log,
		NetworkChanged: func(now discovery.Network) {
			if lost := len(now.Interfaces) == 0; lost != away {
				if away = lost; lost {
					n.warn(WarnDiscovery, errors.New("this computer is not connected to a network"))
				}
			}
			n.links.SetNetwork(now)
			n.events.put(SelfChanged{})
		},
	})
}
