// Package conn is one connection between two nodes: TLS with both identities
// proved, a hello in each direction, then frames.
//
// A Conn exists only once all that has happened; there is no half-open one
// to be careless with. While it exists, it keeps itself alive: it sends a Ping
// when it has nothing else to say, and a peer from which not a byte came for
// 8 seconds (on a link; longer if the two agree, see SetInterval) or 9 seconds (on a transfer) is gone, however long the
// work that is under way takes (a person who thinks, a disk that is slow).
//
// Where one connection is slow because its path loses packets, several can carry one stream of
// frames: see AddLane for the side that sends it, and Take for the other one.
//
// One goroutine may read (Next, Read, Bytes) while others write (Send, Flush).
// Abort, Close, Interrupt and Fail may be called at any time by anyone.
package conn

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

const (
	// HandshakeTimeout bounds TLS and hello together.
	HandshakeTimeout = 10 * time.Second
	// LingerTimeout bounds how long the last words of a connection may take to
	// arrive.
	LingerTimeout = 5 * time.Second

	// How long a peer may say nothing (PROTOCOL.md, 2.3). Who is online should be
	// known soon; a transfer that ends costs more than one that waits.
	linkSilence     = 8 * time.Second
	transferSilence = 9 * time.Second

	// What buffers grow to, see growing.go. Go's TLS writes each record of 16 KiB by itself; gathered into larger
	// writes below it, a fast path is a third faster. The same holds for reads.
	socketBuffer = 256 << 10
	// Small frames share records.
	frameBuffer = 64 << 10
)

// Config is what all connections of a node have in common.
type Config struct {
	Identity *identity.Identity
	// Hello describes this node as of now; purpose is filled in.
	Hello func() wire.Hello
	// Admit is asked about a dialler that has proved who it is and said its hello,
	// before it is told anything of this node. An error refuses it, and is what
	// it is told; nil lets everybody in.
	Admit func(peer identity.PeerID, h wire.Hello) error
	// Silence is how long a peer may say nothing, whatever the purpose; 0 means
	// what the protocol has for each.
	Silence time.Duration
	Log     *slog.Logger

	adapt func(identity.PeerID, *wire.Hello) error
}

// With returns a copy of c whose hello is adapted to the peer, who is proved, before it is said. With an error nothing
// is said, and the connection fails with it.
func (c *Config) With(adapt func(peer identity.PeerID, h *wire.Hello) error) *Config {
	copied := *c
	copied.adapt = adapt
	return &copied
}

func (c *Config) silence(purpose wire.Purpose) time.Duration {
	switch {
	case c.Silence > 0:
		return c.Silence
	case purpose == wire.PurposeLink:
		return linkSilence
	}
	return transferSilence
}

// A Conn is an authenticated connection.
type Conn struct {
	// Peer is who the other end proved to be.
	Peer identity.PeerID
	// Hello is what it says of itself, and Told what this side has said.
	Hello, Told wire.Hello
	// Dialled is whether this side opened the connection.
	Dialled bool
	// Local and Remote are the addresses of the two ends.
	Local, Remote netip.AddrPort
	Log           *slog.Logger

	tls     *tls.Conn
	socket  *socket
	r       *wire.Reader // what comes on this connection
	frames  *wire.Reader // what Next reads: r, or what the lanes carry
	lanes   lanes
	silence time.Duration
	pace    pace
	pongs   *rate.Limiter // answers to Pings

	writing sync.Mutex // held while a frame is written; guards what follows
	w       *growingWriter
	flushed time.Time // when bytes were sent last
	ended   bool      // the last word is written: not even a Ping may follow
	spread  *spread   // what is sent goes out over the lanes; nil without them

	closing sync.Once
	closed  chan struct{} // closed when the connection is of no more use
	mute    chan struct{} // closed when beat has ended
	beating sync.WaitGroup
}

// Dial connects to addr and proves both identities. want is who must answer;
// the zero PeerID accepts anyone.
func Dial(ctx context.Context, cfg *Config, addr netip.AddrPort, want identity.PeerID, purpose wire.Purpose) (*Conn, error) {
	return dial(ctx, cfg, addr, want, purpose, func(context.Context) error { return nil })
}

