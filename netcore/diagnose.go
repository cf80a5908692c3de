package netcore

import (
	"context"
	"net/netip"
	"time"

	"ferry/netcore/internal/discovery"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/link"
)

// A Diagnosis says how this node is connected: what to look at when a device
// that should be there is not listed.
type Diagnosis struct {
	// Interfaces are the network interfaces that devices are looked for on. If there are none,
	// this computer is not connected.
	Interfaces []Interface
	// Port is the TCP port that this node listens on; 0 for a hidden one.
	Port uint16
	// Announced is whether others are told that it is here.
	Announced bool
	// Since is since when it listens on this network; zero: it does not. A node that has listened for less than a minute
	// need not have heard anybody.
	Since time.Time
	// Heard is when a multicast packet of another computer came last, of any kind of device; zero:
	// never. A network on which nothing is heard for a minute keeps devices apart.
	Heard time.Time
	// Multicast is why no multicast packet can be heard; nil if they can.
	Multicast error
}

// An Interface is a network interface of this computer.
type Interface struct {
	Name     string
	Addrs    []netip.Addr
	Wireless bool
}

// Diagnose says how this node is connected, as of now.
func (n *Node) Diagnose() Diagnosis {
	d := Diagnosis{Port: n.hello().Port}
	if n.finder == nil {
		return d
	}
	s := n.finder.Status()
	d.Announced, d.Since, d.Heard, d.Multicast = s.Announced, s.Since, s.Heard, s.Err
	d.Interfaces = interfaces(s.Network.Interfaces)
	n.finder.Knock()
	return d
}

// Interfaces returns the network interfaces of this computer on which devices can be looked for, as of now, whether a
// person has chosen them or not; see SetInterfaces.
func (n *Node) Interfaces() []Interface {
	if n.finder == nil {
		return nil
	}
	list, err := n.finder.Suitable()
	if err != nil {
		n.log.Info("list the network interfaces", "err", err)
	}
	return interfaces(list)
}

func interfaces(list []discovery.Interface) (out []Interface) {
	for _, i := range list {
		one := Interface{Name: i.Name, Wireless: i.Wireless}
		for _, p := range i.Prefixes {
			one.Addrs = append(one.Addrs, p.Addr())
		}
		out = append(out, one)
	}
	return out
}

// A PeerDiagnosis says who of two nodes can reach the other.
type PeerDiagnosis struct {
	Peer Peer
	// Linked is whether a connection between the two stands: as long as it does, files can be
	// sent in both directions, whoever can dial.
	Linked bool
	// There are this node's attempts at the peer's addresses, made now.
	There []Attempt
	// Back are the peer's attempts at this node's addresses, made now; BackErr is why they are not known.
	Back    []Attempt
	BackErr error
}

// An Attempt is one at connecting to an address.
type Attempt struct {
	Addr      netip.AddrPort
	RoundTrip time.Duration // if Err is nil
	// Err is nil if the node answered there. It wraps ErrTimeout if nothing came back, as behind a firewall,
	// and ErrOffline if the address says that nobody listens; ErrPeerID if it is another device.
	Err error
}

// DiagnosePeer finds out who of the two can reach the other. It takes up to ten
// seconds, and asks the peer for help.
func (n *Node) DiagnosePeer(ctx context.Context, id PeerID) PeerDiagnosis {
	state, _ := n.links.Peer(id)
	d := PeerDiagnosis{Peer: n.peer(state), Linked: len(n.links.Diagnose(id).Links) > 0}
	back := make(chan struct{})
	go func() {
		defer close(back)
		var list []link.Attempt
		list, d.BackErr = n.links.CheckBack(ctx, id)
		d.Back = attempts(list)
	}()
	d.There = attempts(n.links.Reach(ctx, id))
	<-back
	return d
}

func attempts(list []link.Attempt) (out []Attempt) {
	for _, a := range list {
		out = append(out, Attempt{a.Addr, a.RoundTrip, a.Err})
	}
	return out
}

// NewIdentity makes this computer a new device: for one whose disk was copied, identity and all.
// A node that runs on dir goes on being who it was. The old key is kept; old is its new name. Peers must get to know the device anew.
func NewIdentity(dir string) (id PeerID, old string, err error) {
	i, old, err := identity.Replace(dir)
	if err != nil {
		return PeerID{}, old, err
	}
	return i.ID(), old, nil
}

// Renew makes this computer a new device from its next start on, as after [WarnClone]. The old key is kept; old is its
// new name. This node goes on as it is until it ends, so a front end offers to start the program anew at once: it saves what a
// person is in the middle of, waits for Run to return, and starts itself again. Peers must get to know the device
// anew; what this one knows of them, and its history, stay. A transfer that is interrupted then is not taken up again by the other side,
// which waits for the old device: it has to be sent again.
func (n *Node) Renew() (old string, err error) {
	_, old, err = NewIdentity(n.cfg.Dir)
	return old, err
}
