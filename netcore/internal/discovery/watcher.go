package discovery

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

const (
	// pollInterval is how often the interfaces are looked at where the system does not
	// tell of changes. One look takes about 0.1 ms.
	pollInterval = 500 * time.Millisecond
	// glanceInterval is how often the clock is, where it does: nobody tells of sleep.
	glanceInterval = time.Second
	// rareInterval is how often the interfaces are looked at all the same.
	rareInterval = 15 * time.Second
	// settleTime is how long changes are gathered: a new address comes in several steps.
	settleTime = 20 * time.Millisecond
	// sleepJump is how far the wall clock may run on between two looks before
	// it means that the computer slept.
	sleepJump = 5 * time.Second
)

// A Watcher tells when the computer's network changes.
type Watcher struct {
	log    *slog.Logger
	system system
	now    func() time.Time
	anew   chan struct{} // wanted has changed

	mu     sync.Mutex
	wanted []string
}

// system is what a Watcher sees of the computer; tests put another in its
// place.
type system interface {
	interfaces() ([]net.Interface, error)
	prefixes(net.Interface) ([]netip.Prefix, error)
	wireless(net.Interface) bool
	// changes returns a channel that tells when interfaces or addresses may have
	// changed, until ctx ends; it is closed if it cannot go on. nil: the system does not tell.
	changes(ctx context.Context) <-chan struct{}
}

// NewWatcher returns a Watcher of the interfaces with the given names, or of
// all that are suitable if there are none. log may be nil.
func NewWatcher(wanted []string, log *slog.Logger) *Watcher {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Watcher{wanted: wanted, log: log, system: computer{}, now: time.Now, anew: make(chan struct{}, 1)}
}

// Want changes the names, as if NewWatcher had been called with them. It does not block and may be
// called from any goroutine.
func (w *Watcher) Want(names []string) {
	w.mu.Lock()
	w.wanted = slices.Clone(names)
	w.mu.Unlock()
	signal(w.anew)
}

func (w *Watcher) wants() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.wanted
}

// Run calls changed with the network as it is, and again each time when the
// usable interfaces or their addresses have changed, or the computer slept,
// until ctx ends. It notices at once where the system tells (Linux), else
// within half a second after changed has returned; sleep within a second.
func (w *Watcher) Run(ctx context.Context, changed func(Network)) {
	ctx, cancel := context.WithCancel(ctx)
	told := w.system.changes(ctx)
	defer await(told)
	defer cancel()
	interfaces := w.poll(nil)
	changed(w.network(interfaces, false))
	looked, glanced := w.now(), w.now()
	tick := time.NewTicker(interval(told))
	defer tick.Stop()
	for {
		news := told == nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-w.anew:
			news = true
		case _, ok := <-told:
			if !ok {
				w.log.Warn("the system tells no more of changes to the network; looking for them")
				told = nil
				tick.Reset(interval(told))
				continue
			}
			news = gather(ctx, told)
		}
		now := w.now()
		woke := slept(glanced, now)
		glanced = now
		if !news && !woke && now.Sub(looked) < rareInterval {
			continue
		}
		looked = now
		seen := w.poll(interfaces)
		if woke || !sameInterfaces(interfaces, seen) {
			interfaces = seen
			changed(w.network(seen, woke))
			glanced = w.now()
		}
	}
}

func interval(told <-chan struct{}) time.Duration {
	if told == nil {
		return pollInterval
	}
	return glanceInterval
}

// gather waits until a change that has begun has surely come to its end.
func gather(ctx context.Context, told <-chan struct{}) bool {
	select {
	case <-time.After(settleTime):
	case <-ctx.Done():
	}
	select {
	case <-told: // that is the same change
	default:
	}
	return true
}

// await reads told until it is closed.
func await(told <-chan struct{}) {
	if told == nil {
		return
	}
	for range told {
	}
}

// slept reports whether more time passed on the wall than between two looks.
// The monotonic clock of most systems stands still while the computer sleeps,
// so it is left out.
func slept(previous, now time.Time) bool {
	return now.Round(0).Sub(previous.Round(0)) > sleepJump
}

// poll returns the interfaces that are usable now, or the previous ones if the
// system does not tell.
func (w *Watcher) poll(previous []Interface) []Interface {
	wanted := w.wants()
	all, err := w.list(func(ifi net.Interface) bool { return eligible(ifi.Name, ifi.Flags, wanted) })
	if err != nil {
		w.log.Debug("cannot list the network interfaces", "err", err)
		return previous
	}
	return usable(all)
}

// suitable returns the interfaces that would be usable if no names were wanted.
func (w *Watcher) suitable() ([]Interface, error) {
	all, err := w.list(func(ifi net.Interface) bool { return eligible(ifi.Name, ifi.Flags, nil) })
	return usable(all), err
}

func (w *Watcher) network(interfaces []Interface, woke bool) Network {
	n := Network{Interfaces: interfaces, Woke: woke}
	up, err := w.list(func(ifi net.Interface) bool { return ifi.Flags&net.FlagUp != 0 })
	if err != nil {
		w.log.Debug("cannot list the network interfaces", "err", err)
		up = interfaces
	}
	for _, ifi := range up {
		for _, p := range ifi.Prefixes {
			n.Local = append(n.Local, p.Addr())
		}
	}
	slices.SortFunc(n.Local, netip.Addr.Compare)
	return n
}

// list returns the interfaces that want picks, with their addresses.
func (w *Watcher) list(want func(net.Interface) bool) ([]Interface, error) {
	all, err := w.system.interfaces()
	if err != nil {
		return nil, err
	}
	var list []Interface
	for _, ifi := range all {
		if !want(ifi) {
			continue
		}
		prefixes, err := w.system.prefixes(ifi)
		if err != nil {
			continue // it went away between the two calls
		}
		list = append(list, Interface{
			Index: ifi.Index, Name: ifi.Name, Flags: ifi.Flags, Prefixes: prefixes, Wireless: w.system.wireless(ifi),
		})
	}
	return list, nil
}

// computer is the system that this program runs on.
type computer struct{}

func (computer) interfaces() ([]net.Interface, error) { return net.Interfaces() }

func (computer) prefixes(ifi net.Interface) ([]netip.Prefix, error) {
	addrs, err := ifi.Addrs()
	if err != nil {
		return nil, err
	}
	var prefixes []netip.Prefix
	for _, addr := range addrs {
		if ipnet, ok := addr.(*net.IPNet); ok {
			prefixes = append(prefixes, prefixOf(ipnet)...)
		}
	}
	return prefixes, nil
}

// prefixOf converts; it returns nothing for what is no address.
func prefixOf(ipnet *net.IPNet) []netip.Prefix {
	addr, ok := netip.AddrFromSlice(ipnet.IP)
	ones, bits := ipnet.Mask.Size()
	addr = addr.Unmap()
	if !ok || bits != addr.BitLen() {
		return nil
	}
	return []netip.Prefix{netip.PrefixFrom(addr, ones)}
}
