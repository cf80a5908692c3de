package link

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

// nowhere is an address at which nobody listens.
var nowhere = []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:1")}

// config is that of a node which is not run by a Manager.
func config(name string, id *identity.Identity, port uint16) *conn.Config {
	return &conn.Config{Identity: id, Log: slog.New(slog.DiscardHandler), Hello: func() wire.Hello {
		return wire.Hello{Name: name, Instance: name, Port: port}
	}}
}

// listen hands each connection that comes to serve, on a goroutine.
func listen(t *testing.T, serve func(net.Conn)) []netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			work.Go(func() {
				stop := context.AfterFunc(t.Context(), func() { raw.Close() }) // the test is over
				defer stop()
				serve(raw)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		work.Wait()
	})
	return []netip.AddrPort{l.Addr().(*net.TCPAddr).AddrPort()}
}

// mute is an address that takes connections and says nothing.
func mute(t *testing.T) []netip.AddrPort {
	t.Helper()
	return listen(t, func(net.Conn) { <-t.Context().Done() })
}

// flood hints at n nodes that do not exist.
func (h *host) flood(n int, addrs []netip.AddrPort) {
	for i := range n {
		h.Hint(identity.PeerID{byte(i), byte(i >> 8), 1}, addrs)
	}
}

// record returns what h holds on id, nil if nothing.
func (h *host) record(id identity.PeerID) *peer {
	h.Manager.mu.Lock()
	defer h.Manager.mu.Unlock()
	return h.peers[id]
}

// TestForgottenPeerThatAnswersIsNew lets a flood of hints push out a peer while
// it is being dialled. It links all the same, and all goes on as usual when it leaves.
func TestForgottenPeerThatAnswersIsNew(t *testing.T) {
	a, id := start(t, "A", newIdentity(t), false), newIdentity(t)
	called, flooded, leave := make(chan struct{}, 100), make(chan struct{}), make(chan struct{})
	cfg := config("B", id, 1)
	addrs := listen(t, func(raw net.Conn) {
		called <- struct{}{}
		<-flooded
		if c, err := conn.Accept(t.Context(), cfg, raw); err == nil {
			<-leave
			c.Close()
		}
	})
	a.Hint(id.ID(), addrs)
	<-called
	first := a.record(id.ID())
	a.flood(maxPeers+1, nowhere)
	<-first.gone
	close(flooded)
	eventually(t, "A sees B", func() bool { s, _ := a.Peer(id.ID()); return s.Online })
	close(leave)
	eventually(t, "A sees B no more", func() bool { s, _ := a.Peer(id.ID()); return !s.Online })
	second := a.record(id.ID())
	if second == nil {
		t.Fatal("A knows nothing of a peer that was there just now")
	}
	select {
	case <-second.gone:
		t.Error("a record that is in use counts as forgotten: nothing that waits for it will ever wait")
	default:
	}
	a.Manager.mu.Lock()
	defer a.Manager.mu.Unlock()
	a.forget(second) // once
}

// TestLinksThatNeverLastAreRare has a peer that greets and hangs up, and then somebody
// who keeps speaking of it.
func TestLinksThatNeverLastAreRare(t *testing.T) {
	a, id := start(t, "A", newIdentity(t), false), newIdentity(t)
	calls := make(chan struct{}, 10_000)
	cfg := config("B", id, 1)
	addrs := listen(t, func(raw net.Conn) {
		if c, err := conn.Accept(t.Context(), cfg, raw); err == nil {
			c.Close()
			calls <- struct{}{}
		}
	})
	begin := time.Now()
	a.Hint(id.ID(), addrs)
	for range 3 {
		<-calls
	}
	if took, least := time.Since(begin), 3*firstRetry*3/4; took < least { // 1 s, then 2 s, less a quarter
		t.Errorf("three dials within %v, want at least %v", took, least)
	}
	begin = time.Now()
	for len(calls) < 2 {
		a.Hint(id.ID(), addrs)
		select {
		case <-t.Context().Done():
		case <-time.After(time.Millisecond):
		}
	}
	if took := time.Since(begin); took < firstRetry*3/4 {
		t.Errorf("hints led to two dials within %v, want %v or more apart", took, firstRetry)
	}
}

// TestSteadyLinkIsRedialledAtOnce cuts a link so often that growing intervals
// would take the test's patience.
func TestSteadyLinkIsRedialledAtOnce(t *testing.T) {
	a, id := start(t, "A", newIdentity(t), false), newIdentity(t)
	a.Manager.mu.Lock()
	a.steady = 0
	a.Manager.mu.Unlock()
	calls := make(chan struct{}, 10_000)
	cfg := config("B", id, 1)
	addrs := listen(t, func(raw net.Conn) {
		if c, err := conn.Accept(t.Context(), cfg, raw); err == nil {
			c.Close()
			calls <- struct{}{}
		}
	})
	a.Hint(id.ID(), addrs)
	eventually(t, "many links", func() bool { return len(calls) >= 20 })
}

