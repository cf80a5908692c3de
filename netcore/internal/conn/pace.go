package conn

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"ferry/netcore/internal/wire"
)

// A pace is how often the two ends of a link give a sign of life, and how long one takes.
//
// Each side says in its Pings what interval it asks for; both keep to the longer of the
// two, so that a node with many links bears none of the cost of those who have few.
type pace struct {
	wanted chan struct{} // this side asks for another interval; the beat is to say so
	heard  chan struct{} // the peer does

	mu    sync.Mutex
	began time.Time
	own   time.Duration // asked for by this side; below the usual one: nothing
	told  time.Duration // by the peer
	trip  time.Duration // smoothed; 0: not measured yet
}

func newPace() pace {
	return pace{wanted: make(chan struct{}, 1), heard: make(chan struct{}, 1), began: time.Now()}
}

// SetInterval asks for a sign of life at least every d, in place of every 3 s: a
// Ping says so at once. d is rounded to seconds, and kept within 3 and 30. It is for links
// only, and may be called by anyone.
func (c *Conn) SetInterval(d time.Duration) {
	p := &c.pace
	p.mu.Lock()
	defer p.mu.Unlock()
	d = wire.ClampInterval(d)
	if max(d, wire.Interval) == max(p.own, wire.Interval) {
		return
	}
	p.own = d
	select {
	case p.wanted <- struct{}{}:
	default: // it will say this one
	}
}

// SetPace bounds how fast this side reads what the peer sends; nil is no bound. Several connections may share
// one. It may be called by anyone.
func (c *Conn) SetPace(pace *rate.Limiter) { c.socket.pace.Store(pace) }

// RoundTrip is how long the peer takes to answer, as measured when it was dialled and since;
// 0 if it was not.
func (c *Conn) RoundTrip() time.Duration {
	c.pace.mu.Lock()
	defer c.pace.mu.Unlock()
	return c.pace.trip
}

// limit is how long the peer may say nothing.
func (c *Conn) limit() time.Duration {
	c.pace.mu.Lock()
	defer c.pace.mu.Unlock()
	interval := max(c.pace.own, c.pace.told, wire.Interval)
	return time.Duration(float64(c.silence) * (float64(interval) / float64(wire.Interval)))
}

// newPing returns the body of a Ping. From when it is sent, the interval holds that it asks for.
func (c *Conn) newPing() []byte {
	c.pace.mu.Lock()
	own, at := c.pace.own, time.Since(c.pace.began)
	c.pace.mu.Unlock()
	c.socket.allow(c.limit())
	return wire.AppendPing(nil, own, at)
}

// slowed takes in what interval a Ping of the peer asks for.
func (c *Conn) slowed(body []byte) {
	if c.Hello.Purpose != wire.PurposeLink {
		return
	}
	told, _ := wire.ReadPing(body)
	c.pace.mu.Lock()
	changed := told != c.pace.told
	c.pace.told = told
	c.pace.mu.Unlock()
	if !changed {
		return
	}
	c.socket.allow(c.limit())
	select {
	case c.pace.heard <- struct{}{}:
	default: // the beat will see this one
	}
}

// ponged measures the round trip of a Ping that has been answered. A peer can lie about it, to its own harm.
func (c *Conn) ponged(body []byte) {
	_, at := wire.ReadPing(body)
	if trip := time.Since(c.pace.began) - at; trip > 0 && trip < c.silence {
		c.pace.measured(trip)
	}
}

// measured smooths as TCP does (RFC 6298, 2.3).
func (p *pace) measured(trip time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.trip == 0 {
		p.trip = trip
		return
	}
	p.trip += (trip - p.trip) / 8
}
