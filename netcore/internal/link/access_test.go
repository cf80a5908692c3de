package link

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/discovery"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

func always(a Access) func(identity.PeerID) Access { return func(identity.PeerID) Access { return a } }

// TestUnseen hides a node while others see it, and shows it again.
func TestUnseen(t *testing.T) {
	a, b := start(t, "A", newIdentity(t), false), start(t, "B", newIdentity(t), false)
	a.hint(b)
	eventually(t, "A and B see each other", func() bool { return a.sees(b) && b.sees(a) })

	a.setAccess(always(Unseen))
	eventually(t, "B sees A no more", func() bool { return !b.sees(a) })
	eventually(t, "A has another link", func() bool { return a.sees(b) && b.links(a) == 1 })
	if b.sees(a) {
		t.Error("B sees A though A is hidden")
	}
	c, err := a.Dial(t.Context(), b.id.ID(), wire.PurposeTransfer)
	if err != nil {
		t.Fatalf("a hidden node cannot send: %v", err)
	}
	c.Close()
	if c, err := b.Dial(t.Context(), a.id.ID(), wire.PurposeTransfer); !errors.Is(err, fault.Untrusted) {
		if err == nil {
			c.Close()
		}
		t.Errorf("an offer to a hidden node gets %v, want %v", err, fault.Untrusted)
	}

	a.setAccess(nil)
	eventually(t, "B sees A again", func() bool { return b.sees(a) && a.sees(b) })
}

