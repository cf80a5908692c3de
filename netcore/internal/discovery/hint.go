package discovery

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"ferry/netcore/internal/identity"
)

// The TXT record (RFC 6763, 6): the version of the record, not of the protocol
// that is spoken later, the whole peer ID, and whether it is a call.
const (
	textVersion = "v=1"
	textID      = "id="
	textCalling = "c=1"
)

// textOf returns the TXT record of a node.
func textOf(id identity.PeerID) []string { return []string{textVersion, textID + id.String()} }

// idOf reads a TXT record. Unknown keys are skipped; of a key that is there
// twice, the first counts (RFC 6763, 6.4).
func idOf(text []string) (id identity.PeerID, ok bool) {
	values := make(map[string]string, 2)
	for _, s := range text {
		key, value, _ := strings.Cut(s, "=")
		key = strings.ToLower(key)
		if _, twice := values[key]; !twice && (key == "v" || key == "id") {
			values[key] = value
		}
	}
	if values["v"] != strings.TrimPrefix(textVersion, "v=") {
		return id, false
	}
	id, err := identity.ParsePeerID(values["id"])
	return id, err == nil && !id.IsZero()
}

// sightingOf makes a Sighting of what somebody on the network claims, or
// nothing. Everything in c may be invented.
func sightingOf(c claim, own identity.PeerID, n Network) (Sighting, bool) {
	id, ok := idOf(c.text)
	if !ok || c.gone || c.port == 0 {
		return Sighting{}, false
	}
	// Our own name at an address of ours is our own announcement.
	if id == own && slices.ContainsFunc(c.addrs, n.HasLocal) {
		return Sighting{}, false
	}
	addrs := Sensible(c.addrs, n)
	if len(addrs) == 0 {
		return Sighting{}, false
	}
	s := Sighting{ID: id, Calling: slices.Contains(c.text, textCalling)}
	for _, addr := range addrs {
		s.Addrs = append(s.Addrs, netip.AddrPortFrom(addr, c.port))
	}
	return s, true
}

// An address is tried earlier the better its chances are.
const (
	rankOnLink    = iota // in the network of one of our interfaces
	rankLinkLocal        // on one of our links, if the hint came over that
	rankPrivate          // behind a router of the same house, or only in the other's own computer
	rankNever            // the internet, ourselves, or nobody
)

// Sensible returns those of the addresses that somebody claims to have which are worth a
// try from a computer on n, at most [MaxAddrs], the best first: on this network, or private ones,
// and never this computer's own loopback. IPv6 link-local ones get the zones that they may be in.
func Sensible(claimed []netip.Addr, n Network) []netip.Addr {
	type candidate struct {
		addr netip.Addr
		rank int
	}
	var list []candidate
	for _, addr := range claimed {
		addr = addr.Unmap().WithZone("")
		if r := rank(addr, n); r < rankNever {
			for _, a := range zoned(addr, n) {
				list = append(list, candidate{a, r})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return cmp.Compare(a.rank, b.rank) })
	var addrs []netip.Addr
	for _, c := range list {
		if len(addrs) < MaxAddrs && !slices.Contains(addrs, c.addr) {
			addrs = append(addrs, c.addr)
		}
	}
	return addrs
}

func rank(addr netip.Addr, n Network) int {
	switch {
	case !addr.IsValid(), addr.IsUnspecified(), addr.IsLoopback(), addr.IsMulticast():
		return rankNever
	case addr.Is6() && addr.IsLinkLocalUnicast():
		return rankLinkLocal
	case n.onLink(addr):
		return rankOnLink
	case addr.IsPrivate(), addr.IsLinkLocalUnicast():
		return rankPrivate
	default:
		return rankNever
	}
}

// zoned returns addr, or for an IPv6 link-local address one for each interface
// that it may be on: it means nothing without the interface, and the library
// does not say which one the hint came over.
func zoned(addr netip.Addr, n Network) []netip.Addr {
	if !addr.Is6() || !addr.IsLinkLocalUnicast() {
		return []netip.Addr{addr}
	}
	var addrs []netip.Addr
	for _, ifi := range n.Interfaces {
		if ifi.covers(addr) {
			addrs = append(addrs, addr.WithZone(ifi.Name))
		}
	}
	return addrs
}
