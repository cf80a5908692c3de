package conn

import (
	"fmt"
	"io"
	"net"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// Next returns the type and size of the next frame that means something to
// the caller: Pings are answered and Errors become errors, of the kind that the
// peer named, with Remote set. Any other error ends the connection's use.
//
// If the peer sends in Parts, this is where they begin: the frames that follow are
// those of the stream that the lanes carry (see [Conn.Take]).
func (c *Conn) Next() (wire.Type, int, error) {
	for {
		t, size, err := c.next(c.frames)
		if err != nil || t != wire.TypePart || !c.parted() {
			return t, size, err
		}
	}
}

// next is Next for the frames that r reads.
func (c *Conn) next(r *wire.Reader) (wire.Type, int, error) {
	for {
		t, size, err := r.Next()
		if err != nil {
			return 0, 0, broken(err)
		}
		switch t {
		case wire.TypePing, wire.TypePong, wire.TypeError:
			body, err := r.Bytes()
			if err != nil {
				return 0, 0, broken(err)
			}
			if t == wire.TypeError {
				return 0, 0, remoteError(body)
			}
			if err := c.pinged(t, body); err != nil {
				return 0, 0, err
			}
		default:
			return t, size, nil
		}
	}
}

func (c *Conn) pinged(t wire.Type, body []byte) error {
	if t == wire.TypePong {
		c.ponged(body)
		return nil
	}
	c.slowed(body)
	// A writer that is busy sends something by itself; answering it would wait. And nobody
	// needs as many answers as he can ask for.
	if !c.pongs.Allow() || !c.writing.TryLock() {
		return nil
	}
	defer c.writing.Unlock()
	if c.ended {
		return nil
	}
	return c.sendNow(wire.TypePong, body)
}

// Read reads from the body of the frame that Next returned.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.frames.Read(p)
	if err != nil && err != io.EOF {
		err = broken(err)
	}
	return n, err
}

// Bytes reads the body of the frame that Next returned. It is valid until the
// next call of Next or Bytes.
func (c *Conn) Bytes() ([]byte, error) {
	b, err := c.frames.Bytes()
	if err != nil {
		err = broken(err)
	}
	return b, err
}

// Expect reads a control frame of type t into v; any other frame is an error.
func (c *Conn) Expect(t wire.Type, v any) error {
	got, _, err := c.Next()
	if err != nil {
		return err
	}
	if got != t {
		return Unexpected(got)
	}
	body, err := c.Bytes()
	if err != nil {
		return err
	}
	return wire.Decode(body, v)
}

// Unexpected is the error for a frame that must not come now.
func Unexpected(t wire.Type) error {
	return fmt.Errorf("%w: %v frame out of order", fault.Protocol, t)
}

// Send writes a frame. It may stay in a buffer until Flush. An Error or a Bye
// is its sender's last word: whatever is sent after it fails.
func (c *Conn) Send(t wire.Type, parts ...[]byte) error {
	c.writing.Lock()
	if s := c.spread; s != nil && t != wire.TypePing && t != wire.TypeError {
		c.writing.Unlock()
		return s.send(t, parts...)
	}
	defer c.writing.Unlock()
	if c.ended {
		return broken(net.ErrClosed)
	}
	c.ended = t == wire.TypeError || t == wire.TypeBye
	return broken(wire.WriteFrame(c.w, t, parts...))
}

// SendControl writes a frame with v in JSON.
func (c *Conn) SendControl(t wire.Type, v any) error {
	body, err := wire.Encode(v)
	if err != nil {
		return err
	}
	return c.Send(t, body)
}

// Flush sends what is in the buffers. With lanes it does not wait until they have sent it.
func (c *Conn) Flush() error {
	c.writing.Lock()
	err := c.flushLocked()
	s, last := c.spread, c.ended
	c.writing.Unlock()
	if err != nil || s == nil || last {
		return err
	}
	return s.flush()
}

// sendNow writes and flushes a frame. Callers hold writing.
func (c *Conn) sendNow(t wire.Type, parts ...[]byte) error {
	if err := wire.WriteFrame(c.w, t, parts...); err != nil {
		return broken(err)
	}
	return c.flushLocked()
}

func (c *Conn) flushLocked() error {
	if err := c.w.Flush(); err != nil {
		return broken(err)
	}
	if err := c.socket.flush(); err != nil {
		return broken(err)
	}
	c.flushed = time.Now()
	return nil
}
