package conn

import (
	"fmt"
	"io"
	"sync"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// window is how many Parts ahead of the stream are kept. A lane that is further
// ahead is not read.
const window = 32

// gather puts the stream of frames together again that comes in Parts over
// several lanes. It keeps window pieces, whatever the peer sends.
type gather struct {
	mu      sync.Mutex
	changed sync.Cond // signalled whenever something of what follows is
	next    uint64    // the Part that the stream goes on with
	slots   [window]slot
	lanes   int              // that there are
	held    map[*Conn]uint64 // those that are held back, at which Part
	free    [][]byte
	err     error // why no more comes
	stopped bool  // not even what is here already

	// Of the reader alone.
	buf  []byte // the piece being read
	rest []byte // of it
}

// slot is one Part, by its number modulo window.
type slot struct {
	claimed bool   // it is being read from a lane, or here
	piece   []byte // nil until it is here
}

func newGather() *gather {
	g := &gather{
		lanes: 1, // the connection itself
		held:  make(map[*Conn]uint64),
	}
	g.changed.L = &g.mu
	return g
}

// expect counts one more lane, of which Parts may come from now on.
func (g *gather) expect() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lanes++
}

// Read reads the stream. One goroutine may. The error is what the first of the lanes
// that failed did so with, behind all that came before.
func (g *gather) Read(p []byte) (int, error) {
	if len(g.rest) == 0 {
		if err := g.turn(); err != nil {
			return 0, err
		}
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

// turn waits for the next piece.
func (g *gather) turn() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.buf != nil {
		g.free = append(g.free, g.buf)
		g.buf = nil
	}
	s := &g.slots[g.next%window]
	for s.piece == nil && g.err == nil && !g.stopped {
		g.changed.Wait()
	}
	if s.piece == nil || g.stopped {
		return g.err
	}
	g.buf, g.rest = s.piece, s.piece
	*s = slot{}
	g.next++
	g.changed.Broadcast()
	return nil
}

// receive reads Parts from a lane until it ends.
func (g *gather) receive(lane *Conn) error {
	t, _, err := lane.next(lane.r)
	if err != nil {
		return err
	}
	if t != wire.TypePart {
		return Unexpected(t)
	}
	return g.receiveOn(lane)
}

// receiveOn does the same for a lane of which the header of a Part has been read.
func (g *gather) receiveOn(lane *Conn) error {
	for least := uint64(0); ; {
		number, err := g.part(lane, least)
		if err != nil {
			return err
		}
		least = number + 1
		t, _, err := lane.next(lane.r)
		if err != nil {
			return err
		}
		if t != wire.TypePart {
			return Unexpected(t)
		}
	}
}

// part reads one Part, behind its header. least is the least number that it may have.
func (g *gather) part(lane *Conn, least uint64) (uint64, error) {
	number, size, err := lane.r.PartNumber()
	if err != nil {
		return 0, broken(err)
	}
	if number < least {
		return 0, fmt.Errorf("%w: Part %d behind Part %d", fault.Protocol, number, least-1)
	}
	buf, err := g.claim(lane, number)
	if err != nil {
		return 0, err
	}
	if _, err := io.ReadFull(lane.r, buf[:size]); err != nil {
		return 0, broken(err)
	}
	g.put(number, buf[:size])
	return number, nil
}

// claim waits until a Part is within the window, and returns a buffer for its piece.
func (g *gather) claim(lane *Conn, number uint64) ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err := g.hold(lane, number); err != nil {
		return nil, err
	}
	s := &g.slots[number%window]
	if number < g.next || s.claimed {
		return nil, fmt.Errorf("%w: Part %d for the second time", fault.Protocol, number)
	}
	s.claimed = true
	if last := len(g.free) - 1; last >= 0 {
		buf := g.free[last]
		g.free = g.free[:last]
		return buf[:cap(buf)], nil
	}
	return make([]byte, wire.MaxPiece), nil
}

// hold holds a lane back while its Part is too far ahead. Callers hold mu.
func (g *gather) hold(lane *Conn, number uint64) error {
	defer delete(g.held, lane)
	for g.err == nil && g.ahead(number) {
		g.held[lane] = number
		if g.starved() {
			return fmt.Errorf("%w: Part %d has not been sent", fault.Protocol, g.next)
		}
		g.changed.Wait()
	}
	return g.err
}

func (g *gather) ahead(number uint64) bool {
	return number >= g.next && number-g.next >= window
}

// starved reports whether the next Part can come no more: all lanes are past it.
func (g *gather) starved() bool {
	if len(g.held) < g.lanes || g.slots[g.next%window].claimed {
		return false
	}
	for _, number := range g.held {
		if !g.ahead(number) {
			return false
		}
	}
	return true
}

// put gives a piece to the stream.
func (g *gather) put(number uint64, piece []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.slots[number%window].piece = piece
	g.changed.Broadcast()
}

// fail ends the stream with err, behind what is here of it. The first error counts.
func (g *gather) fail(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err == nil {
		g.err = err
	}
	g.changed.Broadcast()
}

// stop ends the stream at once.
func (g *gather) stop(err error) {
	g.fail(err)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.stopped = true
	g.changed.Broadcast()
}
