// Package discovery finds hints of where other nodes may be, on the local
// network by multicast DNS (RFC 6762, RFC 6763) or from a list.
//
// # Hints
//
// A [Sighting] is a hint and nothing more. Anybody on the network can make one
// up, and a true one may be stale when it arrives: multicast DNS tells neither
// when a node goes nor when it moves. Who really is at an address is known when
// a connection has proved it, and that somebody is gone when his connection is;
// both are the business of the caller. What this package promises is that a
// Sighting is well-formed, that it is small, that its addresses lie on this
// network or are private ones, and that it is not the node's own announcement. It may
// be of the node's own peer ID, at another computer: then somebody lies, or two computers
// have one identity.
//
// # What is told to the network
//
// A published node shows its peer ID, its port and its addresses to all who
// listen. The name of the computer or of its owner is not in it.
//
// # What hostile neighbours can do
//
// They can invent nodes, and so make the caller dial; the caller limits that. They can send
// as much as the network carries: a packet is read if it is at most 9,000 bytes, has at most 400 records, comes from this network, and
// neither its sender nor all together have sent too many; of what was read, nothing is kept but up to 400 labels of
// nodes, which need not answer the next question. A packet that makes no sense says nothing.
//
// Listening is this package's own, because grandcat/zeroconf remembers all that it ever heard, one crafted packet being worth
// 130 MiB to it. Publishing is grandcat/zeroconf's: announcing, answering, and saying goodbye. It answers each question
// of a packet, be they thousands, and there is no way to limit that from outside; so this package hears the same questions, and withdraws
// what is published, for half a minute, when there are more than any real neighbourhood asks: some thousand packets go out
// before that, and up to twenty thousand if it has only just been published. Meanwhile newcomers are found by what they announce, and told of this node by being dialled.
package discovery

import (
	"context"
	"net/netip"

	"ferry/netcore/internal/identity"
)

// MaxAddrs is how many addresses a Sighting has at most.
const MaxAddrs = 6

// A Sighting is a hint that a node may be there. It proves nothing.
type Sighting struct {
	ID    identity.PeerID  // who it claims to be; zero if only an address is known
	Addrs []netip.AddrPort // where, the most promising first; 1 to MaxAddrs
	// Calling says that it is there for a short while only, and could not reach somebody: who has no link to it is
	// to dial it, and nobody need list it.
	Calling bool
}

// A Source finds hints.
type Source interface {
	// Run calls see for each hint, as often as it comes up again, one call at a
	// time, until ctx ends; then it returns nil. While see runs, Run waits. An
	// error means that this source cannot work at all; a network that is away
	// for now is none.
	Run(ctx context.Context, see func(Sighting)) error
}

// Func is a Source made of a function, as tests need it.
type Func func(ctx context.Context, see func(Sighting)) error

// Run calls f.
func (f Func) Run(ctx context.Context, see func(Sighting)) error { return f(ctx, see) }

// Fixed is a Source that sees the same nodes once at the start, and nothing
// after.
type Fixed []Sighting

// Run reports the list and waits for the end of ctx.
func (f Fixed) Run(ctx context.Context, see func(Sighting)) error {
	for _, s := range f {
		if ctx.Err() != nil {
			return nil
		}
		see(s)
	}
	<-ctx.Done()
	return nil
}
