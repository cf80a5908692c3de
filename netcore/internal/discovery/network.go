package discovery

import (
	"cmp"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// maxInterfaces is how many interfaces are used at once. With more than 20
// multicast memberships, Linux refuses further ones and the library does not
// tell.
const maxInterfaces = 8

// virtual are the beginnings of the names of interfaces that lead to no other
// computer: those of containers and virtual machines, and Apple's for AirDrop
// and tunnels. Case matters: "vEthernet (External)" on Windows leads to the
// real network.
var virtual = []string{"docker", "br-", "veth", "virbr", "vmnet", "awdl", "llw", "utun"}

// An Interface is a network interface as it was at one moment.
type Interface struct {
	Index    int
	Name     string
	Flags    net.Flags
	Prefixes []netip.Prefix // its addresses, each with the size of its network; sorted
	Wireless bool           // known to be; false where the system does not tell
}

// A Network is what can be used of this computer's networks at one moment. It
// is a value: nobody changes it later.
type Network struct {
	// Interfaces are those that peers are looked for on, at most 8, by index.
	// None: nobody can be found for now.
	Interfaces []Interface
	// Local are the addresses of all interfaces that are switched on, also those that
	// peers are not looked for on, and those without a carrier; without zones.
	Local []netip.Addr
	// Woke says that the computer seems to have slept: whatever was known about
	// the network is in doubt, even if nothing else has changed.
	Woke bool
}

// HasLocal reports whether addr is an address of this computer.
func (n Network) HasLocal(addr netip.Addr) bool {
	return slices.Contains(n.Local, addr.Unmap().WithZone(""))
}

// Addrs returns where others may reach this computer: the addresses of n.Interfaces, at
// most 16. Those that people know come first: IPv4, then IPv6, then link-local
// ones, without zones.
func (n Network) Addrs() []netip.Addr {
	var list []netip.Addr
	for _, ifi := range n.Interfaces {
		for _, p := range ifi.Prefixes {
			if !p.Addr().IsLoopback() && !slices.Contains(list, p.Addr()) {
				list = append(list, p.Addr())
			}
		}
	}
	slices.SortStableFunc(list, func(a, b netip.Addr) int { return cmp.Compare(fame(a), fame(b)) })
	return list[:min(len(list), maxAnnounced)]
}

func fame(addr netip.Addr) int {
	switch {
	case addr.IsLinkLocalUnicast():
		return 2
	case addr.Is6():
		return 1
	}
	return 0
}

// Via returns the interface that leads to addr without a router, if it is one of n.Interfaces.
func (n Network) Via(addr netip.Addr) (Interface, bool) {
	for _, ifi := range n.Interfaces {
		if zone := addr.Zone(); zone != "" && zone != ifi.Name {
			continue
		}
		if ifi.covers(addr.WithZone("")) {
			return ifi, true
		}
	}
	return Interface{}, false
}

// Of returns the one of n.Interfaces that has the address local.
func (n Network) Of(local netip.Addr) (Interface, bool) {
	for _, ifi := range n.Interfaces {
		if zone := local.Zone(); zone != "" && zone != ifi.Name {
			continue
		}
		addr := local.Unmap().WithZone("")
		if slices.ContainsFunc(ifi.Prefixes, func(p netip.Prefix) bool { return p.Addr() == addr }) {
			return ifi, true
		}
	}
	return Interface{}, false
}

// Names returns the names of n.Interfaces.
func (n Network) Names() []string {
	names := make([]string, len(n.Interfaces))
	for i, ifi := range n.Interfaces {
		names[i] = ifi.Name
	}
	return names
}

// onLink reports whether addr is in the network of one of n.Interfaces.
func (n Network) onLink(addr netip.Addr) bool {
	return slices.ContainsFunc(n.Interfaces, func(ifi Interface) bool { return ifi.covers(addr) })
}

func (ifi Interface) covers(addr netip.Addr) bool {
	return slices.ContainsFunc(ifi.Prefixes, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// live reports whether an interface is switched on and has a carrier.
func live(flags net.Flags) bool {
	const need = net.FlagUp | net.FlagRunning
	return flags&need == need
}

// eligible reports whether peers may be looked for on an interface. wanted are
// the names that a person chose; if there are any, they alone decide.
func eligible(name string, flags net.Flags, wanted []string) bool {
	if !live(flags) {
		return false
	}
	if len(wanted) > 0 {
		return slices.Contains(wanted, name)
	}
	if flags&net.FlagMulticast == 0 || flags&(net.FlagLoopback|net.FlagPointToPoint) != 0 {
		return false
	}
	return !slices.ContainsFunc(virtual, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// usable puts eligible interfaces in order and leaves out those that have no
// address yet, and those that are too many.
func usable(eligible []Interface) []Interface {
	kept := slices.DeleteFunc(slices.Clone(eligible), func(ifi Interface) bool { return len(ifi.Prefixes) == 0 })
	for i := range kept {
		kept[i].Prefixes = slices.SortedFunc(slices.Values(kept[i].Prefixes), netip.Prefix.Compare)
	}
	slices.SortFunc(kept, func(a, b Interface) int { return cmp.Compare(a.Index, b.Index) })
	return kept[:min(len(kept), maxInterfaces)]
}

// sameInterfaces reports whether nothing has changed that matters to those who
// send and listen: indexes and addresses.
func sameInterfaces(a, b []Interface) bool {
	return slices.EqualFunc(a, b, func(a, b Interface) bool {
		return a.Index == b.Index && slices.Equal(a.Prefixes, b.Prefixes)
	})
}