// TestFits is for links that were made while the access changed.
func TestFits(t *testing.T) {
	for _, tt := range []struct {
		access  Access
		dialled bool
		told    uint16 // the port
		want    bool
	}{
		{Full, true, 7776, true},
		{Full, false, 7776, true},
		{Full, false, 7777, true}, // it listened elsewhere
		{Full, true, 0, false},    // was unseen
		{Unseen, true, 0, true},
		{Unseen, true, 7776, false}, // was seen
		{Unseen, false, 0, false},
		{Awaited, true, 0, true},
		{Awaited, false, 0, true},
		{Awaited, false, 7776, false},
		{None, true, 7776, false},
		{None, true, 0, false},
	} {
		if got := fits(&conn.Conn{Dialled: tt.dialled, Told: wire.Hello{Port: tt.told}}, tt.access, true); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

// TestStrangersHearNoName dials a node that lets nobody in.
func TestStrangersHearNoName(t *testing.T) {
	a := start(t, "secret name", newIdentity(t), false)
	for _, access := range []Access{Unseen, None} {
		a.setAccess(always(access))
		for _, purpose := range []wire.Purpose{wire.PurposeLink, wire.PurposeTransfer, wire.PurposeCheck} {
			c, err := conn.Dial(t.Context(), config("X", newIdentity(t), 1), a.addrs()[0], a.id.ID(), purpose)
			if err == nil {
				c.Close()
			}
			var remote *conn.RemoteError
			if !errors.As(err, &remote) || !errors.Is(err, fault.Untrusted) || remote.Detail != "" {
				t.Errorf("access %d, %s: %v, want only %v", access, purpose, err, fault.Untrusted)
			}
		}
	}
}

// TestBlockedPeerIsLeftAlone blocks a peer that is online: it goes, and it is not dialled however often it is hinted at.
func TestBlockedPeerIsLeftAlone(t *testing.T) {
	a, b := start(t, "A", newIdentity(t), false), start(t, "B", newIdentity(t), false)
	a.hint(b)
	eventually(t, "A and B see each other", func() bool { return a.sees(b) && b.sees(a) })
	a.setAccess(always(None))
	eventually(t, "neither sees the other", func() bool { return !a.sees(b) && !b.sees(a) && a.links(b) == 0 })
	a.hint(b)
	if _, err := a.Connect(t.Context(), b.addrs()); !errors.Is(err, fault.Untrusted) {
		t.Errorf("connecting to a blocked device: %v, want %v", err, fault.Untrusted)
	}
	eventually(t, "no keeper", func() bool {
		a.Manager.mu.Lock()
		defer a.Manager.mu.Unlock()
		p := a.peers[b.id.ID()]
		return p == nil || !p.kept
	})
	a.setAccess(nil)
	a.hint(b)
	eventually(t, "A and B see each other again", func() bool { return a.sees(b) && b.sees(a) })
}

// TestRememberedPeerSurvives floods a node with hints, and lets a long time pass.
func TestRememberedPeerSurvives(t *testing.T) {
	a, id := start(t, "A", newIdentity(t), false), newIdentity(t).ID()
	a.Remember(id, nowhere)
	a.flood(2*maxPeers, nowhere)
	p := a.record(id)
	if p == nil {
		t.Fatal("a remembered peer was pushed out by hints")
	}
	a.Manager.mu.Lock()
	p.hinted = time.Now().Add(-24 * time.Hour)
	p.retry = 4 * time.Minute
	a.Manager.mu.Unlock()
	a.attempt(p)
	retry, _ := a.retryOf(p)
	if !a.wanted(p) {
		t.Error("nobody tries to reach it any more")
	}
	if retry != slowRetry {
		t.Errorf("it is dialled every %v, want every %v", retry, slowRetry)
	}
	a.Forget(id)
	if a.record(id) == p {
		t.Error("it was not forgotten")
	}
	for i := range 2 * maxRemembered {
		a.Remember(identity.PeerID{byte(i), byte(i >> 8), 2}, nowhere)
	}
	a.Manager.mu.Lock()
	defer a.Manager.mu.Unlock()
	count := 0
	for _, p := range a.peers {
		if !p.remembered.IsZero() {
			count++
		}
	}
	if count != maxRemembered || len(a.peers) > maxPeers {
		t.Errorf("%d are remembered, of %d; want %d", count, len(a.peers), maxRemembered)
	}
}

// TestFriendsOfOldHoldUpNobody remembers many that swallow everything.
func TestFriendsOfOldHoldUpNobody(t *testing.T) {
	a, b := start(t, "A", newIdentity(t), false), start(t, "B", newIdentity(t), false)
	hole := mute(t)
	for i := range 4 * maxDials {
		a.Remember(identity.PeerID{byte(i), 2}, hole)
	}
	eventually(t, "no more dials at remembered ones", func() bool { return len(a.remembered) == maxDials })
	a.hint(b)
	eventually(t, "A sees B", func() bool { return a.sees(b) })
}

// TestDeadLinkGivesWay has a peer that dials anew while its older link, which would be kept by rule,
// is silent, as after a change of its address. It never counts as gone.
func TestDeadLinkGivesWay(t *testing.T) {
	a := start(t, "A", newIdentity(t), false)
	id := newIdentity(t)
	for !smaller(a.id.ID(), id.ID()) { // so that the link which A dials stays
		id = newIdentity(t)
	}
	silent := make(chan struct{})
	cfg := config("B", id, 1)
	addrs := listen(t, func(raw net.Conn) {
		if c, err := conn.Accept(t.Context(), cfg, raw); err == nil {
			<-silent // it reads nothing, and so answers nothing
			c.Close()
		}
	})
	t.Cleanup(func() { close(silent) })
	a.Hint(id.ID(), addrs)
	eventually(t, "A sees B", func() bool { s, _ := a.Peer(id.ID()); return s.Online })
	second := dialTo(t, a, cfg)
	go func() { _, _, _ = second.Next() }() // it answers
	eventually(t, "A has the other link", func() bool {
		d := a.Diagnose(id.ID())
		return len(d.Links) == 1 && !d.Links[0].Dialled
	})
	for _, s := range a.history() {
		if !s.Online {
			t.Error("B counted as gone")
		}
	}
}

func smaller(a, b identity.PeerID) bool { return string(a[:]) < string(b[:]) }

// TestCloneIsReported has nodes of one identity. On one computer they are none.
func TestCloneIsReported(t *testing.T) {
	id := newIdentity(t)
	a, b := start(t, "A", id, false), start(t, "B", id, false)
	a.hint(b)
	if _, err := a.Connect(t.Context(), b.addrs()); err == nil {
		t.Error("a node links to its own identity")
	}
	c := &conn.Conn{Peer: id.ID(), Hello: wire.Hello{Instance: "another"}, Remote: netip.MustParseAddrPort("10.0.0.9:1"), Local: netip.MustParseAddrPort("10.0.0.1:1")}
	if got := len(a.toldClones()); got != 0 {
		t.Errorf("%d clones on one computer", got)
	}
	a.SetNetwork(discovery.Network{Local: []netip.Addr{c.Remote.Addr()}})
	a.met(c, "own") // over another interface of this computer
	if got := len(a.toldClones()); got != 0 {
		t.Errorf("%d clones on one computer with two interfaces", got)
	}
	a.SetNetwork(discovery.Network{})
	for range 3 {
		a.met(c, "own")
	}
	if got := a.toldClones(); len(got) != 1 || got[0] != c.Remote {
		t.Errorf("told of %v, want %v once", got, c.Remote)
	}
}

func (h *host) toldClones() []netip.AddrPort {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clones
}

// TestManyLinksAreQuiet counts what a node asks for when it has more and more links.
func TestManyLinksAreQuiet(t *testing.T) {
	for links, want := range map[int]time.Duration{
		0: 3 * time.Second, 1: 3 * time.Second, 40: 3 * time.Second, 41: 6 * time.Second, 200: 15 * time.Second, 400: 30 * time.Second, 512: 30 * time.Second,
	} {
		if got := intervalFor(links); got != want {
			t.Errorf("%d links: %v, want %v", links, got, want)
		}
	}
}

// TestStartsAndStops leaves nothing behind, whenever it ends. TestMain looks for goroutines.
func TestStartsAndStops(t *testing.T) {
	b := start(t, "B", newIdentity(t), false)
	for i := range 100 {
		m := New(Config{Conn: config("A", newIdentity(t), 0), Changed: func(State) {}, Log: slog.New(slog.DiscardHandler)})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); m.Run(ctx) }()
		m.Hint(b.id.ID(), b.addrs())
		m.Remember(newIdentity(t).ID(), nowhere)
		if i%2 == 0 {
			eventually(t, "a link", func() bool { return len(m.Peers()) == 1 })
			c, err := m.Dial(ctx, b.id.ID(), wire.PurposeTransfer)
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
			(<-b.served).Close()
		}
		m.SetNetwork(testNetwork())
		cancel()
		<-done
	}
}
