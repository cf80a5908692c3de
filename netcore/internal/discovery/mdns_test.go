package discovery

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A fakeLibrary records what is asked of it and of the listener, and lets a test say what is heard.
type fakeLibrary struct {
	mu        sync.Mutex
	err       error
	start     time.Time
	published []string    // labels, in order
	service   fakeService // that was published last
	withdrawn []string
	ears      []*fakeEar
}

type fakeService struct {
	port uint16
	text []string
}

// A fakeEar is a listener.
type fakeEar struct {
	lib     *fakeLibrary
	network Network
	to      hearing
	asked   []fakeQuestion
	done    chan struct{} // closed when it is
}

type fakeQuestion struct {
	at    time.Duration // since the library's start
	known []string
	turn  int
}

func (f *fakeLibrary) publish(label string, port uint16, text []string, _ Network) (func(), error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	f.published = append(f.published, label)
	f.service = fakeService{port, text}
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.withdrawn = append(f.withdrawn, label)
	}, nil
}

func (f *fakeLibrary) listen(n Network, to hearing) (listener, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	e := &fakeEar{lib: f, network: n, to: to, done: make(chan struct{})}
	f.ears = append(f.ears, e)
	return e, nil
}

func (e *fakeEar) ask(known []string, turn int) error {
	e.lib.mu.Lock()
	defer e.lib.mu.Unlock()
	e.asked = append(e.asked, fakeQuestion{time.Since(e.lib.start), known, turn})
	return nil
}

func (e *fakeEar) knock() error { return nil }

func (e *fakeEar) close() { close(e.done) }

func (e *fakeEar) closed() bool {
	select {
	case <-e.done:
		return true
	default:
		return false
	}
}

func (f *fakeLibrary) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

func (f *fakeLibrary) questions() (list []fakeQuestion) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.ears {
		list = append(list, e.asked...)
	}
	return list
}

// times returns when the network was asked.
func (f *fakeLibrary) times() (list []time.Duration) {
	for _, q := range f.questions() {
		list = append(list, q.at)
	}
	return list
}

// last is the ear that listens now.
func (f *fakeLibrary) last() *fakeEar {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ears[len(f.ears)-1]
}

// claim lets everybody hear a claim.
func (f *fakeLibrary) claim(c claim) {
	e := f.last()
	e.to.claim(c, e.done)
}

func (f *fakeLibrary) isPublished(t *testing.T, labels int) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.published) != labels {
		t.Fatalf("published %v, want %d", f.published, labels)
	}
	if !slices.Equal(f.withdrawn, f.published[:max(0, labels-1)]) {
		t.Errorf("withdrew %v of %v, want all but the last", f.withdrawn, f.published)
	}
}

// A bench is an MDNS in a bubble, with all around it under control.
type bench struct {
	*MDNS
	sys      *fakeSystem
	lib      *fakeLibrary
	seen     []Sighting
	networks []Network
	stop     func()
}

func newBench(t *testing.T, hidden bool, cards ...Interface) *bench {
	t.Helper()
	b := &bench{sys: &fakeSystem{cards: cards}, lib: &fakeLibrary{start: time.Now()}}
	b.MDNS = NewMDNS(MDNSConfig{
		ID: idFor("own"), Port: 7776, Hidden: hidden,
		NetworkChanged: func(n Network) { b.networks = append(b.networks, n) },
	})
	b.library, b.listen, b.watcher.system, b.watcher.now = b.lib, b.lib.listen, b.sys, b.sys.now
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- b.Run(ctx, func(s Sighting) { b.seen = append(b.seen, s) }) }()
	b.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(b.stop)
	synctest.Wait()
	return b
}

func seconds(list ...int) []time.Duration {
	var out []time.Duration
	for _, s := range list {
		out = append(out, time.Duration(s)*time.Second)
	}
	return out
}

func TestSweeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, eth0)
		advance(time.Minute)
		if got := b.lib.times(); !slices.Equal(got, seconds(0, 2, 10, 40)) {
			t.Errorf("asked at %v", got)
		}
		advance(24 * time.Hour)
		times := b.lib.times()
		for i := 4; i < len(times); i++ {
			if gap := times[i] - times[i-1]; gap < 4*time.Minute || gap > 6*time.Minute {
				t.Errorf("asked after %v", gap)
			}
		}
		if len(times) < 240 {
			t.Errorf("asked %d times a day", len(times))
		}
		b.lib.isPublished(t, 1)
	})
}

func TestAChangeOfNetworkStartsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, eth0)
		advance(time.Minute)
		before := len(b.lib.times())
		b.sys.set(eth0, eth1)
		advance(pollInterval + 3*time.Second)
		if got := b.lib.times()[before:]; len(got) != 2 || got[1]-got[0] != 2*time.Second {
			t.Errorf("asked at %v", got)
		}
		if got := b.lib.last().network.Names(); !slices.Equal(got, []string{"eth0", "eth1"}) {
			t.Errorf("asked on %v", got)
		}
		b.lib.isPublished(t, 2)
		if b.lib.published[0] == b.lib.published[1] {
			t.Errorf("%s was used again", b.lib.published[0])
		}
		b.sys.sleep(time.Hour)
		advance(pollInterval)
		b.lib.isPublished(t, 3)
	})
}

func TestNoNetworkIsToldOnceAndOvercome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, lo)
		advance(time.Hour)
		if len(b.networks) != 1 || len(b.networks[0].Interfaces) != 0 || len(b.lib.times()) != 0 {
			t.Fatalf("told %v, asked %v", b.networks, b.lib.times())
		}
		b.sys.set(lo, eth0)
		advance(pollInterval)
		b.lib.isPublished(t, 1)
		ear, asked := b.lib.last(), len(b.lib.times())
		b.sys.set(lo)
		advance(pollInterval + time.Hour)
		if !ear.closed() || len(b.lib.times()) != asked {
			t.Error("goes on without a network")
		}
		if len(b.networks) != 3 || len(b.lib.withdrawn) != 1 {
			t.Errorf("told %v, withdrew %v", b.networks, b.lib.withdrawn)
		}
	})
}

