package discovery

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"ferry/netcore/internal/identity"
)

const (
	// minPause is the least time between two questions, however often somebody
	// wants one.
	minPause = time.Second
	// floodPause is for how long nothing is published after the last flood of questions.
	floodPause = 30 * time.Second
)

// An MDNSConfig says what to publish, and where.
type MDNSConfig struct {
	ID         identity.PeerID
	Port       uint16   // where this node listens, see SetPort; not needed if Hidden
	Hidden     bool     // look for others, but publish nothing
	Interfaces []string // names of those to use; empty: all that are suitable
	Log        *slog.Logger

	// NetworkChanged, if not nil, is called with the network when Run begins
	// and after each change, before hints from it are told. It is called
	// between calls of see and never at the same time. A Network without
	// Interfaces means that nobody can be found for now; that is no error, and
	// told once.
	NetworkChanged func(Network)
}

// MDNS is a [Source] that finds nodes on the local network by multicast DNS
// and, unless hidden, lets them find this one. It follows changes of the
// network by itself.
//
// The library writes to Go's standard logger; a program that shows that to
// people should lead it into its own log (slog.SetDefault does, at the level
// that slog.SetLogLoggerLevel says).
type MDNS struct {
	config  MDNSConfig
	log     *slog.Logger
	refresh chan struct{}
	hide    chan struct{} // what is published has changed
	knock   chan struct{}
	watcher *Watcher
	library library
	listen  func(Network, hearing) (listener, error)

	mu      sync.Mutex
	hidden  bool
	port    uint16
	calling uint16 // the port at which a hidden node can be dialled for now; 0: nowhere
	status  Status
}

// A listener is an [ear]; tests put another in its place.
type listener interface {
	ask(known []string, turn int) error
	knock() error
	close()
}

func listen(n Network, to hearing) (listener, error) {
	e, err := newEar(n, to)
	if err != nil {
		return nil, err // not e: a nil *ear in a listener is not nil
	}
	return e, nil
}

// NewMDNS returns an MDNS that does nothing before Run.
func NewMDNS(config MDNSConfig) *MDNS {
	log := config.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &MDNS{
		config:  config,
		log:     log,
		refresh: make(chan struct{}, 1),
		hide:    make(chan struct{}, 1),
		knock:   make(chan struct{}, 1),
		listen:  listen,
		hidden:  config.Hidden,
		port:    config.Port,
		watcher: NewWatcher(config.Interfaces, log),
		library: zeroconfLibrary{},
	}
}

// Refresh asks the network anew: at once, but not twice within a second. It
// does not block and may be called from any goroutine.
func (m *MDNS) Refresh() { signal(m.refresh) }

// SetHidden publishes this node, or withdraws it, as if Hidden had been that from
// the beginning. It does not block and may be called from any goroutine.
func (m *MDNS) SetHidden(hidden bool) {
	m.mu.Lock()
	m.hidden = hidden
	m.mu.Unlock()
	signal(m.hide)
}

// SetPort publishes another port, as if Port had been that from the beginning. It does not block and may be called
// from any goroutine.
func (m *MDNS) SetPort(port uint16) {
	m.mu.Lock()
	m.port = port
	m.mu.Unlock()
	signal(m.hide)
}

// SetInterfaces changes on which interfaces peers are looked for, as if Interfaces had been that from the
// beginning. It does not block and may be called from any goroutine.
func (m *MDNS) SetInterfaces(names []string) { m.watcher.Want(names) }

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // one is under way already
	}
}

// Call lets others know, as long as this node is hidden, that it could not reach somebody and can be dialled at port, by
// whoever has no link to it. 0 takes that back. It does not block and may be called from any goroutine.
func (m *MDNS) Call(port uint16) {
	m.mu.Lock()
	m.calling = port
	m.mu.Unlock()
	signal(m.hide)
}

// published is the port and the text that others are to be told now; the port is 0 if nothing is.
func (m *MDNS) published() (port uint16, text []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	text = textOf(m.config.ID)
	switch {
	case !m.hidden:
		return m.port, text
	case m.calling != 0:
		return m.calling, append(text, textCalling)
	}
	return 0, nil
}

// Run implements [Source]. It returns when the network has been told that this
// node goes and its own goroutines have ended; that takes 0.3 s if it has only
// just begun. It must not run twice at the same time. The one error it can
// return is that there is no port to publish.
func (m *MDNS) Run(ctx context.Context, see func(Sighting)) error {
	if m.config.Port == 0 && !m.config.Hidden {
		return errors.New("discovery: no port to publish")
	}
	s := &session{
		mdns:  m,
		ctx:   ctx,
		see:   see,
		timer: time.NewTimer(sweepInterval), // the first network comes long before
		calm:  time.NewTimer(floodPause),

		reopen: time.NewTimer(sweepInterval),
		crowd:  make(map[string]time.Time),
		found:  make(chan claim),
		flood:  make(chan struct{}, 1),
	}
	defer s.close()
	networks := make(chan Network)
	s.tasks.Go(func() {
		m.watcher.Run(ctx, func(n Network) {
			select {
			case networks <- n:
			case <-ctx.Done():
			}
		})
	})
	s.loop(networks)
	return nil
}

// A session is one Run. All its fields belong to Run's goroutine.
type session struct {
	mdns *MDNS
	ctx  context.Context
	see  func(Sighting)

	network   Network
	withdraw  func() // takes back what is published; nil if nothing is
	told      uint16 // the port in that
	schedule  schedule
	crowd     map[string]time.Time // the labels of nodes, and when they were heard last
	timer     *time.Timer          // the next sweep
	notBefore time.Time            // no question until then
	flooded   time.Time            // when others asked too much last; nothing is published for a while
	calm      *time.Timer          // the end of that

	ear      listener   // nil if there is none
	deaf     chan error // says why it hears no more; nil before the first
	deafness deafness
	reopen   *time.Timer // another one is opened
	knocked  time.Time

	found chan claim
	flood chan struct{}
	tasks sync.WaitGroup // the watcher
}

