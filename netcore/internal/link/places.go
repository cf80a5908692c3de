package link

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/discovery"
)

// maxAddrs is how many addresses of one peer are kept.
const maxAddrs = 8

// sunk is how many failures in a row make an address that once worked no better than one of
// which nothing is known.
const sunk = 2

// A place is an address at which a peer may be, and how the last attempt there went.
type place struct {
	addr   netip.AddrPort
	proved bool // the peer has answered there
	fails  int  // in a row, until now
	when   time.Time
	trip   time.Duration
	err    error
}

// places are the addresses of one peer: proved ones first, the latest in front.
type places []place

func (ps places) find(addr netip.AddrPort) int {
	return slices.IndexFunc(ps, func(p place) bool { return p.addr == addr })
}

func (ps places) addrs() []netip.AddrPort {
	list := make([]netip.AddrPort, len(ps))
	for i, p := range ps {
		list[i] = p.addr
	}
	return list
}

func (ps places) proved() bool { return len(ps) > 0 && ps[0].proved }

// works reports whether the peer answered at one of its addresses the last time that it was dialled there.
func (ps places) works() bool {
	return slices.ContainsFunc(ps, func(p place) bool { return p.proved && p.fails == 0 })
}

// hint adds addresses that are not proved, at the end and in place of older
// ones that never were: a flood of hints cannot push out what works.
func (ps *places) hint(addrs []netip.AddrPort) {
	for _, a := range addrs {
		if ps.find(a) >= 0 {
			continue
		}
		if len(*ps) == maxAddrs {
			i := ps.worst()
			*ps = slices.Delete(*ps, i, i+1)
		}
		*ps = append(*ps, place{addr: a})
	}
}

// worst is the one to give up for a new one: the oldest that never worked, else the
// last that did not work lately, else the last.
func (ps places) worst() int {
	if i := slices.IndexFunc(ps, func(p place) bool { return !p.proved }); i >= 0 {
		return i
	}
	for i := len(ps) - 1; i >= 0; i-- {
		if ps[i].fails >= sunk {
			return i
		}
	}
	return len(ps) - 1
}

// reached notes that the peer has answered at addr, and puts that in front.
func (ps *places) reached(addr netip.AddrPort, trip time.Duration) {
	p := place{addr: addr}
	if i := ps.find(addr); i >= 0 {
		p = (*ps)[i]
		*ps = slices.Delete(*ps, i, i+1)
	}
	p.proved, p.fails, p.err, p.when = true, 0, nil, time.Now()
	if trip > 0 {
		p.trip = trip
	}
	*ps = slices.Insert(*ps, 0, p)
	if len(*ps) > maxAddrs {
		i := ps.worst()
		*ps = slices.Delete(*ps, i, i+1)
	}
}

// move takes over that the peer listens on port now, and no longer on from: nothing that was learnt there holds for
// what is behind that, but that the computer was reached.
func (ps *places) move(from, port uint16) {
	var moved places
	for _, p := range *ps {
		if p.addr.Port() == from {
			p.addr, p.fails, p.err = netip.AddrPortFrom(p.addr.Addr(), port), 0, nil
		}
		if moved.find(p.addr) < 0 {
			moved = append(moved, p)
		}
	}
	*ps = moved
}

// tried notes how an attempt went.
func (ps places) tried(a conn.Attempt) {
	i := ps.find(a.Addr)
	if i < 0 {
		return
	}
	p := &ps[i]
	p.when, p.err = time.Now(), a.Err
	if a.Err != nil {
		p.fails++
		return
	}
	p.fails, p.trip = 0, a.RoundTrip
	if !p.proved {
		done := *p
		done.proved = true
		n := slices.IndexFunc(ps, func(p place) bool { return !p.proved })
		copy(ps[n+1:i+1], ps[n:i])
		ps[n] = done
	}
}

// best returns the addresses in the order in which they are to be dialled: what works
// before what does not, wired before wireless, proved before hinted at, near before far.
func (ps places) best(n discovery.Network) []netip.AddrPort {
	return ps.sorted(n).addrs()
}

func (ps places) sorted(n discovery.Network) places {
	sorted := slices.Clone(ps)
	slices.SortStableFunc(sorted, func(a, b place) int {
		return cmp.Or(
			cmp.Compare(a.rank(n), b.rank(n)),
			cmp.Compare(later(!a.proved), later(!b.proved)),
			cmp.Compare(a.trip, b.trip),
		)
	})
	return sorted
}

// The ranks of an address, the best first.
const (
	wired = iota
	wireless
	elsewhere // behind a router, or in a network that is not ours
	failing
)

func (p place) rank(n discovery.Network) int {
	if p.fails >= sunk || p.fails > 0 && !p.proved {
		return failing
	}
	via, near := n.Via(p.addr.Addr())
	switch {
	case near && via.Wireless:
		return wireless
	case near, p.proved && len(n.Interfaces) == 0: // it is not known what the network is
		return wired
	}
	return elsewhere
}

func later(b bool) int {
	if b {
		return 1
	}
	return 0
}
