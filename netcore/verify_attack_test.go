package netcore_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"ferry/netcore"
	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/verify"
	"ferry/netcore/internal/wire"
	. "ferry/netcore/netcoretest"
)

// mallory is a program that has identities of its own, speaks the protocol, and keeps to
// its rules only where that serves it.
type mallory struct {
	id     *identity.Identity
	name   string // of whom it pretends to be
	listen net.Listener
}

func newMallory(t *testing.T, name string) *mallory {
	t.Helper()
	id, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &mallory{id, name, l}
}

func (m *mallory) addr() netip.AddrPort { return m.listen.Addr().(*net.TCPAddr).AddrPort() }

func (m *mallory) config() *conn.Config {
	return &conn.Config{Identity: m.id, Hello: func() wire.Hello {
		return wire.Hello{Name: m.name, System: "linux", Instance: m.id.ID().Short(), Port: m.addr().Port()}
	}}
}

// A hostile is one link of mallory's.
type hostile struct {
	*conn.Conn
	t       *testing.T
	parties verify.Parties
}

func (m *mallory) link(t *testing.T, c *conn.Conn) *hostile {
	t.Helper()
	late := time.AfterFunc(Patience, c.Abort) // no test waits for ever
	t.Cleanup(func() { late.Stop(); c.Close() })
	key, err := c.Export(verify.KeyLabel, verify.KeySize)
	if err != nil {
		t.Fatal(err)
	}
	return &hostile{c, t, verify.Parties{Key: [verify.KeySize]byte(key), Self: m.id.ID(), Peer: c.Peer}}
}

// dial links to a node.
func (m *mallory) dial(t *testing.T, h *Host) *hostile {
	t.Helper()
	c, err := conn.Dial(t.Context(), m.config(), h.Addr(), h.Self().ID, wire.PurposeLink)
	if err != nil {
		t.Fatal(err)
	}
	return m.link(t, c)
}

// lure lets a node link to mallory.
func (m *mallory) lure(t *testing.T, h *Host) *hostile {
	t.Helper()
	came := make(chan *conn.Conn, 1)
	go func() {
		defer close(came)
		raw, err := m.listen.Accept()
		if err != nil {
			return
		}
		if c, err := conn.Accept(t.Context(), m.config(), raw); err == nil {
			came <- c
		}
	}()
	if _, err := h.Connect(t.Context(), m.addr().String()); err != nil {
		t.Fatal(err)
	}
	c, ok := <-came
	if !ok {
		t.Fatal("nobody has come")
	}
	return m.link(t, c)
}

func (h *hostile) say(frames ...verify.Frame) {
	h.t.Helper()
	for _, f := range frames {
		if err := errors.Join(h.Send(f.Type, f.Body), h.Flush()); err != nil {
			h.t.Fatal(err)
		}
	}
}

// next waits for a frame of a comparison.
func (h *hostile) next() verify.Frame {
	h.t.Helper()
	for {
		typ, _, err := h.Next()
		if err != nil {
			h.t.Fatal(err)
		}
		body, err := h.Bytes()
		if err != nil {
			h.t.Fatal(err)
		}
		switch typ {
		case wire.TypeVerify, wire.TypeNonce, wire.TypeVerdict:
			return verify.Frame{Type: typ, Body: bytes.Clone(body)}
		}
	}
}

// last waits for the end of the link, and returns its reason.
func (h *hostile) last() error {
	for {
		typ, _, err := h.Next()
		if err == nil && typ == wire.TypeBye {
			err = errBye
		}
		if err != nil {
			return err
		}
	}
}

var errBye = errors.New("goodbye")

// follow keeps to the rules of an exchange, until that has a code.
func (h *hostile) follow(x *verify.Exchange) verify.Code {
	h.t.Helper()
	for {
		if code, ok := x.Code(); ok {
			return code
		}
		f := h.next()
		answers, err := x.Heard(f.Type, f.Body)
		if err != nil {
			h.t.Fatal(err)
		}
		h.say(answers...)
	}
}

// people compare what their screens show, face to face: "same" only if both show the same code.
type people struct{ codes chan string }

