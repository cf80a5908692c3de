package discovery

import (
	"context"
	"net"
	"net/netip"
	"time"

	"github.com/grandcat/zeroconf"
)

const (
	serviceType = "_ferry._tcp"
	domain      = "local"

	// maxAnnounced is how many addresses are published at most. They must fit
	// into one packet.
	maxAnnounced = 16
)

// settle is how long a published service lives at least. The library races with
// itself when a service is shut down before the goroutines that it has just
// started run.
const settle = 300 * time.Millisecond

// library is what is used of grandcat/zeroconf; tests put another in its place.
type library interface {
	// publish announces a service under label until withdraw is called, which
	// says goodbye to the network and waits for the service's goroutines.
	publish(label string, port uint16, text []string, n Network) (withdraw func(), err error)
	// lookup asks the network once who is there, again with growing pauses as
	// long as nobody answers, and delivers the answers and whatever is
	// announced later, each name once. If it returns no error, entries must be
	// read until it is closed, which it is after ctx has ended.
	lookup(ctx context.Context, n Network, entries chan *zeroconf.ServiceEntry) error
}

// zeroconfLibrary is the real one. Two things of it outlive what they should:
// an announcement's goroutine sleeps between its repetitions, up to 3.5 s after
// publish even if it was withdrawn meanwhile, and then finds its sockets
// closed; a lookup's goroutines end an instant after they have closed the
// channel.
type zeroconfLibrary struct{}

func (zeroconfLibrary) publish(label string, port uint16, text []string, n Network) (func(), error) {
	server, err := zeroconf.RegisterProxy(label, serviceType, domain, int(port), label, announced(n), text, cards(n))
	if err != nil {
		return nil, err
	}
	settled := time.After(settle)
	return func() {
		<-settled
		server.Shutdown()
	}, nil
}

// announced returns the addresses to publish: those of all used interfaces, on
// each of them. The library could let each interface announce its
// own instead, but browsers deliver only what they hear first, and so would
// never learn of a second way to this node.
func announced(n Network) []string {
	var list []string
	for _, addr := range n.Addrs() {
		list = append(list, addr.String())
	}
	return list
}

// lookup uses both address families if the network has both. A family that the
// system cannot do makes the library fail, so each is tried alone then.
func (zeroconfLibrary) lookup(ctx context.Context, n Network, entries chan *zeroconf.ServiceEntry) error {
	var resolver *zeroconf.Resolver
	var err error
	for _, family := range families(n) {
		resolver, err = zeroconf.NewResolver(zeroconf.SelectIPTraffic(family), zeroconf.SelectIfaces(cards(n)))
		if err == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	// An empty instance asks for all of the service. Unlike the library's
	// Browse, Lookup falls silent after the first answer.
	if err := resolver.Lookup(ctx, "", serviceType, domain, entries); err != nil {
		for range entries { // it has started, and ends only if it is read
		}
		return err
	}
	return nil
}

func families(n Network) []zeroconf.IPType {
	has := func(is func(netip.Addr) bool) bool {
		for _, ifi := range n.Interfaces {
			for _, p := range ifi.Prefixes {
				if is(p.Addr()) {
					return true
				}
			}
		}
		return false
	}
	switch {
	case !has(netip.Addr.Is6):
		return []zeroconf.IPType{zeroconf.IPv4}
	case !has(netip.Addr.Is4):
		return []zeroconf.IPType{zeroconf.IPv6}
	}
	return []zeroconf.IPType{zeroconf.IPv4AndIPv6, zeroconf.IPv4, zeroconf.IPv6}
}

// cards returns n's interfaces as the library wants them. It takes an empty
// list for all interfaces there are, so it must not be called then.
func cards(n Network) []net.Interface {
	list := make([]net.Interface, len(n.Interfaces))
	for i, ifi := range n.Interfaces {
		list[i] = net.Interface{Index: ifi.Index, Name: ifi.Name, Flags: ifi.Flags}
	}
	return list
}
