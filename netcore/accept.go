package netcore

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"golang.org/x/time/rate"

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
			n.welcome(ctx, raw)
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

// welcome counts a connection, before there can be another one, and sees to the rest on a goroutine of its own.
func (n *Node) welcome(ctx context.Context, raw net.Conn) {
	var addr netip.Addr
	if tcp, ok := raw.RemoteAddr().(*net.TCPAddr); ok {
		addr = networkOf(tcp.AddrPort().Addr())
	}
	opening, end := context.WithCancelCause(ctx)
	v := n.doors.enter(addr, func() { end(errCrowded); raw.Close() })
	n.work.Go(func() { // accept itself is waited for
		defer n.doors.leave(v)
		c, err := n.letIn(opening, v, raw)
		end(nil)
		switch {
		case err != nil && ctx.Err() != nil:
		case err != nil: // also an attempt on one address of several that was given up
			n.grumble(slog.LevelInfo, "connection refused", "addr", raw.RemoteAddr(), "err", err)
		case c.Hello.Purpose == wire.PurposeStatus:
			n.tellStatus(ctx, c)
		case !n.links.Take(c):
			n.receive(ctx, c)
		}
	})
}

// letIn finds out who has connected and what for, when it is time for that. An error has closed
// the connection.
func (n *Node) letIn(ctx context.Context, v *visit, raw net.Conn) (*conn.Conn, error) {
	if err := n.doors.turn(ctx, v); err != nil {
		raw.Close()
		return nil, cause(ctx, err)
	}
	c, err := conn.Accept(ctx, n.inbound, raw)
	if err != nil {
		return nil, err
	}
	return c, n.admit(v, c)
}

// admit counts a connection by who is at its other end. An error has closed it.
func (n *Node) admit(v *visit, c *conn.Conn) error {
	c.SetPace(n.pace(c.Peer))
	err := n.doors.proved(v, c.Peer, n.isFriend(c.Peer))
	if err != nil {
		c.Fail(err)
		return err
	}
	n.doors.regard(c.Peer, n.isFriend) // it may have been forgotten at this very moment
	return nil
}

// isFriend reports whether this node has had to do with a peer.
func (n *Node) isFriend(id PeerID) bool {
	_, known := n.known.get(id)
	return known
}

// pace bounds what is read of a peer before a person has agreed to anything of it; nil is no bound.
func (n *Node) pace(id PeerID) *rate.Limiter {
	if n.isFriend(id) {
		return nil
	}
	return n.doors.pace
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