func (p *people) compare(ctx context.Context, c *netcore.Verification) netcore.Verdict {
	code, err := c.Code(ctx)
	mine := code.Digits
	if err != nil {
		mine = err.Error() // which is what the screen says
	}
	select {
	case p.codes <- mine:
	case other := <-p.codes:
		p.codes <- mine
		return verdictOn(mine, other, err)
	}
	return verdictOn(mine, <-p.codes, err)
}

func verdictOn(mine, other string, err error) netcore.Verdict {
	switch {
	case err != nil:
		return netcore.Undecided
	case mine == other:
		return netcore.Same
	}
	return netcore.Different
}

// TestManInTheMiddle sits between two people with a link to each, and does what it can.
func TestManInTheMiddle(t *testing.T) {
	type between struct{ a, b *hostile }
	for name, attack := range map[string]func(between){
		"frames are relayed": func(m between) {
			m.b.say(m.a.next()) // commitment
			m.a.say(m.b.next()) // nR
			m.b.say(m.a.next()) // nI
		},
		"nonces are its own": func(m between) {
			asked := m.a.next()
			toB, first := verify.Begin(m.b.parties)
			m.b.say(first)
			known := m.b.follow(toB) // before its own nonce goes to A
			toA := verify.Asked(m.a.parties, wire.Commitment(asked.Body))
			nonce, _ := toA.Agree()
			m.a.say(nonce)
			if got := m.a.follow(toA); got == known {
				m.a.t.Errorf("both codes are %v", got)
			}
			for _, side := range []struct {
				h *hostile
				x *verify.Exchange
			}{{m.a, toA}, {m.b, toB}} {
				if f, ok := side.x.Say(wire.VerdictSame); ok {
					side.h.say(f)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := people{make(chan string)}
			a, b := Start(t, "Anna", comparing(p.compare)), Start(t, "Ben", comparing(p.compare))
			asBen, asAnna := newMallory(t, "Ben"), newMallory(t, "Anna")
			m := between{asBen.lure(t, a), asAnna.dial(t, b)}
			Eventually(t, "the relay to be taken for a peer", func() bool { return len(a.Peers()) == 1 && len(b.Peers()) == 1 })
			result := make(chan error, 1)
			go func() { result <- a.Node.Verify(t.Context(), asBen.id.ID()) }()
			attack(m)
			if err := take(t, result); !errors.Is(err, netcore.ErrDifferent) {
				t.Fatalf("Verify: %v", err)
			}
			if got := known(a, asBen.id.ID()); !got.Blocked || !got.Verified.IsZero() {
				t.Errorf("what Anna was linked to is now %+v", got)
			}
			if err := m.a.last(); err == nil {
				t.Error("its link goes on")
			}
			if err := m.b.last(); err == nil {
				t.Error("its other link goes on")
			}
			if got := known(b, asAnna.id.ID()); !got.Verified.IsZero() {
				t.Errorf("what Ben was linked to is now %+v", got)
			}
			if len(a.Peers()) != 0 {
				t.Errorf("Anna still sees %v", a.Peers())
			}
		})
	}
}

// TestComparisonOutOfOrder breaks the order of a comparison at a real node: the link ends with the reason, the person is
// told, and nothing is trusted.
func TestComparisonOutOfOrder(t *testing.T) {
	nonce := func(x wire.Commitment) verify.Frame {
		return verify.Frame{Type: wire.TypeNonce, Body: wire.AppendNonce(nil, x, wire.Nonce{9})}
	}
	for name, attack := range map[string]func(*hostile, *verify.Exchange, wire.Commitment){
		"a nonce that was not committed to": func(h *hostile, _ *verify.Exchange, c wire.Commitment) { h.next(); h.say(nonce(c)) },
		"a nonce before the answer":         func(h *hostile, _ *verify.Exchange, c wire.Commitment) { h.say(nonce(c)) },
		"a second commitment": func(h *hostile, _ *verify.Exchange, _ wire.Commitment) {
			h.next()
			_, again := verify.Begin(h.parties)
			h.say(again)
		},
		"a verdict before the code": func(h *hostile, _ *verify.Exchange, c wire.Commitment) {
			h.next()
			h.say(verify.Verdict(c, wire.VerdictSame))
		},
		"two verdicts": func(h *hostile, x *verify.Exchange, c wire.Commitment) {
			h.follow(x)
			h.say(verify.Verdict(c, wire.VerdictSame), verify.Verdict(c, wire.VerdictSame))
		},
		"a verdict that there is not": func(h *hostile, _ *verify.Exchange, c wire.Commitment) { h.say(verify.Verdict(c, 77)) },
	} {
		t.Run(name, func(t *testing.T) {
			why := make(chan error, 1)
			b := Start(t, "Ben", comparing(waits(why)))
			m := newMallory(t, "Anna")
			h := m.dial(t, b)
			x, first := verify.Begin(h.parties)
			h.say(first)
			attack(h, x, wire.Commitment(first.Body))
			if err := h.last(); !errors.Is(err, netcore.ErrProtocol) {
				t.Errorf("the link ends with %v", err)
			}
			if err := take(t, why); !errors.Is(err, netcore.ErrProtocol) {
				t.Errorf("the person is told %v", err)
			}
			if p := known(b, m.id.ID()); !p.Verified.IsZero() {
				t.Errorf("verified: %+v", p)
			}
		})
	}
}

// TestBothBeginAtOnceForReal lets the peer's Verify cross the node's own, with either peer ID the smaller one.
func TestBothBeginAtOnceForReal(t *testing.T) {
	for _, smaller := range []bool{true, false} {
		asked := make(chan bool, 2)
		b := Start(t, "Ben", comparing(func(ctx context.Context, c *netcore.Verification) netcore.Verdict {
			asked <- c.Asked
			return says(netcore.Same)(ctx, c)
		}))
		self := b.Self().ID
		m := newMallory(t, "Anna")
		for id := m.id.ID(); (bytes.Compare(id[:], self[:]) < 0) != smaller; id = m.id.ID() {
			m = newMallory(t, "Anna")
		}
		h := m.dial(t, b)
		Eventually(t, "it to be seen", func() bool { return len(b.Peers()) == 1 })
		result := make(chan error, 1)
		go func() { result <- b.Node.Verify(t.Context(), m.id.ID()) }()
		theirs := h.next()
		x, own := verify.Begin(h.parties)
		answers, err := x.Heard(theirs.Type, theirs.Body) // ours is on its way already
		if err != nil {
			t.Fatal(err)
		}
		h.say(own)
		h.say(answers...)
		h.follow(x)
		same, _ := x.Say(wire.VerdictSame)
		h.say(same)
		if err := take(t, result); err != nil {
			t.Errorf("Verify, with the smaller ID at the other end %v: %v", smaller, err)
		}
		if n := len(asked); n != 1 || <-asked {
			t.Errorf("the person was asked %d times", n)
		}
	}
}

// TestAskedTooOften is a device that wants to compare again and again.
func TestAskedTooOften(t *testing.T) {
	b := Start(t, "Ben", comparing(says(netcore.Undecided)))
	h := newMallory(t, "Anna").dial(t, b)
	verdicts := map[wire.Verdict]int{}
	for range 8 {
		x, first := verify.Begin(h.parties)
		h.say(first)
		for !x.Over() {
			f := h.next()
			answers, err := x.Heard(f.Type, f.Body)
			if err != nil {
				t.Fatal(err)
			}
			h.say(answers...)
		}
		_, heard := x.Verdicts()
		verdicts[*heard]++
	}
	if verdicts[wire.VerdictStopped] != 5 || verdicts[wire.VerdictBusy] != 3 {
		t.Errorf("verdicts of 8 attempts: %v", verdicts)
	}
}

// TestWhoIsNotSeenIsNotAsked: a node that does not want to be seen answers without its person.
func TestWhoIsNotSeenIsNotAsked(t *testing.T) {
	b := Start(t, "Ben", func(c *netcore.Config, r *Recorder) {
		c.Visibility = netcore.VisibleToNone
		r.Compare = func(context.Context, *netcore.Verification) netcore.Verdict {
			t.Error("the person was asked")
			return netcore.Undecided
		}
	})
	h := newMallory(t, "Anna").lure(t, b)
	_, first := verify.Begin(h.parties)
	h.say(first)
	_, v, err := wire.ReadVerdict(h.next().Body)
	if err != nil || v != wire.VerdictDeclined {
		t.Errorf("verdict %d, %v", v, err)
	}
}