// dial waits for its turn once the peer has proved itself: whoever gets a hello counts the
// connection as one that is wanted.
func dial(ctx context.Context, cfg *Config, addr netip.AddrPort, want identity.PeerID, purpose wire.Purpose, turn func(context.Context) error) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, HandshakeTimeout)
	defer cancel()
	var d net.Dialer
	began := time.Now()
	raw, err := d.DialContext(ctx, "tcp", addr.String())
	if err != nil {
		return nil, unreachable(err)
	}
	c := newConn(cfg, raw, func(s net.Conn) *tls.Conn { return tls.Client(s, cfg.Identity.ClientConfig(want)) })
	c.Dialled = true
	c.pace.measured(time.Since(began))
	err = c.open(ctx, cfg, func() error {
		if err := turn(ctx); err != nil {
			return err
		}
		if err := c.sendHello(cfg, purpose); err != nil {
			return err
		}
		if err := c.readHello(); err != nil {
			return err
		}
		if c.Hello.Purpose != purpose {
			return fmt.Errorf("%w: hello for %q answered by one for %q", fault.Protocol, purpose, c.Hello.Purpose)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Accept does the same for a connection that came in. It closes raw if that
// fails.
func Accept(ctx context.Context, cfg *Config, raw net.Conn) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, HandshakeTimeout)
	defer cancel()
	c := newConn(cfg, raw, func(s net.Conn) *tls.Conn { return tls.Server(s, cfg.Identity.ServerConfig()) })
	err := c.open(ctx, cfg, func() error {
		if err := c.readHello(); err != nil {
			return err
		}
		if cfg.Admit != nil {
			if err := cfg.Admit(c.Peer, c.Hello); err != nil {
				c.Fail(err)
				return err
			}
		}
		return c.sendHello(cfg, c.Hello.Purpose)
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

func newConn(cfg *Config, raw net.Conn, secure func(net.Conn) *tls.Conn) *Conn {
	s := newSocket(raw)
	c := &Conn{
		socket: s,
		tls:    secure(s),
		closed: make(chan struct{}),
		mute:   make(chan struct{}),
		pace:   newPace(),
		pongs:  rate.NewLimiter(8, 16),
		Log:    cfg.Log,
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.w = newGrowingWriter(c.tls, frameBuffer)
	c.r = wire.NewReader(newGrowingReader(pacedReader{c.tls, s}, frameBuffer))
	c.frames = c.r
	c.Local, c.Remote = addrPort(raw.LocalAddr()), addrPort(raw.RemoteAddr())
	return c
}

func addrPort(a net.Addr) netip.AddrPort {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := tcp.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// open runs the handshake and the exchange of hellos, and starts the beat.
func (c *Conn) open(ctx context.Context, cfg *Config, hellos func() error) error {
	stop := context.AfterFunc(ctx, c.Abort)
	defer stop()
	err := c.tls.HandshakeContext(ctx)
	if err == nil {
		c.Peer, err = identity.PeerOf(c.tls.ConnectionState())
	}
	if err == nil {
		err = hellos()
	}
	if err == nil && !stop() {
		err = context.Cause(ctx)
	}
	if err != nil {
		c.Abort()
		switch {
		case errors.Is(ctx.Err(), context.DeadlineExceeded):
			return fmt.Errorf("%w: the handshake took too long", fault.Timeout)
		case ctx.Err() != nil:
			return fmt.Errorf("%w: %w", fault.Offline, context.Cause(ctx))
		}
		return handshakeError(err)
	}
	c.Log = c.Log.With("peer", c.Peer, "addr", c.Remote)
	c.silence = cfg.silence(c.Hello.Purpose) // the same at both ends
	c.socket.established(c.silence)
	c.beating.Go(c.beat)
	return nil
}

func (c *Conn) sendHello(cfg *Config, purpose wire.Purpose) error {
	h := cfg.Hello()
	h.Purpose = purpose
	if cfg.adapt != nil {
		if err := cfg.adapt(c.Peer, &h); err != nil {
			return err
		}
	}
	c.Told = h
	if err := c.SendControl(wire.TypeHello, h); err != nil {
		return err
	}
	return c.Flush()
}

func (c *Conn) readHello() error {
	t, _, err := c.r.Next()
	if err != nil {
		return err
	}
	body, err := c.r.Bytes()
	if err != nil {
		return err
	}
	switch t {
	case wire.TypeHello:
		return wire.Decode(body, &c.Hello)
	case wire.TypeError:
		return remoteError(body)
	}
	return fmt.Errorf("%w: %v frame before hello", fault.Protocol, t)
}

// Export returns size bytes that only the two ends of this very TLS session can compute
// (RFC 8446, 7.5), for the use that label names.
func (c *Conn) Export(label string, size int) ([]byte, error) {
	state := c.tls.ConnectionState()
	return state.ExportKeyingMaterial(label, nil, size)
}
