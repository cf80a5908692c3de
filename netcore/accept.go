package netcore

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/wire"
)

// maxAcceptPause is the longest wait after a failed accept (no more file
// descriptors, say) until the next try.
const maxAcceptPause = time.Second

// networkOf is what counts as one address.
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

// accept lets connections in through l until ctx ends.
func (n *Node) accept(ctx context.Context, l net.Listener, fail func(error)) {
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	pause := 5 * time.Millisecond
	for {
		raw, err := l.Accept()
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
	var addr netip.Addr
	if tcp, ok := raw.RemoteAddr().(*net.TCPAddr); ok {
		addr = networkOf(tcp.AddrPort().Addr())
	}
	v, c, err := n.letIn(ctx, raw, addr)
	defer n.doors.leave(v)
	if err != nil {
		if ctx.Err() == nil { // also an attempt on one address of several that was given up
			n.grumble(slog.LevelInfo, "connection refused", "addr", raw.RemoteAddr(), "err", err)
		}
		return
	}
	switch {
	case c.Hello.Purpose == wire.PurposeStatus:
		n.tellStatus(ctx, c)
	case !n.links.Take(c):
		n.receive(ctx, c)
	}
}

// letIn proves who has connected, if there is a place and a time for it. An error has closed
// the connection.
func (n *Node) letIn(ctx context.Context, raw net.Conn, addr netip.Addr) (*visit, *conn.Conn, error) {
	ctx, drop := context.WithCancelCause(ctx)
	defer drop(nil)
	v := n.doors.enter(addr, func() { drop(errCrowded) })
	if err := n.doors.turn(ctx, v); err != nil {
		raw.Close()
		return v, nil, cause(ctx, err)
	}
	c, err := conn.Accept(ctx, n.conn, raw)
	if err != nil {
		return v, nil, err
	}
	return v, c, n.admit(v, c)
}

// admit counts a connection by who is at its other end. An error has closed it.
func (n *Node) admit(v *visit, c *conn.Conn) error {
	_, friend := n.known.get(c.Peer)
	if !friend {
		c.SetPace(n.doors.pace)
	}
	err := n.doors.proved(v, c.Peer, friend)
	if err != nil {
		c.Fail(err)
	}
	return err
}

// receiveCalled takes in what comes over a connection that this node has dialled because its peer asked for that.
func (n *Node) receiveCalled(ctx context.Context, c *conn.Conn) {
	v := n.doors.enter(networkOf(c.Remote.Addr()), c.Abort)
	defer n.doors.leave(v)
	if err := n.admit(v, c); err != nil {
		n.grumble(slog.LevelInfo, "connection refused", "peer", c.Peer, "err", err)
		return
	}
	n.receive(ctx, c)
}

var errCrowded = errors.New("too many that have not said who they are")

// grumble writes to the log about a stranger: what they do must not push all else out of it. What is
// too much is there at level debug.
func (n *Node) grumble(level slog.Level, msg string, args ...any) {
	if !n.doors.words.Allow() {
		level = slog.LevelDebug
	}
	n.log.Log(context.Background(), level, msg, args...)
}
