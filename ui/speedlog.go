package ui

import "time"

const (
	speedSlots = 120 // of a speedLog at most; then each becomes twice as long
	firstSlot  = time.Second
)

// A speedLog is how fast a transfer was since the window knows it, for a graph: one value for each
// stretch of time, all of one length.
type speedLog struct {
	began time.Time
	slot  time.Duration
	rates []float64 // bytes a second; 0 where nothing moved
	n     int       // how many values the last of rates is the mean of
}

// add takes in how fast a transfer is now.
func (l *speedLog) add(now time.Time, rate float64) {
	if l.slot == 0 {
		l.began, l.slot = now, firstSlot
	}
	i := int(now.Sub(l.began) / l.slot)
	for i >= speedSlots {
		l.halve()
		i = int(now.Sub(l.began) / l.slot)
	}
	if i >= len(l.rates) {
		l.rates = append(l.rates, make([]float64, i+1-len(l.rates))...)
		l.n = 0
	}
	last := &l.rates[len(l.rates)-1]
	*last = (*last*float64(l.n) + rate) / float64(l.n+1)
	l.n++
}

// halve makes each slot twice as long.
func (l *speedLog) halve() {
	l.slot *= 2
	for i := range (len(l.rates) + 1) / 2 {
		a := l.rates[2*i]
		if 2*i+1 < len(l.rates) {
			a = (a + l.rates[2*i+1]) / 2
		}
		l.rates[i] = a
	}
	l.rates = l.rates[:(len(l.rates)+1)/2]
}

// most is the highest of the rates.
func (l *speedLog) most() float64 {
	most := 0.0
	for _, r := range l.rates {
		most = max(most, r)
	}
	return most
}

// length is how long it goes back.
func (l *speedLog) length() time.Duration { return time.Duration(len(l.rates)) * l.slot }

// speeds are the logs of the transfers that move, or moved while the window was open.
type speeds map[[16]byte]*speedLog

// note takes in how fast everything is.
func (s speeds) note(now time.Time, items []item) {
	for _, it := range items {
		if !it.State.Final() && it.ran {
			l := s[it.ID]
			if l == nil {
				l = new(speedLog)
				s[it.ID] = l
			}
			l.add(now, it.Rate)
		}
	}
}

// keep forgets the logs of transfers that are not listed any more.
func (s speeds) keep(items []item) {
	if len(s) <= len(items) {
		return
	}
	there := make(map[[16]byte]bool, len(items))
	for _, it := range items {
		there[it.ID] = true
	}
	for id := range s {
		if !there[id] {
			delete(s, id)
		}
	}
}
