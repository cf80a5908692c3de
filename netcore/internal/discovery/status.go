package discovery

import "time"

// Status is what is known about finding others, and being found, at one moment.
type Status struct {
	// Network is what is used. Without Interfaces there is no network.
	Network Network
	// Announced is whether this node is published now.
	Announced bool
	// Since is since when this network is listened on; zero if it is not.
	Since time.Time
	// Heard is when a packet of multicast DNS came in last from another computer,
	// whatever it said; zero: none did. Our own, which come back to us, do not count.
	Heard time.Time
	// HeardOn is the interface that it came in on; empty if that is not known.
	HeardOn string
	// Err says why multicast cannot be heard, if it cannot: another program keeps the port to
	// itself, say. That others listen there too is no reason.
	Err error
}

// Knock asks a question that every device answers which speaks multicast DNS, so
// that [Status] soon says whether any is heard. It does not block and may be called
// from any goroutine.
func (m *MDNS) Knock() { signal(m.knock) }

// Status may be called from any goroutine.
func (m *MDNS) Status() Status {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.status
}

// Suitable returns the interfaces that are there now and on which peers would be looked for if nobody had chosen some. It may be
// called from any goroutine, and asks the system.
func (m *MDNS) Suitable() ([]Interface, error) { return m.watcher.suitable() }

func (m *MDNS) setStatus(change func(*Status)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(&m.status)
}

// openEar listens on the network as it is now, unless it does already. If it cannot, it is tried again later.
func (s *session) openEar() {
	if s.ear != nil {
		return
	}
	n := s.network
	var since time.Time
	var err error
	if len(n.Interfaces) > 0 {
		deaf := make(chan error, 2) // its own, for each family one: what an earlier ear says is of no interest
		s.deaf = deaf
		s.ear, err = s.mdns.listen(n, hearing{
			heard: s.heard, claim: s.claim, flood: func() { signal(s.flood) },
			deaf: func(err error) { deaf <- err },
		})
	}
	if err != nil {
		s.mdns.log.Warn("cannot hear multicast", "err", err)
		s.reopen.Reset(s.deafness.next())
	}
	if s.ear != nil {
		since = time.Now()
		s.deafness.opened = since
	}
	s.mdns.setStatus(func(st *Status) { st.Network, st.Since, st.Err = n, since, err })
}

// loseEar closes an ear that hears no more, because of err; another one is opened after a while.
func (s *session) loseEar(err error) {
	pause := s.deafness.next()
	s.mdns.log.Warn("multicast is not heard any more", "err", err, "pause", pause)
	s.closeEar()
	s.deaf = nil
	s.reopen.Reset(pause)
	s.mdns.setStatus(func(st *Status) { st.Since, st.Err = time.Time{}, err })
}

// hearAgain opens an ear after such a pause. Who came meanwhile is asked for.
func (s *session) hearAgain() {
	if s.ear == nil {
		s.sweep() // it opens one first
	}
}

// A deafness counts the ears that could not be opened, or soon heard no more.
type deafness struct {
	pause  time.Duration // the last one
	opened time.Time     // when an ear was opened last
}

// The pauses until another ear is opened. One that has heard for longer than the longest was a good one.
const (
	firstDeaf = time.Second
	lastDeaf  = time.Minute
)

func (d *deafness) next() time.Duration {
	if d.pause == 0 || !d.opened.IsZero() && time.Since(d.opened) > lastDeaf {
		d.pause = firstDeaf / 2
	}
	d.opened = time.Time{}
	d.pause = min(2*d.pause, lastDeaf)
	return d.pause
}

func (s *session) heard(on string) {
	s.mdns.setStatus(func(st *Status) { st.Heard, st.HeardOn = time.Now(), on })
}

// claim hands a claim to Run's goroutine.
func (s *session) claim(c claim, done <-chan struct{}) {
	select {
	case s.found <- c:
	case <-done:
	}
}

func (s *session) closeEar() {
	if s.ear != nil {
		s.ear.close()
		s.ear = nil
	}
}

func (s *session) doKnock() {
	if s.ear == nil || time.Since(s.knocked) < minPause {
		return
	}
	s.knocked = time.Now()
	if err := s.ear.knock(); err != nil {
		s.mdns.log.Debug("knock", "err", err)
	}
}
