package netcore

import (
	"math"
	"time"
)

// rateWindow is the time over which a speed is measured: long enough to be
// readable, short enough to show that a transfer stands still.
const rateWindow = 3 * time.Second

// speed measures the speed of a growing count.
type speed struct {
	samples []sample
}

type sample struct {
	at    time.Time
	count int64
}

func (r *speed) add(now time.Time, count int64) {
	r.samples = append(r.samples, sample{now, count})
	old := 0
	for old < len(r.samples)-2 && now.Sub(r.samples[old+1].at) >= rateWindow {
		old++
	}
	r.samples = append(r.samples[:0], r.samples[old:]...)
}

// perSecond is the mean speed over the window.
func (r *speed) perSecond() float64 {
	if len(r.samples) < 2 {
		return 0
	}
	first, last := r.samples[0], r.samples[len(r.samples)-1]
	d := last.at.Sub(first.at).Seconds()
	if d <= 0 || last.count <= first.count {
		return 0
	}
	return float64(last.count-first.count) / d
}

// left estimates how long count more take; negative if that is unknown.
func (r *speed) left(count int64) time.Duration {
	now := r.perSecond()
	if now <= 0 {
		return -1
	}
	seconds := float64(count) / now
	if seconds > math.MaxInt64/float64(time.Second) {
		return -1
	}
	return time.Duration(seconds * float64(time.Second)).Round(time.Millisecond)
}
