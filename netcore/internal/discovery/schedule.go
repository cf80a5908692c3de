package discovery

import (
	"math/rand/v2"
	"time"
)

// A sweep is a fresh question to the network. After a change they come in quick
// succession, since single packets get lost and networks need a moment; later
// rarely, to find those whose announcement was missed.
var firstSweeps = []time.Duration{2 * time.Second, 8 * time.Second, 30 * time.Second}

const (
	sweepInterval = 5 * time.Minute
	// sweepSpread keeps computers that were switched on together from asking
	// together for ever.
	sweepSpread = time.Minute
)

// How many nodes may answer until questions become rarer: each answers each question of each other one, by
// multicast to all.
const (
	crowdSize = 10
	maxCrowd  = 40 * crowdSize

	// crowdTime is how long one that was heard need not answer a question; less than what a hint at a peer that
	// cannot be reached lasts.
	crowdTime = sweepInterval - sweepSpread
	// maxKnown is how many of them fit in a question (RFC 6762, 17), each in 40 bytes.
	maxKnown = 200
)

// A schedule counts the sweeps since the last change.
type schedule struct{ sweeps int }

// next returns the time from a sweep to the one after it: sweeps are at 0, 2,
// 10, 40 s, and then every 4 to 6 minutes; as much more rarely as more than 10 nodes were
// heard of lately.
func (s *schedule) next(nodes int) time.Duration {
	factor := min(max(time.Duration((nodes+crowdSize-1)/crowdSize), 1), maxCrowd/crowdSize)
	s.sweeps++
	if s.sweeps <= len(firstSweeps) {
		return factor * firstSweeps[s.sweeps-1]
	}
	return factor * (sweepInterval - sweepSpread + rand.N(2*sweepSpread))
}