func (s *session) loop(networks <-chan Network) {
	for s.ctx.Err() == nil {
		select {
		case <-s.ctx.Done():
		case n := <-networks:
			s.changeNetwork(n)
		case <-s.timer.C:
			s.sweep()
		case <-s.mdns.refresh:
			s.timer.Reset(time.Until(s.notBefore))
		case <-s.mdns.hide:
			s.hideOrShow()
		case <-s.mdns.knock:
			s.doKnock()
		case c := <-s.found:
			s.report(c)
		case <-s.flood:
			s.fence()
		case <-s.calm.C:
			s.publish()
		case err := <-s.deaf:
			s.loseEar(err)
		case <-s.reopen.C:
			s.hearAgain()
		}
	}
}

// changeNetwork publishes and asks anew. The label is a new one, so that
// browsers that already know this node are told of it again, with its new
// addresses.
func (s *session) changeNetwork(n Network) {
	s.mdns.log.Info("network", "interfaces", n.Names(), "woke", n.Woke)
	s.network = n
	if s.mdns.config.NetworkChanged != nil {
		s.mdns.config.NetworkChanged(n)
	}
	s.unpublish()
	s.closeEar()
	s.deafness = deafness{}
	s.schedule = schedule{}
	s.notBefore = time.Time{}
	s.sweep()
}

// sweep asks the network who is there and sets the time of the next sweep. What
// failed before is tried again.
func (s *session) sweep() {
	s.openEar()
	if len(s.network.Interfaces) == 0 {
		s.timer.Stop()
		return
	}
	s.publish() // first, so that our own answer to the question is heard by others
	if s.ear != nil {
		if err := s.ear.ask(s.known(), s.schedule.sweeps); err != nil {
			s.mdns.log.Warn("cannot look for peers", "err", err)
		}
	}
	s.notBefore = time.Now().Add(minPause)
	s.timer.Reset(s.schedule.next(len(s.crowd)))
}

// known returns the labels that were heard a short while ago, of which nobody need tell
// again. Our own is never among them: what we answer to ourselves, all hear.
func (s *session) known() (labels []string) {
	for label, heard := range s.crowd {
		if time.Since(heard) > crowdTime {
			delete(s.crowd, label)
			continue
		}
		labels = append(labels, label)
	}
	slices.Sort(labels)
	return labels[:min(len(labels), maxKnown)]
}

func (s *session) publish() {
	port, text := s.mdns.published()
	if len(s.network.Interfaces) == 0 || port == 0 || s.withdraw != nil || s.isFlooded() {
		return
	}
	withdraw, err := s.mdns.library.publish(newLabel(s.mdns.config.ID), port, text, s.network)
	if err != nil {
		s.mdns.log.Warn("cannot be announced to peers", "err", err)
		return
	}
	s.withdraw, s.told = withdraw, port
	s.mdns.setStatus(func(st *Status) { st.Announced = true })
}

func (s *session) unpublish() {
	if s.withdraw != nil {
		s.withdraw()
		s.withdraw, s.told = nil, 0
		s.mdns.setStatus(func(st *Status) { st.Announced = false })
	}
}

// hideOrShow does what SetHidden, SetPort and Call have said.
func (s *session) hideOrShow() {
	port, _ := s.mdns.published()
	if port != s.told {
		s.unpublish()
	}
	if port != 0 && s.withdraw == nil && len(s.network.Interfaces) > 0 {
		s.sweep() // it publishes first
	}
}

func (s *session) report(c claim) {
	sighting, ok := sightingOf(c, s.mdns.config.ID, s.network)
	if !ok {
		delete(s.crowd, c.label)
		return
	}
	// Only labels as this program makes them, so that nobody can have a long list told.
	_, there := s.crowd[c.label]
	if isLabel(c.label, sighting.ID) && sighting.ID != s.mdns.config.ID && (there || len(s.crowd) < maxCrowd) {
		s.crowd[c.label] = time.Now()
	}
	s.see(sighting)
}

// fence withdraws what is published while others ask more than they can mean: the library would answer
// each question. Who starts meanwhile is found by its own announcement, and finds us by being dialled.
func (s *session) fence() {
	if s.withdraw != nil {
		s.mdns.log.Warn("flooded with questions; not announced for a while", "pause", floodPause)
	}
	s.flooded = time.Now()
	s.calm.Reset(floodPause)
	s.unpublish()
}

func (s *session) isFlooded() bool {
	return !s.flooded.IsZero() && time.Since(s.flooded) < floodPause
}

// close ends all that the session has started. Its context has ended.
func (s *session) close() {
	s.timer.Stop()
	s.calm.Stop()
	s.reopen.Stop()
	s.closeEar()
	s.unpublish()
	s.tasks.Wait()
}

// newLabel returns a name for a service and its host that nobody else has: the
// library neither notices nor resolves a clash, it only makes one of the two
// invisible.
func newLabel(id identity.PeerID) string {
	var random [4]byte
	rand.Read(random[:]) // never fails (crypto/rand, since Go 1.24)
	return id.Short() + "-" + hex.EncodeToString(random[:])
}

// isLabel reports whether newLabel could have made label for id.
func isLabel(label string, id identity.PeerID) bool {
	random, ok := strings.CutPrefix(label, id.Short()+"-")
	b, err := hex.DecodeString(random)
	return ok && err == nil && len(b) == 4
}
