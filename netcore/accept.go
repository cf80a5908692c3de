package netcore

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"ferry/netcore/internal/conn"
)

// Limits on connections that have not proved anything yet. They hold up
// strangers, not friends: a proved connection counts no more.
const (
	maxUnproved        = 256
	maxUnprovedPerAddr = 64
	// maxAskingPerPeer is how many offers of one peer may wait for a decision,
	// and maxAsking how many in all: IDs cost a stranger nothing.
	maxAskingPerPeer = 8
	maxAsking        = 64
	// maxAcceptPause is the longest wait after a failed accept (no more file
	// descriptors, say) until the next try.
	maxAcceptPause = time.Second
)

// doors counts the connections that are not proved yet. Of an IPv6 address the
// first half counts: a host has all of the other one to itself.
type doors struct {
	mu     sync.Mutex
	total  int
	byAddr map[netip.Addr]int
}

// enter reports whether one more from addr may come in; if so, leave must follow.
func (d *doors) enter(addr netip.Addr) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.total >= maxUnproved || d.byAddr[addr] >= maxUnprovedPerAddr {
		return false
	}
	if d.byAddr == nil {
		d.byAddr = make(map[netip.Addr]int)
	}
	d.total++
	d.byAddr[addr]++
	return true
}

func (d *doors) leave(addr netip.Addr) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.total--
	if d.byAddr[addr]--; d.byAddr[addr] == 0 {
		delete(d.byAddr, addr)
	}
}

func networkOf(addr netip.Addr) netip.Addr {
	addr = addr.Unmap().WithZone("")
	if addr.Is4() || addr.IsLinkLocalUnicast() {
		return addr
	}
	p, err := addr.Prefix(64)
	if err != nil {
		return addr
	}
	return p.Addr()
}

// accept lets connections in until ctx ends.
func (n *Node) accept(ctx context.Context, fail func(error)) {
	stop := context.AfterFunc(ctx, func() { n.listener.Close() })
	defer stop()
	pause := 5 * time.Millisecond
	for {
		raw, err := n.listener.Accept()
		switch {
		case err == nil:
			pause = 5 * time.Millisecond
			n.work.Go(func() { n.welcome(ctx, raw) }) // accept itself is waited for
		case ctx.Err() != nil:
			return
		case errors.Is(err, net.ErrClosed):
			fail(err)
			return
		default:
			n.log.Warn("accept", "err", err)
			select {
			case <-time.After(pause):
			case <-ctx.Done():
			}
			pause = min(2*pause, maxAcceptPause)
		}
	}
}

// welcome finds out who has connected and what for.
func (n *Node) welcome(ctx context.Context, raw net.Conn) {
	log := n.log.With("addr", raw.RemoteAddr())
	var addr netip.Addr
	if tcp, ok := raw.RemoteAddr().(*net.TCPAddr); ok {
		addr = networkOf(tcp.AddrPort().Addr())
	}
	if !n.doors.enter(addr) {
		log.Warn("connection refused", "err", "too many that have not said who they are")
		raw.Close()
		return
	}
	c, err := conn.Accept(ctx, n.conn, raw)
	n.doors.leave(addr)
	if err != nil {
		if ctx.Err() == nil {
			log.Info("connection refused", "err", err) // also an attempt on one address of several that was given up
		}
		return
	}
	if !n.links.Take(c) {
		n.receive(ctx, c)
	}
}
