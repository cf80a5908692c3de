package netcore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"ferry/netcore/internal/fault"
)

// minPrefix is the shortest beginning of a peer ID that names a peer: 50 bits,
// beyond what an impostor finds a key for in passing.
const minPrefix = 10

// hostDelay is how long a query with a dot is looked for among the devices
// before it is taken for the name of a host.
const hostDelay = time.Second

// Connect reaches out to a device by its address: "host", "host:port",
// "[fe80::1%eth0]:7776". It returns the peer that answered there, which is
// from then on a known one. Without a port, DefaultPort is meant. A [Node.Ticket] is an address
// too; then only the device that it names will do, else the error wraps ErrPeerID, and it counts
// as verified. A blocked device gives an error that wraps ErrUntrusted.
func (n *Node) Connect(ctx context.Context, address string) (Peer, error) {
	var to ticket
	var err error
	if isTicket(address) {
		to, err = parseTicket(address)
	} else {
		to.addrs, err = resolve(ctx, address)
	}
	if err != nil {
		return Peer{}, &Error{Op: "connect", Peer: address, Err: fmt.Errorf("%w: %w", fault.Offline, err)}
	}
	state, err := n.links.ConnectTo(ctx, to.addrs, to.id)
	if err != nil {
		return Peer{}, &Error{Op: "connect", Peer: address, Err: err}
	}
	n.meet(n.peer(state))
	if state.ID == to.id { // scanned from its screen, and proved by TLS
		n.vouch(state.ID)
	}
	return n.peer(state), nil
}

// errAddress is of an address that cannot be one.
var errAddress = errors.New("that is no address")

// resolve turns an address that a person typed into those to dial.
func resolve(ctx context.Context, address string) ([]netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		host, port = strings.Trim(address, "[]"), strconv.Itoa(DefaultPort)
	}
	p, err := strconv.ParseUint(port, 10, 16)
	if err != nil || p == 0 {
		return nil, fmt.Errorf("%w: %q is no port; a number from 1 to 65535 is", errAddress, port)
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	var addrs []netip.AddrPort
	for _, ip := range ips {
		addrs = append(addrs, netip.AddrPortFrom(ip.Unmap(), uint16(p)))
	}
	return addrs, nil
}

// Find waits until a peer is online that query names: its name (letter case
// does not matter), its peer ID, a unique prefix of that of 10 characters or
// more, or an address as in Connect. It returns an error that wraps ErrOffline
// when ctx ends first, and ErrAmbiguous when query names several, or a newcomer by the name of one that is known.
func (n *Node) Find(ctx context.Context, query string) (Peer, error) {
	if isTicket(query) || looksLikeAddress(query) { // names are free to choose: this is none
		return n.connectUntil(ctx, query)
	}
	if p, ok, err := n.lookUp(query); ok || err != nil {
		return p, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	asHost := make(chan Peer, 1)
	if strings.Contains(query, ".") {
		stop := time.AfterFunc(hostDelay, func() {
			if p, err := n.Connect(ctx, query); err == nil {
				asHost <- p
			}
		})
		defer stop.Stop()
	}
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return Peer{}, &Error{Op: "find", Peer: query, Err: fault.Offline}
		case p := <-asHost:
			return p, nil
		case <-poll.C:
		}
		if p, ok, err := n.lookUp(query); ok || err != nil {
			return p, err
		}
	}
}

// connectUntil is Connect over and over for as long as nobody answers there, until ctx ends: the
// other program may just be starting.
func (n *Node) connectUntil(ctx context.Context, address string) (Peer, error) {
	again := time.NewTicker(hostDelay / 4)
	defer again.Stop()
	for {
		p, err := n.Connect(ctx, address)
		if err == nil || !absent(err) || errors.Is(err, errAddress) {
			return p, err
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return Peer{}, err
		}
	}
}

// looksLikeAddress reports whether query has a port or is an IP address. Any
// other could be the name of a device, and is the name of a host only if it
// has a dot and no device of that name is found.
func looksLikeAddress(query string) bool {
	if _, err := netip.ParseAddr(strings.Trim(query, "[]")); err == nil {
		return true
	}
	_, port, err := net.SplitHostPort(query)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

func (n *Node) lookUp(query string) (Peer, bool, error) {
	var found []Peer
	want, err := ParsePeerID(query)
	whole := err == nil // then it is nobody's name: names are free to choose
	prefix := strings.ToLower(query)
	for _, p := range n.Peers() {
		switch {
		case whole && p.ID == want:
			return p, true, nil
		case whole:
		case strings.EqualFold(p.Name, query),
			len(prefix) >= minPrefix && strings.HasPrefix(p.ID.String(), prefix):
			found = append(found, p)
		}
	}
	if len(found) > 1 {
		var ids []string
		for _, p := range found {
			ids = append(ids, p.ID.Short())
		}
		return Peer{}, false, fmt.Errorf("%w: %q is the name of %s", ErrAmbiguous, query, strings.Join(ids, ", "))
	}
	if len(found) == 0 {
		return Peer{}, false, nil
	}
	if p := found[0]; p.Namesake && strings.EqualFold(p.Name, query) {
		return Peer{}, false, fmt.Errorf("%w: %q is what %s calls itself, and the name of another one", ErrAmbiguous, query, p.ID.Short())
	}
	return found[0], true, nil
}