// TestFriendIsNotHeldUp keeps every dial at strangers busy for longer than the test's
// patience: a friend whose link breaks is dialled all the same.
func TestFriendIsNotHeldUp(t *testing.T) {
	a, id := start(t, "A", newIdentity(t), false), newIdentity(t)
	a.Manager.mu.Lock()
	a.steady = 0
	a.Manager.mu.Unlock()
	links := make(chan *conn.Conn, 100)
	cfg := config("B", id, 1)
	addrs := listen(t, func(raw net.Conn) {
		if c, err := conn.Accept(t.Context(), cfg, raw); err == nil {
			links <- c
			_, _, _ = c.Next()
			c.Close()
		}
	})
	a.Hint(id.ID(), addrs)
	first := <-links
	eventually(t, "A sees B", func() bool { s, _ := a.Peer(id.ID()); return s.Online })
	a.flood(maxPeers-1, mute(t))
	eventually(t, "no more dials at strangers", func() bool { return len(a.strangers) == maxDials })
	first.Abort()
	select {
	case <-links:
	case <-time.After(patience):
		t.Fatal("B waits behind strangers")
	}
}

// TestGraceEnds breaks the link of a peer that waits for its turn to be dialled for
// longer than the test's patience: it does not count as online meanwhile.
func TestGraceEnds(t *testing.T) {
	a, id := start(t, "A", newIdentity(t), false), newIdentity(t)
	a.flood(maxPeers-1, mute(t))
	eventually(t, "no more dials", func() bool { return len(a.strangers) == maxDials })
	c := dialTo(t, a, config("B", id, 1))
	eventually(t, "A sees B", func() bool { s, _ := a.Peer(id.ID()); return s.Online })
	c.Abort()
	eventually(t, "A sees B no more", func() bool { s, _ := a.Peer(id.ID()); return !s.Online })
}

func dialTo(t *testing.T, h *host, cfg *conn.Config) *conn.Conn {
	t.Helper()
	c, err := conn.DialAny(t.Context(), cfg, h.addrs(), h.id.ID(), wire.PurposeLink)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// TestCommandsLeaveRoomForTheWindow runs as many commands of one identity as may
// be, and one more, which is told why it is refused.
func TestCommandsLeaveRoomForTheWindow(t *testing.T) {
	a, id := start(t, "A", newIdentity(t), false), newIdentity(t)
	for i := range maxLinks {
		dialTo(t, a, config("command "+string(rune('0'+i)), id, 0))
	}
	eventually(t, "all commands", func() bool {
		p := a.record(id.ID())
		a.Manager.mu.Lock()
		defer a.Manager.mu.Unlock()
		return p != nil && len(p.links) == maxLinks
	})
	if _, _, err := dialTo(t, a, config("one more", id, 0)).Next(); !errors.Is(err, fault.Busy) {
		t.Errorf("one command too many is told %v, want %v", err, fault.Busy)
	}
	window := start(t, "window", id, false)
	a.hint(window)
	eventually(t, "A sees the window", func() bool { return a.sees(window) })
}

// TestEndOfACommandLeadsToTheWindow ends a command while A knows where its window
// is, but has given up on it.
func TestEndOfACommandLeadsToTheWindow(t *testing.T) {
	id := newIdentity(t)
	a, window := start(t, "A", newIdentity(t), false), start(t, "window", id, false)
	command := dialTo(t, a, config("command", id, 0))
	eventually(t, "A has a link", func() bool { return a.links(window) == 1 })
	a.Manager.mu.Lock()
	a.peers[id.ID()].hint(window.addrs())
	a.Manager.mu.Unlock()
	command.Close()
	eventually(t, "A sees the window", func() bool { return a.sees(window) })
}

// TestFullHouse holds that no more peers are kept than allowed even if all have
// links, and that the next one is told so.
func TestFullHouse(t *testing.T) {
	a := start(t, "A", newIdentity(t), false)
	a.Manager.mu.Lock()
	for i := range maxPeers {
		id := identity.PeerID{byte(i), byte(i >> 8), 1}
		a.peers[id] = &peer{id: id, online: true, links: []*link{{Conn: &conn.Conn{Hello: wire.Hello{Port: 1}}}}}
	}
	a.Manager.mu.Unlock()
	late := newIdentity(t)
	a.Hint(late.ID(), nowhere)
	if _, _, err := dialTo(t, a, config("late", late, 1)).Next(); !errors.Is(err, fault.Busy) {
		t.Errorf("a peer too many is told %v, want %v", err, fault.Busy)
	}
	if _, known := a.Peer(late.ID()); known {
		t.Error("a record was made beyond the limit")
	}
}

func TestBeforeRunNothingWaitsForEver(t *testing.T) {
	b := start(t, "B", newIdentity(t), false)
	a := New(Config{Conn: config("A", newIdentity(t), 0), Changed: func(State) {}, Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := a.Connect(ctx, b.addrs()); !errors.Is(err, fault.Offline) {
		t.Errorf("Connect before Run: %v, want %v", err, fault.Offline)
	}
	a.Hint(b.id.ID(), b.addrs()) // counts when Run begins
	a.SetNetwork(testNetwork())
	running, stop := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() { a.Run(running) })
	defer work.Wait()
	defer stop()
	eventually(t, "A sees B", func() bool { s, _ := a.Peer(b.id.ID()); return s.Online })
}
