package ui

import (
	"bytes"
	"cmp"
	"slices"
	"sync"

	"ferry/netcore"
)

// mostListed is how many transfers are listed, unless more are on their way: as many as a node knows without its history,
// so that a window that is open for weeks takes no more memory and time than one that is new.
const mostListed = 1000

// A model is what the window knows: who is there, what is on its way, and
// what went wrong. It is changed from any goroutine and drawn from one.
type model struct {
	mu        sync.Mutex
	changed   bool                            // since the last view was taken
	fresh     chan struct{}                   // holds something once it has changed
	peers     map[netcore.PeerID]netcore.Peer // those that are online or known
	transfers map[netcore.TransferID]*item
	order     []netcore.TransferID // the oldest first
	warnings  []netcore.Warning
	self      int // how often this device itself has changed

	arrived func(netcore.Transfer) bool // see item.gone; may be nil
}

// An item is a transfer and what its past says about it.
type item struct {
	netcore.Transfer
	ran      bool // it was accepted at some time
	paused   bool // it was interrupted at some time
	moved    bool // it has moved since it began, or went on
	before   int  // files that were there before it began, as far as that is known
	revision int  // grows with each change
	gone     bool // what it was made of is not kept any more
	past     bool // it is shown as history: when it was says more than how it goes
}

// brought counts the whole files that are there because of an incoming transfer
// on its way, and were not before.
func (it item) brought() int {
	if it.Direction != netcore.Incoming || it.State.Final() {
		return 0
	}
	return max(it.DoneFiles-it.before, 0)
}

// A view is a model at one moment. It may be kept.
type view struct {
	peers    []netcore.Peer // online or known, and not blocked, by name
	blocked  []netcore.Peer // by name
	busy     map[netcore.PeerID]busy
	waiting  map[netcore.PeerID]int // how many transfers wait for a peer to be here
	items    []item                 // those on their way, then those that have ended; the newest first
	warnings []netcore.Warning      // the newest last
	self     int                    // grows when this device itself has changed
}

// online counts the peers that are here now.
func (v view) online() int {
	n := 0
	for _, p := range v.peers {
		if p.Online {
			n++
		}
	}
	return n
}

// peer is a peer as it is known now, blocked or not.
func (v view) peer(id netcore.PeerID) (netcore.Peer, bool) {
	for _, list := range [][]netcore.Peer{v.peers, v.blocked} {
		if i := slices.IndexFunc(list, func(p netcore.Peer) bool { return p.ID == id }); i >= 0 {
			return list[i], true
		}
	}
	return netcore.Peer{}, false
}

// away reports whether a peer is known and not here: what is sent to it waits.
func (v view) away(id netcore.PeerID) bool {
	return slices.ContainsFunc(v.peers, func(p netcore.Peer) bool { return p.ID == id && !p.Online })
}

func newModel() *model {
	m := &model{
		fresh:     make(chan struct{}, 1),
		peers:     make(map[netcore.PeerID]netcore.Peer),
		transfers: make(map[netcore.TransferID]*item),
	}
	m.mark()
	return m
}

// mark has the next view drawn. Callers hold mu.
func (m *model) mark() {
	m.changed = true
	select {
	case m.fresh <- struct{}{}:
	default: // nobody has seen the last one yet
	}
}

// apply takes in an event.
func (m *model) apply(ev netcore.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mark()
	switch ev := ev.(type) {
	case netcore.PeerChanged:
		m.applyPeer(ev.Peer)
	case netcore.TransferChanged:
		m.applyTransfer(ev.Transfer)
	case netcore.Warning:
		m.applyWarning(ev)
	case netcore.SelfChanged:
		m.self++
	}
}

func (m *model) applyPeer(p netcore.Peer) {
	if !p.Online && !p.Known && !p.Blocked {
		delete(m.peers, p.ID)
		return
	}
	m.peers[p.ID] = p
	if !p.Online {
		return
	}
	// Nothing says that discovery works again but that it found somebody.
	m.warnings = slices.DeleteFunc(m.warnings, func(w netcore.Warning) bool {
		return w.Kind == netcore.WarnDiscovery
	})
}

