package link

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

const patience = 60 * time.Second

// host is a Manager behind a listener of its own.
type host struct {
	*Manager
	t    *testing.T
	id   *identity.Identity
	port uint16
	stop func() // with a goodbye

	mu     sync.Mutex
	name   string
	conns  []net.Conn // accepted
	told   []State
	access func(identity.PeerID) Access // nil: Full
	clones []netip.AddrPort
	served chan *conn.Conn // transfers that came in, or were dialled because the peer asked
}

func newIdentity(t *testing.T) *identity.Identity {
	t.Helper()
	id, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// start runs a host; a hidden one has no listener.
func start(t *testing.T, name string, id *identity.Identity, hidden bool) *host {
	t.Helper()
	h := &host{t: t, id: id, name: name, served: make(chan *conn.Conn, 100)}
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	log := slog.New(slog.DiscardHandler)
	if os.Getenv("FERRY_TEST_LOG") != "" {
		log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})).With("host", name)
	}
	var instance [8]byte
	copy(instance[:], fmt.Sprintf("%p", h))
	cfg := &conn.Config{Identity: id, Log: log, Hello: func() wire.Hello {
		h.mu.Lock()
		defer h.mu.Unlock()
		return wire.Hello{Name: h.name, Port: h.port, Instance: hex.EncodeToString(instance[:])}
	}}
	h.Manager = New(Config{
		Conn: cfg,
		Log:  log,
		Changed: func(s State) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.told = append(h.told, s)
		},
		Serve: func(_ context.Context, c *conn.Conn) { h.hold(c) },
		Access: func(id identity.PeerID) Access {
			h.mu.Lock()
			defer h.mu.Unlock()
			if h.access == nil {
				return Full
			}
			return h.access(id)
		},
		Clone: func(addr netip.AddrPort, _ wire.Hello) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.clones = append(h.clones, addr)
		},
	})
	cfg.Admit = h.Admit
	closeListener := func() {}
	if !hidden {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		h.port = l.Addr().(*net.TCPAddr).AddrPort().Port()
		closeListener = func() { l.Close() }
		work.Go(func() {
			for {
				raw, err := l.Accept()
				if err != nil {
					return
				}
				h.mu.Lock()
				h.conns = append(h.conns, raw)
				h.mu.Unlock()
				work.Go(func() {
					if c, err := conn.Accept(ctx, cfg, raw); err == nil && !h.Take(c) {
						h.hold(c)
					}
				})
			}
		})
	}
	work.Go(func() { h.Run(ctx) })
	h.stop = sync.OnceFunc(func() {
		closeListener()
		cancel()
		work.Wait()
	})
	t.Cleanup(h.stop)
	return h
}

// hold keeps a transfer's connection for the test.
func (h *host) hold(c *conn.Conn) {
	h.t.Cleanup(c.Close)
	h.served <- c
}

func (h *host) setAccess(access func(identity.PeerID) Access) {
	h.mu.Lock()
	h.access = access
	h.mu.Unlock()
	h.AccessChanged()
}

func (h *host) addrs() []netip.AddrPort {
	return []netip.AddrPort{netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), h.port)}
}

func (h *host) hint(other *host) { h.Hint(other.id.ID(), other.addrs()) }

// links counts the live links that h has to other.
func (h *host) links(other *host) int {
	h.Manager.mu.Lock()
	defer h.Manager.mu.Unlock()
	if p := h.peers[other.id.ID()]; p != nil {
		return len(p.links)
	}
	return 0
}

func (h *host) sees(other *host) bool {
	s, _ := h.Peer(other.id.ID())
	return s.Online
}

func (h *host) history() []State {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.told
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain for: %s", what)
		}
	}
}

func TestHintLeadsToALinkAtBothEnds(t *testing.T) {
	a, b := start(t, "A", newIdentity(t), false), start(t, "B", newIdentity(t), false)
	a.hint(b)
	eventually(t, "A sees B and B sees A", func() bool { return a.sees(b) && b.sees(a) })
	s, _ := b.Peer(a.id.ID())
	if s.Hello.Name != "A" || len(s.Addrs) != 1 || s.Addrs[0] != a.addrs()[0] {
		t.Errorf("B knows of A: %+v; want its name and its listening address", s)
	}
}

func TestDiallingAtOnceEndsWithOneLink(t *testing.T) {
	for range 20 {
		a, b := start(t, "A", newIdentity(t), false), start(t, "B", newIdentity(t), false)
		var both sync.WaitGroup
		both.Go(func() { a.hint(b) })
		both.Go(func() { b.hint(a) })
		both.Wait()
		eventually(t, "one link, seen by both", func() bool {
			return a.sees(b) && b.sees(a) && a.links(b) == 1 && b.links(a) == 1
		})
		for _, h := range []*host{a, b} {
			for _, s := range h.history() {
				if !s.Online {
					t.Fatalf("a peer was said to be gone while both ran")
				}
			}
		}
		a.stop()
		b.stop()
	}
}

// TestOneSideDialsSeveralTimesAtOnce as happens when a person connects by address to a device that is being dialled
// already: both ends must keep the same link.
func TestOneSideDialsSeveralTimesAtOnce(t *testing.T) {
	for range 20 {
		a, b := start(t, "A", newIdentity(t), false), start(t, "B", newIdentity(t), false)
		var dials sync.WaitGroup
		for range 6 {
			dials.Go(func() {
				if _, err := a.Connect(t.Context(), b.addrs()); err != nil {
					t.Error(err)
				}
			})
		}
		dials.Wait()
		eventually(t, "one link, the same at both ends", func() bool {
			return a.links(b) == 1 && b.links(a) == 1 && a.turn(b) == b.turn(a)
		})
		for _, h := range []*host{a, b} {
			for _, s := range h.history() {
				if !s.Online {
					t.Errorf("%s lost the other for a moment", h.name)
				}
			}
		}
	}
}

