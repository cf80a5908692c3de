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

// A schedule counts the sweeps since the last change.
type schedule struct{ sweeps int }

// next returns the time from a sweep to the one after it: sweeps are at 0, 2,
// 10, 40 s, and then every 4 to 6 minutes.
func (s *schedule) next() time.Duration {
	if s.sweeps < len(firstSweeps) {
		s.sweeps++
		return firstSweeps[s.sweeps-1]
	}
	return sweepInterval - sweepSpread + rand.N(2*sweepSpread)
}
