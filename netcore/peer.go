package netcore

import (
	"net/netip"
	"time"

	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/picture"
)

// PeerID names a node: the SHA-256 of its public key. Its text form is 52
// characters of base32; see [ParsePeerID].
type PeerID = identity.PeerID

// ParsePeerID reads the text form of a PeerID; upper case is accepted.
func ParsePeerID(s string) (PeerID, error) { return identity.ParsePeerID(s) }

// A Picture is what a device looks like: 128 pixels across and down. Its Image decodes it.
type Picture = picture.Picture

// A Peer is another node, as it is known at one moment. Name and System are labels
// that the peer chose; only ID is proved.
type Peer struct {
	ID     PeerID
	Name   string           // what to call it: its nickname, else what its owner calls it; valid UTF-8, at most 64 characters, never empty
	System string           // its operating system as runtime.GOOS calls it; may be empty
	Addrs  []netip.AddrPort // where it was reached, best first, then where it may be
	Online bool             // an authenticated connection to it answers
	// Picture is what it looks like, by its owner's account, which proves nothing; nil if it has none. One that could be taken for
	// another peer (Namesake) shows none unless it is verified, nor does a blocked one. While the peer has the same picture, it is the
	// same pointer.
	Picture *Picture `json:"-"`

	// Known is whether this node has had to do with it: something was sent and
	// accepted, or somebody connected to it by hand. What is sent to a known peer that is
	// not online waits until it is.
	Known bool
	// Seen is when a known peer was online last; zero if it never was. Met is since when it is known.
	Seen, Met time.Time

	// OwnName is what its owner calls it; the same as Name unless this node's owner gave it a
	// nickname. Never empty.
	OwnName string
	// Verified is when two people made sure that it is the device it seems to be, by comparing codes or
	// by a scanned ticket; zero if they did not.
	Verified time.Time
	// AutoAccept is what of it is accepted without asking.
	AutoAccept AutoAccept
	// Blocked is whether nothing is taken from it, or told to it.
	Blocked bool
	// Namesake is whether another peer has the same name and a better right to it, so that this one could be taken for
	// that: "a known name under a new key". Doubled is that nobody has a right to it: no known peer is called so, but several
	// that are online are, each of which is a Namesake.
	Namesake, Doubled bool

	// Interface is the local network interface that it is reached through, and Wireless whether that is
	// Wi-Fi; empty if it is not online or that is unknown.
	Interface string
	Wireless  bool
}