// turn is which of its dialler's links the one to other is.
func (h *host) turn(other *host) uint64 {
	h.Manager.mu.Lock()
	defer h.Manager.mu.Unlock()
	if p := h.peers[other.id.ID()]; p != nil && len(p.links) > 0 {
		return turnOf(p.links[0].Conn)
	}
	return 0
}

func TestGoodbyeMeansGone(t *testing.T) {
	a, b := start(t, "A", newIdentity(t), false), start(t, "B", newIdentity(t), false)
	a.hint(b)
	eventually(t, "A sees B", func() bool { return a.sees(b) && b.sees(a) })
	b.stop()
	eventually(t, "A sees B no more", func() bool { return !a.sees(b) })
}

// TestBrokenLinkIsReplaced cuts the connection under a link: it comes back, and
// nobody is told that the peer was gone.
func TestBrokenLinkIsReplaced(t *testing.T) {
	a, b := start(t, "A", newIdentity(t), false), start(t, "B", newIdentity(t), false)
	a.hint(b)
	eventually(t, "a link", func() bool { return a.sees(b) && b.sees(a) })
	b.mu.Lock()
	first := b.conns[0]
	b.mu.Unlock()
	if err := first.(*net.TCPConn).SetLinger(0); err != nil {
		t.Fatal(err)
	}
	first.Close()
	eventually(t, "a new link", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return len(b.conns) > 1 || len(b.conns) == 1 && b.links(a) == 1 && a.links(b) == 1 && a.sees(b)
	})
	for _, s := range a.history() {
		if !s.Online {
			t.Error("B was said to be gone")
		}
	}
}

func TestRestartIsSeen(t *testing.T) {
	id := newIdentity(t)
	a, b := start(t, "A", newIdentity(t), false), start(t, "B", id, false)
	a.hint(b)
	eventually(t, "A sees B", func() bool { return a.sees(b) })
	b.stop()
	b2 := start(t, "B again", id, false)
	a.hint(b2)
	eventually(t, "A sees B again, under its new name", func() bool {
		s, _ := a.Peer(id.ID())
		return s.Online && s.Hello.Name == "B again"
	})
}

// TestHiddenPeerIsNotListed holds that a command of the same identity as a
// window neither shows as a device nor takes the window's place.
func TestHiddenPeerIsNotListed(t *testing.T) {
	id := newIdentity(t)
	a := start(t, "A", newIdentity(t), false)
	command := start(t, "command", id, true)
	command.hint(a)
	eventually(t, "the command sees A", func() bool { return command.sees(a) })
	eventually(t, "A has a link", func() bool { return a.links(command) == 1 })
	if a.sees(command) {
		t.Error("A lists a node that cannot be dialled")
	}
	window := start(t, "window", id, false)
	a.hint(window)
	eventually(t, "A sees the window", func() bool { return a.sees(window) })
	command.stop()
	eventually(t, "the command is gone", func() bool { return a.links(window) == 1 })
	if s, _ := a.Peer(id.ID()); !s.Online || s.Hello.Name != "window" {
		t.Errorf("A knows %+v", s)
	}
}

func TestOnlyTheRightKeyIsBelieved(t *testing.T) {
	a, b := start(t, "A", newIdentity(t), false), start(t, "B", newIdentity(t), false)
	other := newIdentity(t).ID()
	a.Hint(other, b.addrs())
	a.hint(b) // comes later, so the first has been tried when this is up
	eventually(t, "A sees B", func() bool { return a.sees(b) })
	if s, _ := a.Peer(other); s.Online {
		t.Error("a made-up ID is online")
	}
}

func TestOwnHintsAreIgnored(t *testing.T) {
	a := start(t, "A", newIdentity(t), false)
	a.hint(a)
	if _, ok := a.Peer(a.id.ID()); ok {
		t.Error("A keeps a record of itself")
	}
	if _, err := a.Connect(t.Context(), a.addrs()); err == nil {
		t.Error("A connects to itself")
	}
}

// TestFloodOfHintsIsBounded invents peers; the memory for them has a limit,
// and a real one is still found.
func TestFloodOfHintsIsBounded(t *testing.T) {
	a, b := start(t, "A", newIdentity(t), false), start(t, "B", newIdentity(t), false)
	nobody := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:1")}
	for i := range 3 * maxPeers {
		a.Hint(identity.PeerID{byte(i), byte(i >> 8), 1}, nobody)
	}
	a.hint(b)
	for i := range 3 * maxPeers {
		a.Hint(b.id.ID(), []netip.AddrPort{netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(i+1))})
	}
	a.Manager.mu.Lock()
	peers, addrs := len(a.peers), len(a.peers[b.id.ID()].places)
	a.Manager.mu.Unlock()
	if peers > maxPeers || addrs > maxAddrs {
		t.Errorf("%d peers, %d addresses of one; at most %d and %d are allowed", peers, addrs, maxPeers, maxAddrs)
	}
	a.hint(b) // as the next announcement would
	eventually(t, "A sees B", func() bool { return a.sees(b) })
}
