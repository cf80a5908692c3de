package discovery

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A fakeSystem is a computer whose cards and clock a test moves.
type fakeSystem struct {
	mu    sync.Mutex
	cards []Interface
	err   error
	slept time.Duration
	told  chan struct{} // nil: it does not tell of changes
}

// changes passes on what a test tells, until ctx ends or the test closes it.
func (f *fakeSystem) changes(ctx context.Context) <-chan struct{} {
	if f.told == nil {
		return nil
	}
	out := make(chan struct{})
	go func() {
		defer close(out)
		for {
			select {
			case _, ok := <-f.told:
				if !ok {
					return
				}
			case <-ctx.Done():
				return
			}
			select {
			case out <- struct{}{}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func (f *fakeSystem) interfaces() ([]net.Interface, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return cards(Network{Interfaces: f.cards}), f.err
}

func (f *fakeSystem) prefixes(ifi net.Interface) ([]netip.Prefix, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.cards {
		if c.Index == ifi.Index {
			return slices.Clone(c.Prefixes), nil
		}
	}
	return nil, errors.New("gone")
}

func (f *fakeSystem) wireless(ifi net.Interface) bool { return ifi.Name == "wlan0" }

func (f *fakeSystem) now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return time.Now().Add(f.slept)
}

func (f *fakeSystem) set(cards ...Interface) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cards = cards
}

func (f *fakeSystem) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

func (f *fakeSystem) sleep(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.slept += d
}

var (
	eth0 = Interface{Index: 2, Name: "eth0", Flags: ethernet, Prefixes: prefixes("10.77.0.1/24", "fe80::1/64")}
	eth1 = Interface{Index: 3, Name: "eth1", Flags: ethernet, Prefixes: prefixes("10.78.0.1/24")}
	lo   = Interface{Index: 1, Name: "lo", Flags: net.FlagUp | net.FlagRunning | net.FlagLoopback, Prefixes: prefixes("127.0.0.1/8", "::1/128")}
	vpn  = Interface{Index: 9, Name: "wg0", Flags: net.FlagUp | net.FlagRunning | net.FlagPointToPoint, Prefixes: prefixes("10.9.0.1/24")}
)

// advance moves the clock of a synctest bubble and lets everything settle.
func advance(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// watch runs a Watcher of sys in a bubble and returns what it has told so far.
func watch(t *testing.T, sys *fakeSystem) func() []Network {
	t.Helper()
	return run(t, NewWatcher(nil, nil), sys)
}

func run(t *testing.T, w *Watcher, sys *fakeSystem) func() []Network {
	t.Helper()
	w.system, w.now = sys, sys.now
	var told []Network
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.Run(ctx, func(n Network) { told = append(told, n) })
	}()
	t.Cleanup(func() { cancel(); <-done })
	synctest.Wait()
	return func() []Network {
		list := told
		told = nil
		return list
	}
}

func expectNetwork(t *testing.T, told []Network, woke bool, names ...string) {
	t.Helper()
	if len(told) != 1 || told[0].Woke != woke || !slices.Equal(told[0].Names(), names) {
		t.Fatalf("told %v, want one with %v, woke %v", told, names, woke)
	}
}

func TestWatcherTellsChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := &fakeSystem{cards: []Interface{lo, eth0, vpn}}
		told := watch(t, sys)
		expectNetwork(t, told(), false, "eth0")

		advance(time.Hour)
		expectNothing(t, told(), "nothing has changed")

		sys.set(lo, eth0, eth1, vpn)
		advance(pollInterval)
		expectNetwork(t, told(), false, "eth0", "eth1")

		moved := eth0
		moved.Prefixes = prefixes("10.77.0.99/24")
		sys.set(lo, moved, eth1, vpn)
		advance(pollInterval)
		expectNetwork(t, told(), false, "eth0", "eth1")

		unplugged := eth1
		unplugged.Flags &^= net.FlagRunning
		sys.set(lo, moved, unplugged, vpn)
		advance(pollInterval)
		expectNetwork(t, told(), false, "eth0")

		sys.set(lo, moved, unplugged)
		advance(pollInterval)
		expectNothing(t, told(), "nobody is looked for on a VPN")

		sys.set(lo)
		advance(pollInterval)
		expectNetwork(t, told(), false)
	})
}

func TestWatcherKnowsAllLocalAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := eth1
		down.Flags &^= net.FlagUp
		n := watch(t, &fakeSystem{cards: []Interface{lo, eth0, down, vpn}})()[0]
		for addr, want := range map[string]bool{
			"127.0.0.1": true, "10.77.0.1": true, "fe80::1%eth0": true, "10.9.0.1": true, "10.78.0.1": false,
		} {
			if got := n.HasLocal(netip.MustParseAddr(addr)); got != want {
				t.Errorf("%s: %v", addr, got)
			}
		}
	})
}

func TestWatcherNoticesSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := &fakeSystem{cards: []Interface{eth0}}
		told := watch(t, sys)
		expectNetwork(t, told(), false, "eth0")
		sys.sleep(sleepJump + time.Millisecond)
		advance(pollInterval)
		expectNetwork(t, told(), true, "eth0")
		sys.sleep(time.Second) // a clock that is put right
		advance(pollInterval)
		sys.sleep(-time.Hour)
		advance(pollInterval)
		expectNothing(t, told(), "the computer did not sleep")
	})
}

func TestWatcherSurvivesErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := &fakeSystem{cards: []Interface{eth0}}
		told := watch(t, sys)
		expectNetwork(t, told(), false, "eth0")
		sys.fail(errors.New("busy"))
		advance(time.Minute)
		expectNothing(t, told(), "an error is no change")
		sys.set(eth1)
		sys.fail(nil)
		advance(pollInterval)
		expectNetwork(t, told(), false, "eth1")
	})
}

// TestWatcherIsTold has a system that tells of changes: they are seen at once, sleep within a
// second, and all within half a second when it has stopped telling.
func TestWatcherIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sys := &fakeSystem{cards: []Interface{eth0}, told: make(chan struct{})}
		told := watch(t, sys)
		expectNetwork(t, told(), false, "eth0")
		sys.set(eth0, eth1)
		sys.told <- struct{}{}
		advance(settleTime)
		expectNetwork(t, told(), false, "eth0", "eth1")
		sys.told <- struct{}{} // about something else
		advance(settleTime)
		expectNothing(t, told(), "nothing has changed")
		sys.sleep(sleepJump)
		advance(glanceInterval)
		expectNetwork(t, told(), true, "eth0", "eth1")
		sys.set(eth1) // and nobody says so
		advance(rareInterval + glanceInterval)
		expectNetwork(t, told(), false, "eth1")
		close(sys.told)
		sys.set(eth0)
		advance(2 * pollInterval)
		expectNetwork(t, told(), false, "eth0")
	})
}

func TestSlept(t *testing.T) {
	now := time.Now()
	for d, want := range map[time.Duration]bool{
		-time.Hour: false, 0: false, pollInterval: false, sleepJump: false, sleepJump + 1: true, time.Hour: true,
	} {
		if got := slept(now, now.Add(d)); got != want {
			t.Errorf("%v: %v", d, got)
		}
	}
}

func TestWatcherReadsThisComputer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	NewWatcher(nil, nil).Run(ctx, func(n Network) {
		cancel()
		if !n.HasLocal(netip.MustParseAddr("127.0.0.1")) && !n.HasLocal(netip.IPv6Loopback()) {
			t.Errorf("no loopback address in %v", n.Local)
		}
	})
}

func expectNothing(t *testing.T, told []Network, why string) {
	t.Helper()
	if len(told) != 0 {
		t.Fatalf("%s: told %v", why, told)
	}
}

// TestInterfacesAreChosenWhileItRuns chooses one that is not suitable by itself, and takes that back.
func TestInterfacesAreChosenWhileItRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := NewWatcher(nil, nil)
		told := run(t, w, &fakeSystem{cards: []Interface{lo, eth0, vpn}})
		expectNetwork(t, told(), false, "eth0")
		w.Want([]string{"wg0"})
		synctest.Wait()
		expectNetwork(t, told(), false, "wg0")
		w.Want([]string{"wg0", "eth9"})
		synctest.Wait()
		if got := told(); got != nil {
			t.Errorf("told %v, though nothing has changed", got)
		}
		w.Want(nil)
		synctest.Wait()
		expectNetwork(t, told(), false, "eth0")
	})
}
