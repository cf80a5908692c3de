package discovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grandcat/zeroconf"
)

// A fakeLibrary records what is asked of it, and answers what a test says.
type fakeLibrary struct {
	mu        sync.Mutex
	err       error
	start     time.Time
	published []string // labels, in order
	withdrawn []string
	lookups   []*fakeLookup
}

type fakeLookup struct {
	ctx     context.Context
	at      time.Duration // since the library's start
	network Network
	answers chan *zeroconf.ServiceEntry
	quit    chan struct{} // closed by a test: the library gives up
	closed  chan struct{} // the library has let go of everything
}

func (f *fakeLibrary) publish(label string, _ uint16, _ []string, _ Network) (func(), error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	f.published = append(f.published, label)
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.withdrawn = append(f.withdrawn, label)
	}, nil
}

func (f *fakeLibrary) lookup(ctx context.Context, n Network, entries chan *zeroconf.ServiceEntry) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	l := &fakeLookup{
		ctx: ctx, at: time.Since(f.start), network: n,
		answers: make(chan *zeroconf.ServiceEntry), closed: make(chan struct{}),
		quit: make(chan struct{}),
	}
	f.lookups = append(f.lookups, l)
	go func() {
		defer close(entries)
		for {
			select {
			case e := <-l.answers:
				entries <- e // like the library: it does not look at ctx here
			case <-l.quit:
				return
			case <-ctx.Done():
				<-time.After(time.Second) // it may take its time
				close(l.closed)
				return
			}
		}
	}()
	return nil
}

func (f *fakeLibrary) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

// times returns when the network was asked.
func (f *fakeLibrary) times() []time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []time.Duration
	for _, l := range f.lookups {
		list = append(list, l.at)
	}
	return list
}

func (f *fakeLibrary) last() *fakeLookup {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.lookups[len(f.lookups)-1]
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
	hear     func(from string) // a packet of somebody else's
	deaf     error             // what listening fails with
	stop     func()
}

func newBench(t *testing.T, hidden bool, cards ...Interface) *bench {
	t.Helper()
	b := &bench{sys: &fakeSystem{cards: cards}, lib: &fakeLibrary{start: time.Now()}}
	b.MDNS = NewMDNS(MDNSConfig{
		ID: idFor("own"), Port: 7776, Hidden: hidden,
		NetworkChanged: func(n Network) { b.networks = append(b.networks, n) },
	})
	b.library, b.watcher.system, b.watcher.now = b.lib, b.sys, b.sys.now
	b.listen = func(_ Network, heard func(string)) (*ear, error) {
		b.hear = heard
		return nil, b.deaf
	}
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
		lookup := b.lib.last()
		b.sys.set(lo)
		advance(pollInterval + overlap)
		if lookup.ctx.Err() == nil {
			t.Error("goes on asking without a network")
		}
		if len(b.networks) != 3 || len(b.lib.withdrawn) != 1 {
			t.Errorf("told %v, withdrew %v", b.networks, b.lib.withdrawn)
		}
	})
}

func TestAnOldBrowseEndsAfterItsSuccessorHasBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, eth0)
		first := b.lib.last()
		advance(2*time.Second + overlap/2)
		if b.lib.last() == first || first.ctx.Err() != nil {
			t.Fatal("there is a gap")
		}
		first.answers <- entryOf(idFor("a"), 7776, "10.77.0.2")
		advance(overlap)
		if first.ctx.Err() == nil {
			t.Error("the old one goes on")
		}
		if len(b.seen) != 1 {
			t.Errorf("saw %v", b.seen)
		}
	})
}

func TestSightings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, eth0)
		for _, entry := range []*zeroconf.ServiceEntry{
			entryOf(idFor("a"), 7776, "10.77.0.2"),
			entryOf(idFor("own"), 7776, "10.77.0.1"),
			{Text: []string{"nonsense"}, Port: 1, AddrIPv4: ips("10.77.0.3")},
			entryOf(idFor("b"), 7777, "10.77.0.3"),
		} {
			b.lib.last().answers <- entry
		}
		synctest.Wait()
		if len(b.seen) != 2 || b.seen[0].ID != idFor("a") || b.seen[1].ID != idFor("b") {
			t.Errorf("saw %v", b.seen)
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

func TestFlood(t *testing.T) {
	tooMany := func(l *fakeLookup) {
		for i := range maxEntries + 1 {
			l.answers <- entryOf(idFor(fmt.Sprint(i)), 7776, "10.77.0.2")
		}
	}
	tooLarge := func(l *fakeLookup) {
		entry := entryOf(idFor("a"), 7776)
		entry.AddrIPv4 = slices.Repeat(ips("10.77.0.2"), maxEntryAddrs+1)
		l.answers <- entry
	}
	for name, flood := range map[string]func(*fakeLookup){"names": tooMany, "addresses": tooLarge} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, false, eth0)
				advance(time.Minute)
				before, lookup := len(b.lib.times()), b.lib.last()
				flood(lookup)
				synctest.Wait()
				if lookup.ctx.Err() == nil {
					t.Fatal("the browse goes on")
				}
				if len(b.seen) > maxEntries {
					t.Errorf("saw %d", len(b.seen))
				}
				b.Refresh()
				advance(10 * time.Second)
				if got := b.lib.times()[before:]; !slices.Equal(got, seconds(65)) {
					t.Errorf("asked again at %v", got)
				}
			})
		})
	}
}

func TestABrowseThatGivesUpIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, eth0)
		advance(time.Minute)
		before := len(b.lib.times())
		close(b.lib.last().quit)
		advance(10 * time.Second)
		if got := b.lib.times()[before:]; !slices.Equal(got, seconds(65)) {
			t.Errorf("asked again at %v", got)
		}
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
		b.lib.fail(nil)
		advance(2 * time.Second)
		b.lib.isPublished(t, 1)
		if len(b.lib.times()) != 1 {
			t.Errorf("asked at %v", b.lib.times())
		}
	})
}

func TestRunEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, eth0)
		advance(2*time.Second + overlap/2) // two browses are alive
		b.stop()
		for _, l := range b.lib.lookups {
			select {
			case <-l.closed:
			default:
				t.Error("a browse goes on")
			}
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
	if !strings.HasPrefix(label, id.Short()+"-") || len(label) != 25 || label == newLabel(id) {
		t.Error(label)
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
