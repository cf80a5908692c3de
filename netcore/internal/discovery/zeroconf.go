package discovery

import (
	"net"
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
}

// zeroconfLibrary is the real one. An announcement's goroutine outlives its service: it sleeps between its
// repetitions, up to 3.5 s after publish even if it was withdrawn meanwhile, and then finds its sockets
// closed.
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

// cards returns n's interfaces as the library wants them. It takes an empty
// list for all interfaces there are, so it must not be called then.
func cards(n Network) []net.Interface {
	list := make([]net.Interface, len(n.Interfaces))
	for i, ifi := range n.Interfaces {
		list[i] = net.Interface{Index: ifi.Index, Name: ifi.Name, Flags: ifi.Flags}
	}
	return list
}