func (m *model) applyTransfer(t netcore.Transfer) {
	it, ok := m.transfers[t.ID]
	if !ok {
		it = new(item)
		m.transfers[t.ID] = it
		m.order = append(m.order, t.ID)
		m.forgetOldest()
	}
	it.Transfer = t
	it.gone = m.arrived != nil && m.arrived(t)
	it.ran = it.ran || t.State == netcore.Running || t.State == netcore.Paused
	it.paused = it.paused || t.State == netcore.Paused
	if !it.paused { // when it goes on it finds what it has brought itself
		it.before = t.FoundFiles
	}
	it.moved = t.State == netcore.Running && (it.moved || t.Rate > 0)
	it.revision++
}

// forgetOldest drops the oldest of too many transfers, of those that have ended.
func (m *model) forgetOldest() {
	surplus := len(m.order) - mostListed
	if surplus <= 0 {
		return
	}
	m.order = slices.DeleteFunc(m.order, func(id netcore.TransferID) bool {
		if surplus == 0 || !m.transfers[id].State.Final() {
			return false
		}
		surplus--
		delete(m.transfers, id)
		return true
	})
}

// applyWarning keeps the newest warning of each kind.
func (m *model) applyWarning(w netcore.Warning) {
	m.warnings = slices.DeleteFunc(m.warnings, func(old netcore.Warning) bool { return old.Kind == w.Kind })
	m.warnings = append(m.warnings, w)
}

// dismiss forgets a kind of warning until it comes again.
func (m *model) dismiss(kind netcore.WarningKind) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mark()
	m.warnings = slices.DeleteFunc(m.warnings, func(w netcore.Warning) bool { return w.Kind == kind })
}

// touch has the next view drawn though nothing has changed.
func (m *model) touch() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mark()
}

// clear forgets the transfers that have ended.
func (m *model) clear() { m.forget(func(item) bool { return true }) }

// forget forgets those of the transfers that have ended which are meant.
func (m *model) forget(meant func(item) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mark()
	m.order = slices.DeleteFunc(m.order, func(id netcore.TransferID) bool {
		if it := m.transfers[id]; !it.State.Final() || !meant(*it) {
			return false
		}
		delete(m.transfers, id)
		return true
	})
}

// takeView returns the model as it is, and false if that has not changed
// since the last call.
func (m *model) takeView() (view, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.changed {
		return view{}, false
	}
	m.changed = false
	v := view{warnings: slices.Clone(m.warnings), self: m.self, waiting: make(map[netcore.PeerID]int)}
	v.busy = make(map[netcore.PeerID]busy)
	for _, p := range m.peers {
		if p.Blocked {
			v.blocked = append(v.blocked, p)
		} else {
			v.peers = append(v.peers, p)
		}
	}
	slices.SortFunc(v.peers, byName)
	slices.SortFunc(v.blocked, byName)
	v.items = make([]item, 0, len(m.order))
	for _, id := range slices.Backward(m.order) {
		it := *m.transfers[id]
		v.items = append(v.items, it)
		if waitsForPeer(it.Transfer) {
			v.waiting[it.Peer.ID]++
		}
		v.busy[it.Peer.ID] = v.busy[it.Peer.ID].with(it.Transfer)
	}
	slices.SortStableFunc(v.items, func(a, b item) int { return rank(a) - rank(b) })
	return v, true
}

// rank puts what has ended below what has not.
func rank(it item) int {
	if it.State.Final() {
		return 1
	}
	return 0
}

// byName orders peers as people do; those of one name stay in one order too.
func byName(a, b netcore.Peer) int {
	return cmp.Or(compareNames(a.Name, b.Name), bytes.Compare(a.ID[:], b.ID[:]))
}

// onTheWay counts the transfers that have not ended.
func (v view) onTheWay() int {
	return v.count(func(it item) bool { return !it.State.Final() })
}

// moving counts the transfers that are disturbed if the node ends now: not
// those that wait.
func (v view) moving() int {
	return v.count(func(it item) bool {
		return !it.State.Final() && it.State != netcore.Paused && !waitsForPeer(it.Transfer)
	})
}

func (v view) count(is func(item) bool) int {
	n := 0
	for _, it := range v.items {
		if is(it) {
			n++
		}
	}
	return n
}
