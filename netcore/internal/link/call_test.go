package link

import (
	"context"
	"encoding/hex"
	"errors"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/discovery"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

// oneWay is two hosts of which only b can dial a: a knows of no address of b's that works.
func oneWay(t *testing.T) (a, b *host) {
	t.Helper()
	a, b = start(t, "A", newIdentity(t), false), start(t, "B", newIdentity(t), false)
	b.hint(a)
	eventually(t, "a link", func() bool { return a.sees(b) && b.sees(a) })
	a.Manager.mu.Lock()
	a.peers[b.id.ID()].places = places{{addr: nowhere[0]}}
	a.Manager.mu.Unlock()
	return a, b
}

func TestPeerThatCannotBeReachedDialsBack(t *testing.T) {
	a, b := oneWay(t)
	c, err := a.Dial(t.Context(), b.id.ID(), wire.PurposeTransfer)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if c.Dialled || c.Peer != b.id.ID() || c.Hello.Purpose != wire.PurposeTransfer {
		t.Errorf("dialled by this side: %v, peer %v, purpose %q", c.Dialled, c.Peer, c.Hello.Purpose)
	}
	served := <-b.served
	if !served.Dialled || served.Peer != a.id.ID() {
		t.Errorf("the other side serves a connection to %v that it dialled: %v", served.Peer, served.Dialled)
	}
	if err := errors.Join(c.SendControl(wire.TypeJoin, wire.Join{ID: hex.EncodeToString(make([]byte, 16))}), c.Flush()); err != nil {
		t.Fatal(err)
	}
	if err := served.Expect(wire.TypeJoin, new(wire.Join)); err != nil {
		t.Errorf("what the sender says does not arrive: %v", err)
	}
	if len(a.calls) != 0 {
		t.Errorf("%d calls are still waited for", len(a.calls))
	}
}

func TestPeerThatAnswersIsNotCalled(t *testing.T) {
	a, b := start(t, "A", newIdentity(t), false), start(t, "B", newIdentity(t), false)
	a.hint(b)
	eventually(t, "a link", func() bool { return a.sees(b) && b.sees(a) })
	for range 10 {
		c, err := a.Dial(t.Context(), b.id.ID(), wire.PurposeTransfer)
		if err != nil {
			t.Fatal(err)
		}
		if !c.Dialled {
			t.Error("it was dialled back though it can be reached")
		}
		c.Close()
		(<-b.served).Close()
	}
}

func TestDialSaysWhy(t *testing.T) {
	a := start(t, "A", newIdentity(t), false)
	nobody := newIdentity(t).ID()
	if _, err := a.Dial(t.Context(), nobody, wire.PurposeTransfer); !errors.Is(err, fault.Offline) {
		t.Errorf("an unknown peer: %v, want %v", err, fault.Offline)
	}
	a.Hint(nobody, nowhere)
	if _, err := a.Dial(t.Context(), nobody, wire.PurposeTransfer); !errors.Is(err, fault.Offline) {
		t.Errorf("nobody there: %v, want %v", err, fault.Offline)
	}
	b := start(t, "B", newIdentity(t), false)
	a.hint(b)
	eventually(t, "a link", func() bool { return a.sees(b) && b.sees(a) })
	b.setAccess(func(identity.PeerID) Access { return None })
	eventually(t, "B wants nothing of A", func() bool {
		c, err := a.Dial(t.Context(), b.id.ID(), wire.PurposeTransfer)
		if err == nil {
			c.Close()
		}
		return errors.Is(err, fault.Untrusted)
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Dial(ctx, b.id.ID(), wire.PurposeTransfer); err == nil {
		t.Error("a dial that was ended before has led to a connection")
	}
}

// TestCalledByNobody dials with tokens that nobody has said, or that somebody else was told.
func TestCalledByNobody(t *testing.T) {
	a, b := oneWay(t)
	token := hex.EncodeToString(slices.Repeat([]byte{7}, 16))
	waiting := &call{peer: b.id.ID(), came: make(chan *conn.Conn, 1)}
	a.Manager.mu.Lock()
	a.calls[token] = waiting
	a.Manager.mu.Unlock()
	with := func(id *identity.Identity, token string) error {
		cfg := config("X", id, 1).With(func(_ identity.PeerID, h *wire.Hello) error { h.Call = token; return nil })
		c, err := conn.DialAny(t.Context(), cfg, a.addrs(), a.id.ID(), wire.PurposeTransfer)
		if err == nil {
			t.Cleanup(c.Close)
		}
		return err
	}
	if err := with(newIdentity(t), token); !errors.Is(err, fault.Untrusted) {
		t.Errorf("another device than the one that was called gets %v", err)
	}
	if err := with(b.id, hex.EncodeToString(make([]byte, 16))); !errors.Is(err, fault.Untrusted) {
		t.Errorf("a token that nobody said gets %v", err)
	}
	if err := with(b.id, token); err != nil {
		t.Errorf("the right one gets %v", err)
	}
	(<-waiting.came).Close()
	if err := with(b.id, token); !errors.Is(err, fault.Untrusted) {
		t.Errorf("a token that was used before gets %v", err)
	}
	if len(a.served) > 0 {
		t.Error("one of them was taken for an offer")
	}
}

// TestCallsAreLimited has a peer that calls without end: it is dialled a limited number of times, and
// nowhere but where its link comes from.
func TestCallsAreLimited(t *testing.T) {
	a, id := start(t, "A", newIdentity(t), false), newIdentity(t)
	dialled := make(chan struct{}, 1000)
	addrs := listen(t, func(net.Conn) { dialled <- struct{}{} })
	c := dialTo(t, a, config("B", id, addrs[0].Port()))
	eventually(t, "a link", func() bool { s, _ := a.Peer(id.ID()); return s.Online }) // so nobody looks for B
	lured := make(chan struct{}, 1000)
	a.Hint(id.ID(), listen(t, func(net.Conn) { lured <- struct{}{} })) // somebody says that B is there
	for range 10 * callBurst {
		if err := c.Send(wire.TypeCall, make([]byte, 16)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "dials", func() bool { return len(dialled) >= callBurst })
	<-time.After(time.Second)
	if n := len(dialled); n > callBurst+5*callRate {
		t.Errorf("dialled %d times", n)
	}
	if n := len(lured); n > 0 {
		t.Errorf("calls led %d times to an address that only somebody else named", n)
	}
}

func TestDiagnosis(t *testing.T) {
	a, b := start(t, "A", newIdentity(t), false), start(t, "B", newIdentity(t), false)
	a.hint(b)
	eventually(t, "a link", func() bool { return a.sees(b) && b.sees(a) })
	a.Hint(b.id.ID(), nowhere)
	if tried := a.Reach(t.Context(), b.id.ID()); len(tried) != 2 || tried[0].Err != nil || !errors.Is(tried[1].Err, fault.Offline) {
		t.Errorf("reached: %+v", tried)
	}
	d := a.Diagnose(b.id.ID())
	if len(d.Addrs) != 2 || d.Addrs[0].Addr != b.addrs()[0] || !d.Addrs[0].Proved || d.Addrs[0].Err != nil || d.Addrs[0].RoundTrip <= 0 {
		t.Errorf("the address that works: %+v", d.Addrs)
	}
	if bad := d.Addrs[1]; bad.Addr != nowhere[0] || bad.Proved || !errors.Is(bad.Err, fault.Offline) || bad.When.IsZero() {
		t.Errorf("the address that does not: %+v", bad)
	}
	if len(d.Links) != 1 || d.Links[0].Hello.Name != "B" {
		t.Errorf("links: %+v", d.Links)
	}
	back, err := a.CheckBack(t.Context(), b.id.ID())
	if err != nil || len(back) == 0 || back[0].Err != nil || back[0].Addr != a.addrs()[0] {
		t.Errorf("B reaches A: %+v, %v", back, err)
	}
	eventually(t, "B to be done with its answer", func() bool { // until then it hears no other question
		return !slices.ContainsFunc(b.linksTo(a.id.ID()), func(l *link) bool { return l.answering.Load() })
	})
	if _, err := a.CheckBack(t.Context(), b.id.ID()); !errors.Is(err, fault.Busy) {
		t.Errorf("asked again at once: %v, want %v", err, fault.Busy)
	}
	if _, err := a.CheckBack(t.Context(), newIdentity(t).ID()); !errors.Is(err, fault.Offline) {
		t.Errorf("asked nobody: %v", err)
	}
	if d := a.Diagnose(newIdentity(t).ID()); d.Addrs != nil || d.Links != nil {
		t.Errorf("nobody: %+v", d)
	}
	if n := a.links(b); n != 1 {
		t.Errorf("%d links after trying", n)
	}
}

func TestPlaces(t *testing.T) {
	at := func(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }
	home := testNetwork()
	var ps places
	ps.hint([]netip.AddrPort{at("10.0.0.9:1"), at("192.168.1.2:1"), at("192.168.9.2:1")})
	order := func(want ...string) {
		t.Helper()
		var got []string
		for _, a := range ps.best(home) {
			got = append(got, a.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("order %v, want %v", got, want)
		}
	}
	// Wired (192.168.1.0/24) before wireless (10.0.0.0/24) before what is elsewhere.
	order("192.168.1.2:1", "10.0.0.9:1", "192.168.9.2:1")
	ps.reached(at("10.0.0.9:1"), time.Millisecond)
	order("192.168.1.2:1", "10.0.0.9:1", "192.168.9.2:1")
	ps.tried(conn.Attempt{Addr: at("192.168.1.2:1"), Err: fault.Offline}) // never worked, nor does it now
	order("10.0.0.9:1", "192.168.9.2:1", "192.168.1.2:1")
	ps.tried(conn.Attempt{Addr: at("192.168.1.2:1"), RoundTrip: time.Second})
	order("192.168.1.2:1", "10.0.0.9:1", "192.168.9.2:1")
	ps.hint([]netip.AddrPort{at("192.168.1.3:1")})
	ps.tried(conn.Attempt{Addr: at("192.168.1.3:1"), RoundTrip: time.Millisecond}) // nearer
	order("192.168.1.3:1", "192.168.1.2:1", "10.0.0.9:1", "192.168.9.2:1")
	ps.tried(conn.Attempt{Addr: at("192.168.1.3:1"), Err: fault.Timeout}) // once is no reason
	order("192.168.1.3:1", "192.168.1.2:1", "10.0.0.9:1", "192.168.9.2:1")
	ps.tried(conn.Attempt{Addr: at("192.168.1.3:1"), Err: fault.Timeout})
	order("192.168.1.2:1", "10.0.0.9:1", "192.168.9.2:1", "192.168.1.3:1")
	for i := range 100 { // what worked is not pushed out
		ps.hint([]netip.AddrPort{netip.AddrPortFrom(netip.MustParseAddr("192.168.1.66"), uint16(i+1))})
	}
	if len(ps) != maxAddrs || ps.find(at("10.0.0.9:1")) < 0 || ps.find(at("192.168.1.2:1")) < 0 {
		t.Errorf("after a flood: %v", ps.addrs())
	}
}

// testNetwork has a cable to 192.168.1.0/24 and Wi-Fi to 10.0.0.0/24.
func testNetwork() discovery.Network {
	return discovery.Network{Interfaces: []discovery.Interface{
		{Index: 2, Name: "wlan0", Wireless: true, Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/24")}},
		{Index: 3, Name: "eth0", Prefixes: []netip.Prefix{netip.MustParsePrefix("192.168.1.1/24")}},
	}}
}
