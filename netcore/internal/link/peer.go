package link

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

// peer is the record of one other node. The Manager's mu guards it.
type peer struct {
	id     identity.PeerID
	hello  wire.Hello       // of its last link that can be dialled back
	addrs  []netip.AddrPort // verified ones first
	proved int              // how many of addrs are verified
	hinted time.Time        // when somebody last spoke of it
	links  []*conn.Conn
	grace  time.Time // its link broke; it counts as online until then, if it is not zero
	online bool
	told   State // as it was told last

	kept  bool          // a keeper runs
	tried time.Time     // when it was dialled last
	retry time.Duration // how long to wait before it is dialled again
	wake  chan struct{} // tells the keeper to try now
	gone  chan struct{} // closed when the record is forgotten; it is never used again
}

func (p *peer) state() State {
	return State{ID: p.id, Hello: p.hello, Addrs: slices.Clone(p.addrs), Online: p.online}
}

// hint adds addresses that are not proved, at the end and in place of older
// ones that never were: a flood of hints cannot push out what works.
func (p *peer) hint(addrs []netip.AddrPort) {
	p.hinted = time.Now()
	for _, a := range addrs {
		if slices.Contains(p.addrs, a) {
			continue
		}
		if len(p.addrs) == maxAddrs {
			if p.proved == maxAddrs {
				p.proved--
			}
			p.addrs = slices.Delete(p.addrs, p.proved, p.proved+1)
		}
		p.addrs = append(p.addrs, a)
	}
}

// reached notes where p can be dialled, as c has proved or, if p dialled, claims.
func (p *peer) reached(c *conn.Conn) {
	p.hinted = time.Now()
	if !c.Dialled {
		if c.Hello.Port != 0 {
			p.hint([]netip.AddrPort{netip.AddrPortFrom(c.Remote.Addr(), c.Hello.Port)})
		}
		return
	}
	if i := slices.Index(p.addrs, c.Remote); i >= 0 {
		p.addrs = slices.Delete(p.addrs, i, i+1)
		if i < p.proved {
			p.proved--
		}
	}
	p.addrs = slices.Insert(p.addrs, 0, c.Remote)
	p.proved++
	if len(p.addrs) > maxAddrs {
		p.addrs = p.addrs[:maxAddrs]
		p.proved = min(p.proved, maxAddrs)
	}
}

func (p *peer) staler(q *peer) bool {
	if (p.proved > 0) != (q.proved > 0) {
		return p.proved == 0
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
// two that the same side has dialled, the newer is alive.
func (p *peer) rival(c *conn.Conn, self identity.PeerID) (old *conn.Conn, yields bool) {
	for _, old := range p.links {
		if old.Hello.Instance != c.Hello.Instance {
			continue
		}
		if old.Dialled == c.Dialled {
			return old, true
		}
		selfIsSmaller := bytes.Compare(self[:], p.id[:]) < 0
		return old, c.Dialled == selfIsSmaller
	}
	return nil, false
}

// reachable reports whether a link lives to a node of this identity that can be dialled.
// A node that listens nowhere is a command that will soon be over.
func (p *peer) reachable() bool {
	return slices.ContainsFunc(p.links, func(c *conn.Conn) bool { return c.Hello.Port != 0 })
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

func (p *peer) drop(c *conn.Conn) {
	p.links = slices.DeleteFunc(p.links, func(l *conn.Conn) bool { return l == c })
}

// jitter spreads d by a quarter each way, so that peers that saw the same event do not
// act in step.
func jitter(d time.Duration) time.Duration {
	return d*3/4 + rand.N(d/2)
}
