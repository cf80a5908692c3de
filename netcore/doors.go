package netcore

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"

	"golang.org/x/time/rate"
)

// What those who have not shown who they are can take. Many devices may share an address,
// behind a router or in one IPv6 network.
const (
	maxUnproved        = 256
	maxUnprovedPerAddr = 128
	// A handshake takes about a millisecond of CPU. The bursts let a room full of computers
	// that come back at once in at once.
	handshakesPerSecond        = 100
	handshakesBurst            = 512
	handshakesPerSecondPerAddr = 50
	handshakesBurstPerAddr     = 256
	maxAddresses               = 4096 // that are remembered, for their rates
)

// What those can take who have shown who they are, when this is all that is known of them: an
// identity costs nothing.
const (
	maxStrangers        = 1024 // connections
	maxStrangersPerAddr = 512
	maxPerStranger      = 24
	maxPerFriend        = 256 // of a peer that this node has had to do with
	// strangersPace is how many bytes a second are read of what all of them say before a person has agreed: lists of files,
	// mostly, at a rate at which reading them takes little CPU. The burst is a list of some 200,000 files.
	strangersPace  = 4 << 20
	strangersBurst = 8 << 20
)

// doors counts the connections that came in, and says how many more may.
type doors struct {
	mu        sync.Mutex
	unproved  []*visit // oldest first
	strangers int
	addrs     map[netip.Addr]*address
	peers     map[PeerID][]*visit // connections of each, oldest first
	turns     *rate.Limiter       // handshakes
	pace      *rate.Limiter       // bytes of strangers
	words     *rate.Limiter       // lines in the log about strangers
}

func newDoors() doors {
	return doors{
		addrs: make(map[netip.Addr]*address),
		peers: make(map[PeerID][]*visit),
		turns: rate.NewLimiter(handshakesPerSecond, handshakesBurst),
		pace:  rate.NewLimiter(strangersPace, strangersBurst),
		words: rate.NewLimiter(1, 32),
	}
}

// address is what has come from one address. Of an IPv6 address the
// first half counts: a host has all of the other one to itself.
type address struct {
	unproved, strangers, friends int // connections
	turns                        *rate.Limiter
}

// A visit is a connection that came in, from its first moment to its last.
type visit struct {
	addr   netip.Addr
	drop   func() // ends it
	peer   PeerID // zero: unproved
	friend bool
}

// enter counts one more connection from addr; leave must follow. Newcomers are let in: where
// there is no place, the one gives way that has waited longest, of those from this address, or
// from the one with the most. Whoever floods displaces himself.
func (d *doors) enter(addr netip.Addr, drop func()) *visit {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := d.at(addr)
	switch {
	case at.unproved >= maxUnprovedPerAddr:
		d.evict(addr)
	case len(d.unproved) >= maxUnproved:
		d.evict(d.crowded())
	}
	v := &visit{addr: addr, drop: drop}
	d.unproved = append(d.unproved, v)
	at.unproved++
	return v
}

// evict drops the oldest unproved connection from addr. Callers hold mu.
func (d *doors) evict(addr netip.Addr) {
	i := slices.IndexFunc(d.unproved, func(v *visit) bool { return v.addr == addr })
	v := d.unproved[i]
	d.unproved = slices.Delete(d.unproved, i, i+1)
	d.addrs[addr].unproved--
	v.drop()
}

// crowded is the address with the most unproved connections. Callers hold mu.
func (d *doors) crowded() (most netip.Addr) {
	n := 0
	for addr, at := range d.addrs {
		if at.unproved > n {
			most, n = addr, at.unproved
		}
	}
	return most
}

// at returns the record of addr. Callers hold mu.
func (d *doors) at(addr netip.Addr) *address {
	if at := d.addrs[addr]; at != nil {
		return at
	}
	if len(d.addrs) >= maxAddresses {
		for other, at := range d.addrs {
			if at.unproved+at.strangers+at.friends == 0 {
				delete(d.addrs, other)
			}
		}
	}
	at := &address{turns: rate.NewLimiter(handshakesPerSecondPerAddr, handshakesBurstPerAddr)}
	d.addrs[addr] = at
	return at
}

// turn waits until there is CPU for a handshake with v, or until ctx ends. Where a friend is connected
// from, what others do elsewhere holds nobody up.
func (d *doors) turn(ctx context.Context, v *visit) error {
	d.mu.Lock()
	at := d.at(v.addr)
	friend := at.friends > 0
	d.mu.Unlock()
	if err := at.turns.Wait(ctx); err != nil || friend {
		return err
	}
	return d.turns.Wait(ctx)
}

// proved notes who v is. The error wraps ErrBusy if this is one too many.
func (d *doors) proved(v *visit, peer PeerID, friend bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.Index(d.unproved, v)
	if i < 0 {
		return fmt.Errorf("%w: dropped for a newer connection", ErrBusy)
	}
	d.unproved = slices.Delete(d.unproved, i, i+1)
	at := d.addrs[v.addr]
	at.unproved--
	v.peer, v.friend = peer, friend
	d.peers[peer] = append(d.peers[peer], v)
	d.count(v, 1)
	switch {
	case len(d.peers[peer]) > most(friend):
		return fmt.Errorf("%w: %d connections of one device", ErrBusy, most(friend))
	case !friend && at.strangers > maxStrangersPerAddr:
		return fmt.Errorf("%w: %d connections of unknown devices from one address", ErrBusy, maxStrangersPerAddr)
	case !friend && d.strangers > maxStrangers:
		return fmt.Errorf("%w: %d connections of unknown devices", ErrBusy, maxStrangers)
	}
	return nil
}

// most is how many connections one peer may have.
func most(friend bool) int {
	if friend {
		return maxPerFriend
	}
	return maxPerStranger
}

// count adds n to the number of connections like v, of which it is known whose it is. Callers hold mu.
func (d *doors) count(v *visit, n int) {
	at := d.addrs[v.addr]
	if v.friend {
		at.friends += n
		return
	}
	at.strangers += n
	d.strangers += n
}

// regard has the connections that stand count as a friend's or a stranger's, as friend says by now. A stranger's that are too
// many end, the latest first; a peer that is let in later is not asked for that.
func (d *doors) regard(peer PeerID, friend func(PeerID) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := friend(peer) // under the lock: whoever comes in meanwhile is looked at by one of the two
	for i, v := range d.peers[peer] {
		if v.friend != now {
			d.count(v, -1)
			v.friend = now
			d.count(v, 1)
		}
		if i >= most(now) {
			v.drop()
		}
	}
}

// leave ends what enter began. Nothing happens if v was dropped.
func (d *doors) leave(v *visit) {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := d.addrs[v.addr]
	if v.peer.IsZero() {
		if i := slices.Index(d.unproved, v); i >= 0 {
			d.unproved = slices.Delete(d.unproved, i, i+1)
			at.unproved--
		}
		return
	}
	all := slices.DeleteFunc(d.peers[v.peer], func(o *visit) bool { return o == v })
	if d.peers[v.peer] = all; len(all) == 0 {
		delete(d.peers, v.peer)
	}
	d.count(v, -1)
}
