package netcore

import (
	"cmp"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often peers may ask a person to compare codes. Each time that the person agrees, whoever sits in the middle has a
// guess; and questions of strangers must not drive the person away.
const (
	compareBurst      = 5 // of one peer, then one in compareSpacing
	compareSpacing    = time.Minute
	compareAllBurst   = 10 // of all that are not known, then one in compareAllSpacing
	compareAllSpacing = 10 * time.Second
	maxCompared       = 3   // that wait for the person at once
	maxComparers      = 512 // of which it is known how often they asked
)

// comparisons are those that are under way, at most one with each peer.
type comparisons struct {
	limit time.Duration // for each

	mu        sync.Mutex
	under     map[PeerID]*comparison
	asked     int // begun by peers
	peers     map[PeerID]*rate.Limiter
	strangers *rate.Limiter
}

func newComparisons(limit time.Duration) comparisons {
	return comparisons{
		limit:     cmp.Or(limit, verifyTime),
		under:     make(map[PeerID]*comparison),
		peers:     make(map[PeerID]*rate.Limiter),
		strangers: rate.NewLimiter(rate.Every(compareAllSpacing), compareAllBurst),
	}
}

// with returns the comparison with a peer that is under way; nil if there is none.
func (s *comparisons) with(id PeerID) *comparison {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.under[id]; c != nil && !c.isOver() {
		return c
	}
	return nil
}

// begin makes c the one with its peer, and reports false if there is another.
func (s *comparisons) begin(c *comparison) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.under[c.line.Peer()]; old != nil && !old.isOver() {
		return false
	}
	s.under[c.line.Peer()] = c
	return true
}

// beginAsked is begin for one that a peer has begun: also false if the person is asked too often. Strangers
// cannot keep out what is known.
func (s *comparisons) beginAsked(c *comparison, known bool) bool {
	if s.with(c.line.Peer()) != nil || !s.mayAsk(c.line.Peer(), known) {
		return false
	}
	if !s.begin(c) {
		s.end(c)
		return false
	}
	return true
}

// mayAsk reports whether a peer may ask the person; if so, end must follow.
func (s *comparisons) mayAsk(id PeerID, known bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !known && (s.asked >= maxCompared || !s.strangers.Allow()) {
		return false
	}
	if len(s.peers) >= maxComparers {
		clear(s.peers) // those that come under new names were held up above
	}
	if s.peers[id] == nil {
		s.peers[id] = rate.NewLimiter(rate.Every(compareSpacing), compareBurst)
	}
	if !s.peers[id].Allow() {
		return false
	}
	s.asked++
	return true
}

func (s *comparisons) end(c *comparison) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.under[c.line.Peer()] == c {
		delete(s.under, c.line.Peer())
	}
	if c.asked {
		s.asked--
	}
}
