package link

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/discovery"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"

	"golang.org/x/time/rate"
)

// peer is the record of one other node. The Manager's mu guards it.
type peer struct {
	id     identity.PeerID
	hello  wire.Hello // of its last link that can be dialled back
	places places
	hinted time.Time // when somebody last spoke of it
	links  []*link
	grace  time.Time           // its link broke; it counts as online until then, if it is not zero
	last   netip.AddrPort      // where it was when it did
	via    discovery.Interface // that its latest link goes through; zero if that is not known
	online bool
	told   State // as it was told last

	remembered time.Time // when it was last said to be worth remembering; zero: never

	kept  bool          // a keeper runs
	tried time.Time     // when it was dialled last
	retry time.Duration // how long to wait before it is dialled again
	eager bool          // its next dial is to be short, and followed by another at once
	wake  chan struct{} // tells the keeper to try now
	gone  chan struct{} // closed when the record is forgotten; it is never used again

	calls  *rate.Limiter // how often it may ask to be dialled
	checks *rate.Limiter // how often it may ask whether it can be
	news   *rate.Limiter // how often it may say where it is
	cries  *rate.Limiter // how often a multicast call in its name is answered
}

func newPeer(id identity.PeerID) *peer {
	return &peer{
		id:     id,
		wake:   make(chan struct{}, 1),
		gone:   make(chan struct{}),
		calls:  rate.NewLimiter(callRate, callBurst),
		checks: rate.NewLimiter(rate.Every(checkSpacing), 1),
		news:   rate.NewLimiter(1, 8),
		cries:  rate.NewLimiter(rate.Every(crySpacing), 4),
	}
}

// A link is a connection that has joined.
type link struct {
	*conn.Conn
	since   time.Time
	hello   wire.Hello         // of the other end, as it is now; guarded by the Manager's mu
	port    uint16             // where the other end listens, as it is now; 0: nowhere; guarded by the Manager's mu
	leaving atomic.Bool        // this side has ended it, politely
	heir    *conn.Conn         // takes its place if it ends; guarded by the Manager's mu
	ended   chan struct{}      // closed when it is none of its peer's links any more
	checked chan *wire.Checked // the answer to a Check
	asking  atomic.Bool        // a Check waits for that

	answering atomic.Bool // this side answers a Check

	names   *rate.Limiter // how often the other end may change its name
	telling sync.Mutex    // held while a Name or a Picture is said; guards what follows
	said    string        // what this node is called, as the other end knows

	picture  []byte // what this node looks like, as the other end knows
	pictured bool   // it does know
}

func newLink(c *conn.Conn) *link {
	hello := c.Hello
	hello.Turn = 0 // it says nothing of the node
	return &link{
		Conn: c, since: time.Now(), hello: hello, port: hello.Port, said: c.Told.Name,
		ended: make(chan struct{}), checked: make(chan *wire.Checked, 1),
		names: rate.NewLimiter(1, 8),
	}
}

// dismiss says goodbye on l. It does not wait.
func (l *link) dismiss() {
	l.leaving.Store(true)
	l.Interrupt()
}

// where is the address at which the other end of l listens, if it does. Callers hold the Manager's mu.
func (l *link) where() (netip.AddrPort, bool) {
	if l.Dialled && l.port == l.Hello.Port {
		return l.Remote, true
	}
	return netip.AddrPortFrom(l.Remote.Addr(), l.port), l.port != 0
}

func (p *peer) state() State {
	s := State{ID: p.id, Hello: p.hello, Addrs: p.places.addrs(), Online: p.online}
	if p.online {
		s.Interface, s.Wireless = p.via.Name, p.via.Wireless
	}
	return s
}

// findVia notes which of n's interfaces p's latest link goes through. Without a link, it stays what it was: another
// one is likely to come over the same.
func (p *peer) findVia(n discovery.Network) {
	for _, l := range p.links {
		if l.Hello.Port != 0 {
			p.via, _ = n.Of(l.Local.Addr())
		}
	}
}

func (p *peer) hint(addrs []netip.AddrPort) {
	p.hinted = time.Now()
	p.places.hint(addrs)
}

// reached notes where p can be dialled, as c has proved or, if p dialled, claims.
func (p *peer) reached(c *conn.Conn) {
	p.hinted = time.Now()
	switch {
	case c.Hello.Port == 0: // where it can be dialled now, it cannot be later
	case c.Dialled:
		p.places.reached(c.Remote, c.RoundTrip())
	default:
		p.places.hint([]netip.AddrPort{netip.AddrPortFrom(c.Remote.Addr(), c.Hello.Port)})
	}
}

// staler reports whether p is worth less than q.
func (p *peer) staler(q *peer) bool {
	if p.places.proved() != q.places.proved() {
		return q.places.proved()
	}
	return p.hinted.Before(q.hinted)
}

func (p *peer) wakeUp() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// sleep waits for d. It reports false if it ended before, by wake or for good.
func (p *peer) sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-wake:
	case <-p.gone:
	case <-ctx.Done():
	}
	return false
}

// rival returns the link that cannot stand beside c, if there is one, and
// whether it must give way.
//
// Two nodes that dial each other at once have two links. Both keep the one
// that the node with the smaller ID has dialled, so both keep the same one. Of
// two that the same side has dialled, the newer is alive: the one that was dialled later, in whatever
// order the two get here.
func (p *peer) rival(c *conn.Conn, self identity.PeerID) (old *link, yields bool) {
	for _, old := range p.links {
		if old.Hello.Instance != c.Hello.Instance {
			continue
		}
		if old.Dialled == c.Dialled {
			return old, turnOf(c) == 0 || turnOf(c) > turnOf(old.Conn)
		}
		selfIsSmaller := bytes.Compare(self[:], p.id[:]) < 0
		return old, c.Dialled == selfIsSmaller
	}
	return nil, false
}

// turnOf is which of its dialler's links c is; 0 if that did not tell.
func turnOf(c *conn.Conn) uint64 {
	if c.Dialled {
		return c.Told.Turn
	}
	return c.Hello.Turn
}

// reachable reports whether a link lives to a node of this identity that can be dialled.
// A node that listens nowhere is a command that will soon be over, or one that does not
// want to be seen.
func (p *peer) reachable() bool {
	return slices.ContainsFunc(p.links, func(l *link) bool { return l.Hello.Port != 0 })
}

// full reports whether p has as many links of c's kind as it may have. Commands are
// counted apart, so that they do not keep a window out.
func (p *peer) full(c *conn.Conn) bool {
	n := 0
	for _, l := range p.links {
		if (l.Hello.Port == 0) == (c.Hello.Port == 0) {
			n++
		}
	}
	return n >= maxLinks
}

func (p *peer) drop(l *link) {
	p.links = slices.DeleteFunc(p.links, func(other *link) bool { return other == l })
	select {
	case <-l.ended:
	default:
		close(l.ended)
	}
}

// jitter spreads d by a quarter each way, so that peers that saw the same event do not
// act in step.
func jitter(d time.Duration) time.Duration {
	return d*3/4 + rand.N(d/2)
}
