package transfer

import (
	"bytes"
	"fmt"
	"sync"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// maxHaves is how many bytes of Have frames may wait to be compared.
const maxHaves = 4 << 20

// haves are the Have frames on their way from the goroutine that reads them to the one
// that compares. To compare takes as long as the disk does, and the receiver must
// be heard meanwhile: it may be gone, or have had enough.
type haves struct {
	mu      sync.Mutex
	changed sync.Cond // anything below
	bodies  [][]byte
	bytes   int
	ended   bool // no more are read, or wanted
}

func newHaves() *haves {
	h := new(haves)
	h.changed.L = &h.mu
	return h
}

// put adds the body of a frame. It waits while too much is there.
func (h *haves) put(body []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for h.bytes > maxHaves && !h.ended {
		h.changed.Wait()
	}
	h.bodies = append(h.bodies, body)
	h.bytes += len(body)
	h.changed.Broadcast()
}

// take returns the next body. It waits for one, and reports false if there are no more.
func (h *haves) take() (body []byte, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(h.bodies) == 0 && !h.ended {
		h.changed.Wait()
	}
	if len(h.bodies) == 0 {
		return nil, false
	}
	body, h.bodies = h.bodies[0], h.bodies[1:]
	h.bytes -= len(body)
	h.changed.Broadcast()
	return body, true
}

// end lets nobody wait any more: there are no more.
func (h *haves) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	h.changed.Broadcast()
}

// readHaves reads Have frames up to the one that covers all entries.
func (s *sender) readHaves(to *haves) error {
	defer to.end()
	for decided := int64(0); decided < s.m.Entries(); {
		t, _, err := s.c.Next()
		if err != nil {
			return err
		}
		if t != wire.TypeHave {
			return conn.Unexpected(t)
		}
		body, err := s.c.Bytes()
		if err != nil {
			return err
		}
		next, err := wire.ReadHave(body, func(wire.HaveItem) error { return nil })
		if err != nil {
			return err
		}
		if next <= decided || next > s.m.Entries() {
			return fmt.Errorf("%w: have up to entry %d after %d, of %d", fault.Protocol, next, decided, s.m.Entries())
		}
		decided = next
		to.put(bytes.Clone(body))
	}
	return nil
}