func TestSightings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, eth0)
		leaving := claimOf(idFor("c"), 7776, "10.77.0.4")
		leaving.gone = true
		for _, c := range []claim{
			claimOf(idFor("a"), 7776, "10.77.0.2"),
			claimOf(idFor("own"), 7776, "10.77.0.1"),
			{label: "x", text: []string{"nonsense"}, port: 1, addrs: addrsOf("10.77.0.3")},
			leaving,
			claimOf(idFor("b"), 7777, "10.77.0.3"),
		} {
			b.lib.claim(c)
		}
		synctest.Wait()
		if len(b.seen) != 2 || b.seen[0].ID != idFor("a") || b.seen[1].ID != idFor("b") {
			t.Errorf("saw %v", b.seen)
		}
	})
}

// TestWhoWasHeardNeedNotAnswer lists in a question those that were heard a short while ago, and have not left.
func TestWhoWasHeardNeedNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, eth0)
		a, c := claimOf(idFor("a"), 7776, "10.77.0.2"), claimOf(idFor("c"), 7776, "10.77.0.4")
		foreign := claimOf(idFor("f"), 7776, "10.77.0.5")
		foreign.label = "a label that is not ours.x" + strings.Repeat("x", 100)
		for _, claim := range []claim{a, c, foreign} {
			b.lib.claim(claim)
		}
		c.gone = true
		b.lib.claim(c)
		advance(2 * time.Second)
		if q := b.lib.questions(); len(q) != 2 || len(q[0].known) != 0 || !slices.Equal(q[1].known, []string{a.label}) {
			t.Errorf("asked %+v, want nobody to be known, and then %s", q, a.label)
		}
		advance(crowdTime + sweepInterval + sweepSpread) // a is not heard any more
		if q := b.lib.questions(); len(q[len(q)-1].known) != 0 {
			t.Errorf("%v, that were heard long ago, need not answer", q[len(q)-1].known)
		}
	})
}

// TestFloodOfQuestions withdraws what is published for as long as others ask too much.
func TestFloodOfQuestions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, eth0)
		for range 10 {
			b.lib.last().to.flood()
			advance(floodPause / 2)
			if b.Status().Announced {
				t.Fatal("it goes on answering")
			}
		}
		asked := len(b.lib.times())
		advance(floodPause/2 + time.Millisecond)
		b.lib.isPublished(t, 2)
		if asked < 3 {
			t.Errorf("asked %d times while it was flooded", asked)
		}
	})
}

func TestRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, eth0)
		advance(time.Minute)
		before := len(b.lib.times())
		for range 10 {
			b.Refresh()
			synctest.Wait()
		}
		if got := b.lib.times()[before:]; !slices.Equal(got, seconds(60)) {
			t.Fatalf("asked at %v", got)
		}
		advance(10 * time.Second)
		if got := b.lib.times()[before:]; !slices.Equal(got, seconds(60, 61)) {
			t.Errorf("asked at %v", got)
		}
		b.stop()
		b.Refresh() // must not block
		b.Refresh()
	})
}

func TestHiddenPublishesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, true, eth0)
		advance(time.Minute)
		b.lib.isPublished(t, 0)
		if got := b.lib.times(); !slices.Equal(got, seconds(0, 2, 10, 40)) {
			t.Errorf("asked at %v", got)
		}
	})
}

func TestFailuresAreTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, lo)
		b.lib.fail(errors.New("no such device"))
		b.sys.set(lo, eth0)
		advance(pollInterval)
		b.lib.isPublished(t, 0)
		if st := b.Status(); st.Err == nil {
			t.Error("the status does not say that nothing can be heard")
		}
		b.lib.fail(nil)
		advance(2 * time.Second)
		b.lib.isPublished(t, 1)
		if st := b.Status(); st.Err != nil {
			t.Error(st.Err)
		}
		if len(b.lib.times()) != 1 {
			t.Errorf("asked at %v", b.lib.times())
		}
	})
}

func TestRunEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, eth0)
		advance(2 * time.Second)
		b.stop()
		if !b.lib.last().closed() {
			t.Error("it goes on listening")
		}
		if !slices.Equal(b.lib.withdrawn, b.lib.published) {
			t.Errorf("withdrew %v of %v", b.lib.withdrawn, b.lib.published)
		}
	})
}

func TestRunWithoutAPort(t *testing.T) {
	if err := NewMDNS(MDNSConfig{ID: idFor("own")}).Run(t.Context(), nil); err == nil {
		t.Error("no error")
	}
}

func TestLabel(t *testing.T) {
	id := idFor("own")
	label := newLabel(id)
	if !isLabel(label, id) || len(label) != 25 || label == newLabel(id) {
		t.Error(label)
	}
	for _, other := range []string{"", id.Short(), id.Short() + "-", label + "00", label[:24], label[:24] + "g", newLabel(idFor("a"))} {
		if isLabel(other, id) {
			t.Error(other)
		}
	}
}

func TestFixed(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	want := Fixed{{ID: idFor("a")}, {ID: idFor("b")}}
	var got []Sighting
	err := want.Run(ctx, func(s Sighting) {
		if got = append(got, s); len(got) == len(want) {
			cancel()
		}
	})
	if err != nil || !slices.EqualFunc(got, want, func(a, b Sighting) bool { return a.ID == b.ID }) {
		t.Errorf("saw %v, %v", got, err)
	}
}
