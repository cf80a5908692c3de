package conn

import (
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// beat sends a Ping when nothing else was sent for a while, so that a peer that
// lives is never taken for one that is gone. It looks twice in each third of
// the silence: so no gap is longer than that third, whenever the last flush was.
func (c *Conn) beat() {
	defer close(c.mute)
	tick := time.NewTicker(c.limit() / 6)
	defer tick.Stop()
	for {
		least := c.limit() / 6
		select {
		case <-c.closed:
			return
		case <-tick.C:
		case <-c.pace.wanted:
			least = 0 // the peer is to hear of it
		case <-c.pace.heard:
		}
		if err := c.pingAfter(least); err != nil {
			return // the reader will find out why
		}
		tick.Reset(c.limit() / 6)
	}
}

// Gone is closed when the peer cannot be given a sign of life any more: it has hung up, or this
// side has. Its last words may still be there to be read. It is for those who wait without reading, and may be called by anyone.
func (c *Conn) Gone() <-chan struct{} { return c.mute }

// pingAfter sends a Ping if nothing was sent for d. It waits for a write that is
// under way.
func (c *Conn) pingAfter(d time.Duration) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.ended || time.Since(c.flushed) < d {
		return nil
	}
	return c.sendNow(wire.TypePing, c.newPing())
}

// Abort ends the connection at once, without a word and without waiting: reads
// and writes that are under way, on whatever goroutine, fail. It is for a peer that
// is known to be gone. Any goroutine may call it, any number of times; Close
// or Fail must still follow.
func (c *Conn) Abort() {
	c.closing.Do(func() {
		close(c.closed)
		c.socket.Close()
	})
	for _, lane := range c.lanes.end(broken(net.ErrClosed)) {
		lane.Abort()
	}
}

// Close ends the connection at once, with its lanes, and waits for its goroutines.
func (c *Conn) Close() {
	c.Abort()
	c.beating.Wait()
	c.lanes.close()
}

// Interrupt makes reads that are under way, and later ones, return with an
// error. A write under way gets a few seconds to end, so that Fail
// can still follow it.
func (c *Conn) Interrupt() {
	c.socket.interrupt()
	for _, lane := range c.lanes.interrupt() {
		lane.socket.interrupt()
	}
	time.AfterFunc(LingerTimeout, c.Abort)
}

// Probe asks the peer for a sign of life: if not a byte comes from it within d, the
// connection is lost.
func (c *Conn) Probe(d time.Duration) error {
	c.socket.expect(d)
	if err := c.Send(wire.TypePing, c.newPing()); err != nil {
		return err
	}
	return c.Flush()
}

// Fail tells the peer why this side ends the connection, waits until it knows
// (for a few seconds at most), and closes. An error that the peer told itself
// (see [Next]) is not told back.
func (c *Conn) Fail(err error) {
	defer c.Close()
	var remote *RemoteError
	if errors.As(err, &remote) || errors.Is(err, fault.Lost) {
		return
	}
	timeout := time.AfterFunc(LingerTimeout, c.Abort)
	defer timeout.Stop()
	c.lanes.each(broken(net.ErrClosed), func(lane *Conn) { lane.Fail(err) })
	c.socket.end()
	e := wire.Error{Code: fault.CodeOf(err)}
	if e.Code == "protocol" || e.Code == "internal" {
		e.Detail = fmt.Sprintf("%.500v", err)
	}
	if c.SendControl(wire.TypeError, e) != nil || c.Flush() != nil {
		return
	}
	c.hangUp()
}

// hangUp ends this side's half and reads until the peer ends its own: closing a socket with
// unread bytes would make TCP throw away our last words (RFC 9293, 3.10.4; RFC 2525, 2.17).
func (c *Conn) hangUp() {
	if c.tls.CloseWrite() != nil || c.socket.closeWrite() != nil {
		return
	}
	// Past TLS: what still comes is of no interest.
	_, err := io.Copy(io.Discard, c.socket.raw)
	if err != nil {
		c.Log.Debug("hang up", "err", err)
	}
}

// Finish ends a connection of which the last frame has been written: it waits
// until the peer has hung up, for limit at most.
func (c *Conn) Finish(limit time.Duration) {
	defer c.Close()
	timeout := time.AfterFunc(limit, c.Abort)
	defer timeout.Stop()
	c.socket.end()
	if c.endWriting() != nil {
		return
	}
	c.hangUp()
}

// endWriting flushes what is there and lets nothing more be sent.
func (c *Conn) endWriting() error {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.ended = true
	return c.flushLocked()
}
