package netcore

import (
	"net/netip"
	"time"

	"ferry/netcore/internal/identity"
)

// PeerID names a node: the SHA-256 of its public key. Its text form is 52
// characters of base32; see [ParsePeerID].
type PeerID = identity.PeerID

// ParsePeerID reads the text form of a PeerID; upper case is accepted.
func ParsePeerID(s string) (PeerID, error) { return identity.ParsePeerID(s) }

// A Peer is another node, as it is known at one moment. All but ID are labels
// that the peer chose.
type Peer struct {
	ID     PeerID
	Name   string           // how its owner calls it; valid UTF-8, at most 64 characters, never empty
	System string           // its operating system as runtime.GOOS calls it; may be empty
	Addrs  []netip.AddrPort // where it was reached, best first, then where it may be
	Online bool             // an authenticated connection to it answers

	// Known is whether this node has had to do with it: something was sent and
	// accepted, or somebody connected to it by hand. What is sent to a known peer that is
	// not online waits until it is.
	Known bool
	// Seen is when a known peer was online last; zero if it never was.
	Seen time.Time

	// Trusted is whether this node's owner trusts it. Nothing sets it yet.
	Trusted bool
}
