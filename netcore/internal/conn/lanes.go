package conn

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// MaxLanes is over how many connections one stream of frames goes at most, the
// first one counted.
const MaxLanes = 8

// lastWordsTimeout is how long a connection stays after one of its lanes was lost: the
// peer, which may have ended them all, then says why.
const lastWordsTimeout = 2 * time.Second

// lanes are the connections that carry a part of what a Conn sends or receives.
// It owns them, and the goroutines that serve them: they end with the Conn.
type lanes struct {
	mu     sync.Mutex
	added  []*Conn
	over   bool // the Conn is ending: no more of them
	waited bool // nothing may be started any more
	spread *spread
	gather *gather
	work   sync.WaitGroup
}

// AddLane lets lane carry a part of what c sends from now on, with c itself and
// those that were added before. The peer must have answered its Join. Whatever is
// sent on c goes out in Parts then, in the order of the calls, over whichever
// lane can take it; a Send fails if one of them has.
//
// c owns lane from now on, also on an error: whatever ends c ends it too, and a lane
// that ends is the end of c.
func (c *Conn) AddLane(lane *Conn) error {
	c.writing.Lock()
	s := c.spread
	if s == nil {
		if err := c.flushLocked(); err != nil {
			c.writing.Unlock()
			lane.Close()
			return err
		}
		s = newSpread()
	}
	err := c.lanes.add(c, lane, func() {
		if c.spread == nil {
			c.spread, c.lanes.spread = s, s
			c.lanes.work.Go(func() { c.laneEnded(s.lead(c)) })
		}
		s.widen()
		c.lanes.work.Go(func() { c.laneEnded(s.follow(lane)) })
		c.lanes.work.Go(func() { c.laneEnded(lane.overhear()) })
	})
	c.writing.Unlock()
	if err != nil {
		lane.Close()
	}
	return err
}

// Take lets lane carry a part of what c receives: from the first Part that comes on c on,
// Next, Read and Bytes read the stream that the lanes carry. answer is called
// to tell the peer that lane is one; its error is Take's.
//
// c owns lane then, as in [Conn.AddLane]. If there cannot be one more lane, Take
// returns an error of the kind [fault.Busy] before it calls answer, and lane
// stays the caller's.
func (c *Conn) Take(lane *Conn, answer func() error) error {
	var g *gather
	err := c.lanes.add(c, lane, func() {
		if c.lanes.gather == nil {
			c.lanes.gather = newGather()
		}
		g = c.lanes.gather
		g.expect()
	})
	if err != nil {
		return fmt.Errorf("%w: %w", fault.Busy, err)
	}
	if err := answer(); err != nil {
		g.fail(err)
		return err
	}
	c.lanes.start(func() { g.fail(g.receive(lane)) })
	return nil
}

// parted is called when a Part has come on c: the stream goes on in Parts. It
// reports false if there may be none.
func (c *Conn) parted() bool {
	c.lanes.mu.Lock()
	g := c.lanes.gather
	c.lanes.mu.Unlock()
	if g == nil || c.frames != c.r {
		return false
	}
	c.frames = wire.NewReader(g)
	c.lanes.start(func() { g.fail(g.receiveOn(c)) })
	return true
}

// overhear reads a lane on which only this side sends, for signs of life and last words.
func (c *Conn) overhear() error {
	t, _, err := c.next(c.r)
	if err == nil {
		return Unexpected(t)
	}
	if c.socket.isInterrupted() {
		return nil // what is being written may still go out
	}
	return err
}

// laneEnded ends what c sends because of err, which a lane ended with, if it is not nil.
func (c *Conn) laneEnded(err error) {
	if err == nil {
		return
	}
	c.lanes.mu.Lock()
	defer c.lanes.mu.Unlock()
	c.lanes.spread.fail(err)
	time.AfterFunc(lastWordsTimeout, c.Abort)
}

// add takes lane up, and calls begin, which may start goroutines, if it can be one more.
func (l *lanes) add(c, lane *Conn, begin func()) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.over:
		return broken(net.ErrClosed)
	case len(l.added)+1 >= MaxLanes:
		return errors.New("there are as many lanes as there may be")
	case lane.Peer != c.Peer:
		return fmt.Errorf("%w: a lane of another node", fault.Protocol)
	}
	l.added = append(l.added, lane)
	begin()
	return nil
}

// start starts a goroutine, unless they are being waited for.
func (l *lanes) start(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.waited {
		l.work.Go(f)
	}
}

// end stops what the lanes carry because of err, without a word, and lets no more
// of them be added. It returns those that are there.
func (l *lanes) end(err error) []*Conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	if l.spread != nil {
		l.spread.fail(err)
	}
	if l.gather != nil {
		l.gather.stop(err)
	}
	return l.added
}

// interrupt ends what is received over the lanes, but not what is sent, and lets no
// more of them be added. It returns those that are there.
func (l *lanes) interrupt() []*Conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	if l.gather != nil {
		l.gather.stop(broken(os.ErrDeadlineExceeded))
	}
	return l.added
}

// each stops the lanes because of err, and calls do for each of them, all at once.
func (l *lanes) each(err error, do func(*Conn)) {
	for _, lane := range l.end(err) {
		l.start(func() { do(lane) })
	}
}

// close waits for all goroutines. Abort has been called.
func (l *lanes) close() {
	l.mu.Lock()
	l.waited = true
	added := l.added
	l.mu.Unlock()
	for _, lane := range added {
		lane.Close()
	}
	l.work.Wait()
}
