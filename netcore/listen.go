package netcore

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
)

// A door is where a node listens. It can move while the node runs.
type door struct {
	moving sync.Mutex // held while it does; guards open
	open   bool       // peers are let in: Run has begun

	mu sync.Mutex
	l  net.Listener // nil for a hidden node
}

func (d *door) get() net.Listener {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.l
}

// set puts l in the place of what was there.
func (d *door) set(l net.Listener) (old net.Listener) {
	d.mu.Lock()
	defer d.mu.Unlock()
	old, d.l = d.l, l
	return old
}

// listen opens the node's door, as the Config says.
func (n *Node) listen() error {
	if n.cfg.Hidden {
		return nil
	}
	if n.cfg.Listen != "" {
		l, err := net.Listen("tcp", n.cfg.Listen)
		if err == nil {
			n.door.set(l)
		}
		return err
	}
	wanted := n.cfg.Port
	if wanted == 0 {
		wanted = DefaultPort
	}
	l, err := n.listenOn(wanted)
	if err != nil {
		first := err
		if l, err = n.listenOn(0); err != nil {
			return err
		}
		n.warn(WarnPort, fmt.Errorf("port %d is not free (%w); this device listens on port %d for now", wanted, first, portOf(l)))
	}
	n.door.set(l)
	return nil
}

// listenOn listens on a port, 0: any, of the host that Config.Listen names, or of all addresses.
func (n *Node) listenOn(port uint16) (net.Listener, error) {
	host, _, err := net.SplitHostPort(n.cfg.Listen)
	if err != nil {
		host = "" // there is none
	}
	return net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(int(port))))
}

// SetPort has the node listen on another TCP port, at once; 0 means DefaultPort, if that is free, and else that it stays
// where it is. Peers are told, and [SelfChanged] tells of it. Connections that stand go on, and with them transfers. If
// the port cannot be had, nothing changes, and the error wraps [ErrPort]. A hidden node listens nowhere,
// whatever the port.
func (n *Node) SetPort(port uint16) error {
	if n.cfg.Hidden {
		return nil
	}
	n.door.moving.Lock()
	defer n.door.moving.Unlock()
	wanted, now := port, portOf(n.door.get())
	if wanted == 0 {
		wanted = DefaultPort
	}
	if wanted == now {
		return nil
	}
	l, err := n.listenOn(wanted)
	switch {
	case err != nil && port == 0:
		return nil // another one is just as good
	case err != nil:
		return &Error{Op: "listen", Err: fmt.Errorf("%w: %w", ErrPort, err)}
	}
	n.moveTo(l)
	return nil
}

// moveTo lets peers in through l, and no longer through the listener that there was. It says so to all who look for this node.
// Callers hold door.moving.
func (n *Node) moveTo(l net.Listener) {
	old := n.door.set(l)
	if n.door.open {
		n.attend()
	}
	if err := old.Close(); err != nil {
		n.log.Debug("close the old port", "err", err)
	}
	if n.finder != nil {
		n.finder.SetPort(portOf(l))
	}
	n.links.PortChanged()
	n.events.put(SelfChanged{})
}

// openDoor lets peers in from now on.
func (n *Node) openDoor() {
	n.door.moving.Lock()
	defer n.door.moving.Unlock()
	if n.door.open = n.door.get() != nil; n.door.open {
		n.attend()
	}
}

// attend lets peers in until Run ends, or the door moves. Callers hold door.moving.
func (n *Node) attend() {
	l := n.door.get()
	n.log.Info("listening", "addr", l.Addr(), "peer", n.identity.ID())
	n.noteRunning()
	n.runMu.Lock()
	ctx, fail := n.ctx, n.fail
	n.runMu.Unlock()
	err := n.start(func() {
		n.accept(ctx, l, func(err error) {
			if n.door.get() == l { // or it has moved
				fail(err)
			}
		})
	})
	if err != nil { // Run ends
		n.log.Debug("listen", "err", errors.Join(err, l.Close()))
	}
}

func portOf(l net.Listener) uint16 {
	if a, ok := l.Addr().(*net.TCPAddr); ok {
		return a.AddrPort().Port()
	}
	return 0
}

// loopbackOnly reports whether no other computer could reach this node.
func (n *Node) loopbackOnly() bool {
	return n.door.get() != nil && n.Addr().Addr().IsLoopback()
}

func (n *Node) localAddrs() []netip.AddrPort {
	at := n.Addr()
	if !at.IsValid() {
		return nil
	}
	if !at.Addr().IsUnspecified() {
		return []netip.AddrPort{at}
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var list []netip.AddrPort
	for _, a := range addrs {
		p, err := netip.ParsePrefix(a.String())
		if err == nil && !p.Addr().IsLoopback() && !p.Addr().IsLinkLocalUnicast() {
			list = append(list, netip.AddrPortFrom(p.Addr(), at.Port()))
		}
	}
	return list
}

// Addr is the address that the node listens on; not valid for a hidden one.
func (n *Node) Addr() netip.AddrPort {
	l := n.door.get()
	if l == nil {
		return netip.AddrPort{}
	}
	if a, ok := l.Addr().(*net.TCPAddr); ok {
		ap := a.AddrPort()
		return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	}
	return netip.AddrPort{}
}
