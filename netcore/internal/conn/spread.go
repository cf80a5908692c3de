package conn

import (
	"net"
	"sync"

	"ferry/netcore/internal/wire"
)

// pieceSize is how much of the stream a Part that this side sends holds. As TLS
// records, and with what comes before it, it fits the buffer of the socket.
const pieceSize = 240 << 10

// spread cuts a stream of frames into Parts, which several lanes send: each by a
// goroutine of its own that takes the next one when it is through with the one
// before. So a slow lane gets few of them.
type spread struct {
	queue chan part
	free  chan []byte   // for pieces; there is one for each lane, and one to fill
	led   chan struct{} // closed when the first Part is on its way

	writing sync.Mutex // held while a frame is written; guards what follows
	piece   []byte     // not on its way yet
	number  uint64     // of that piece

	failing sync.Once
	failed  chan struct{} // closed when err is there
	err     error
}

type part struct {
	number uint64
	piece  []byte
}

func newSpread() *spread {
	s := &spread{
		queue:  make(chan part),
		free:   make(chan []byte, MaxLanes+1),
		led:    make(chan struct{}),
		failed: make(chan struct{}),
		piece:  make([]byte, 0, pieceSize),
	}
	s.widen() // for the connection itself
	return s
}

// widen makes room for what one more lane sends.
func (s *spread) widen() { s.free <- make([]byte, 0, pieceSize) }

// send puts a frame into the stream.
func (s *spread) send(t wire.Type, parts ...[]byte) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.failure(); err != nil {
		return err
	}
	return broken(wire.WriteFrame((*pieces)(s), t, parts...))
}

// flush gives what is there to a lane.
func (s *spread) flush() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.failure(); err != nil || len(s.piece) == 0 {
		return err
	}
	return s.pass()
}

// pieces is the stream as a writer. Callers hold writing.
type pieces spread

func (w *pieces) Write(p []byte) (int, error) {
	s := (*spread)(w)
	for rest := p; len(rest) > 0; {
		n := min(len(rest), pieceSize-len(s.piece))
		s.piece = append(s.piece, rest[:n]...)
		rest = rest[n:]
		if len(s.piece) < pieceSize {
			continue
		}
		if err := s.pass(); err != nil {
			return len(p) - len(rest), err
		}
	}
	return len(p), nil
}

// pass waits until a lane takes the piece, and for an empty one. Callers hold writing.
func (s *spread) pass() error {
	select {
	case s.queue <- part{s.number, s.piece}:
	case <-s.failed:
		return s.err
	}
	s.number++
	select {
	case s.piece = <-s.free:
		return nil
	case <-s.failed:
		s.piece = nil // it is on its way
		return s.err
	}
}

// lead sends Parts on the connection that the stream began on: the first one, by
// which the peer knows that nothing else comes there, and then what it can.
func (s *spread) lead(c *Conn) error {
	select {
	case p := <-s.queue:
		close(s.led)
		if err := s.carry(c, p); err != nil {
			return err
		}
	case <-s.failed:
		return nil
	}
	return s.follow(c)
}

// follow sends Parts on a lane until an error ends the stream.
func (s *spread) follow(lane *Conn) error {
	select {
	case <-s.led:
	case <-s.failed:
		return nil
	}
	for {
		select {
		case p := <-s.queue:
			if err := s.carry(lane, p); err != nil {
				return err
			}
		case <-s.failed:
			return nil
		}
	}
}

func (s *spread) carry(lane *Conn, p part) error {
	err := lane.sendPart(p)
	s.free <- p.piece[:0]
	return err
}

func (c *Conn) sendPart(p part) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.ended {
		return broken(net.ErrClosed)
	}
	return c.sendNow(wire.TypePart, wire.AppendPartNumber(nil, p.number), p.piece)
}

func (s *spread) failure() error {
	select {
	case <-s.failed:
		return s.err
	default:
		return nil
	}
}

// fail ends the stream: whatever is sent from now on fails with err.
func (s *spread) fail(err error) {
	s.failing.Do(func() {
		s.err = err
		close(s.failed)
	})
}
