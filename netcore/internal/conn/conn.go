// Package conn is one connection between two nodes: TLS with both identities
// proved, a hello in each direction, then frames.
//
// A Conn exists only once all that has happened; there is no half-open one
// to be careless with. While it exists, it keeps itself alive: it sends a Ping
// when it has nothing else to say, and a peer from which not a byte came for
// [Config.Silence] is gone, however long the work that is under way takes
// (a person who thinks, a disk that is slow).
//
// One goroutine may read (Next, Read, Bytes) while others write (Send, Flush).
// Close and Fail may be called at any time by anyone.
package conn

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

const (
	// HandshakeTimeout bounds TLS and hello together.
	HandshakeTimeout = 10 * time.Second
	// DefaultSilence is how long a peer may say nothing.
	DefaultSilence = 9 * time.Second
	// LingerTimeout bounds how long the last words of a connection may take to
	// arrive.
	LingerTimeout = 5 * time.Second

	// Go's TLS writes each record of 16 KiB by itself; gathered into larger
	// writes below it, a fast path is a third faster. The same holds for reads.
	socketBuffer = 256 << 10
	// Small frames share records.
	frameBuffer = 64 << 10
)

// Config is what all connections of a node have in common.
type Config struct {
	Identity *identity.Identity
	// Hello describes this node as of now; purpose is filled in.
	Hello   func() wire.Hello
	Silence time.Duration // 0 means DefaultSilence
	Log     *slog.Logger
}

func (c *Config) silence() time.Duration {
	if c.Silence > 0 {
		return c.Silence
	}
	return DefaultSilence
}

// A Conn is an authenticated connection.
type Conn struct {
	// Peer is who the other end proved to be.
	Peer identity.PeerID
	// Hello is what it says of itself.
	Hello wire.Hello
	// Dialled is whether this side opened the connection.
	Dialled bool
	// Remote is the other end's address.
	Remote netip.AddrPort
	Log    *slog.Logger

	tls     *tls.Conn
	socket  *socket
	r       *wire.Reader
	silence time.Duration

	writing sync.Mutex // held while a frame is written
	w       *bufio.Writer
	sent    atomic.Bool // something was flushed since the last beat

	closing sync.Once
	closed  chan struct{} // closed when the connection is of no more use
	beating sync.WaitGroup
}

// Dial connects to addr and proves both identities. want is who must answer;
// the zero PeerID accepts anyone.
func Dial(ctx context.Context, cfg *Config, addr netip.AddrPort, want identity.PeerID, purpose wire.Purpose) (*Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, HandshakeTimeout)
	defer cancel()
	var d net.Dialer
	raw, err := d.DialContext(ctx, "tcp", addr.String())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", fault.Offline, err)
	}
	c := newConn(cfg, raw, func(s net.Conn) *tls.Conn { return tls.Client(s, cfg.Identity.ClientConfig(want)) })
	c.Dialled = true
	err = c.open(ctx, func() error {
		if err := c.sendHello(cfg, purpose); err != nil {
			return err
		}
		return c.readHello()
	})
	if err == nil && c.Hello.Purpose != purpose {
		c.abort()
		err = fmt.Errorf("%w: hello for %q answered by one for %q", fault.Protocol, purpose, c.Hello.Purpose)
	}
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
	err := c.open(ctx, func() error {
		if err := c.readHello(); err != nil {
			return err
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
		socket:  s,
		tls:     secure(s),
		silence: cfg.silence(),
		closed:  make(chan struct{}),
		Log:     cfg.Log,
	}
	c.w = bufio.NewWriterSize(c.tls, frameBuffer)
	c.r = wire.NewReader(bufio.NewReaderSize(c.tls, frameBuffer))
	if tcp, ok := raw.RemoteAddr().(*net.TCPAddr); ok {
		ap := tcp.AddrPort()
		c.Remote = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	}
	return c
}

// open runs the handshake and the exchange of hellos, and starts the beat.
func (c *Conn) open(ctx context.Context, hellos func() error) error {
	stop := context.AfterFunc(ctx, c.abort)
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
		c.abort()
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return fmt.Errorf("%w: no handshake within %v", fault.Timeout, HandshakeTimeout)
		}
		return handshakeError(err)
	}
	if c.Log != nil {
		c.Log = c.Log.With("peer", c.Peer, "addr", c.Remote)
	} else {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.socket.established(c.silence)
	c.beating.Go(c.beat)
	return nil
}

// handshakeError gives an error of the handshake its kind.
func handshakeError(err error) error {
	var op *net.OpError
	switch {
	case errors.Is(err, identity.ErrPeerID), errors.Is(err, fault.Protocol), errors.Is(err, fault.Version):
		return err
	// crypto/tls has no exported type for an alert that came over TCP.
	case errors.As(err, &op) && op.Op == "remote error" && strings.Contains(op.Error(), "no application protocol"):
		return fmt.Errorf("%w: %w", fault.Version, err)
	case isTransport(err):
		return fmt.Errorf("%w: %w", fault.Offline, err)
	}
	return fmt.Errorf("%w: %w", fault.Protocol, err)
}

func (c *Conn) sendHello(cfg *Config, purpose wire.Purpose) error {
	h := cfg.Hello()
	h.Purpose = purpose
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

// Next returns the type and size of the next frame that means something to
// the caller: Pings are answered and Errors become errors, of the kind that the
// peer named, with Remote set. Any other error ends the connection's use.
func (c *Conn) Next() (wire.Type, int, error) {
	for {
		t, size, err := c.r.Next()
		if err != nil {
			return 0, 0, c.readError(err)
		}
		switch t {
		case wire.TypePing, wire.TypePong, wire.TypeError:
			body, err := c.r.Bytes()
			if err != nil {
				return 0, 0, c.readError(err)
			}
			if t == wire.TypeError {
				return 0, 0, remoteError(body)
			}
			if err := c.pinged(t, body); err != nil {
				return 0, 0, err
			}
		default:
			return t, size, nil
		}
	}
}

func (c *Conn) pinged(t wire.Type, body []byte) error {
	if t == wire.TypePong {
		return nil
	}
	// A writer that is busy sends something by itself; answering it would wait.
	if !c.writing.TryLock() {
		return nil
	}
	defer c.writing.Unlock()
	if err := wire.WriteFrame(c.w, wire.TypePong, body); err != nil {
		return c.readError(err)
	}
	return c.flushLocked()
}

// Read reads from the body of the frame that Next returned.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if err != nil && err != io.EOF {
		err = c.readError(err)
	}
	return n, err
}

// Bytes reads the body of the frame that Next returned. It is valid until the
// next call of Next or Bytes.
func (c *Conn) Bytes() ([]byte, error) {
	b, err := c.r.Bytes()
	if err != nil {
		err = c.readError(err)
	}
	return b, err
}

// Expect reads a control frame of type t into v; any other frame is an error.
func (c *Conn) Expect(t wire.Type, v any) error {
	got, _, err := c.Next()
	if err != nil {
		return err
	}
	if got != t {
		return Unexpected(got)
	}
	body, err := c.Bytes()
	if err != nil {
		return err
	}
	return wire.Decode(body, v)
}

// Unexpected is the error for a frame that must not come now.
func Unexpected(t wire.Type) error {
	return fmt.Errorf("%w: %v frame out of order", fault.Protocol, t)
}

// Send writes a frame. It may stay in a buffer until Flush.
func (c *Conn) Send(t wire.Type, parts ...[]byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.writeError(wire.WriteFrame(c.w, t, parts...))
}

// SendControl writes a frame with v in JSON.
func (c *Conn) SendControl(t wire.Type, v any) error {
	body, err := wire.Encode(v)
	if err != nil {
		return err
	}
	return c.Send(t, body)
}

// Flush sends what is in the buffers.
func (c *Conn) Flush() error {
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.flushLocked()
}

func (c *Conn) flushLocked() error {
	if err := c.w.Flush(); err != nil {
		return c.writeError(err)
	}
	c.sent.Store(true)
	return c.writeError(c.socket.flush())
}

// beat sends a Ping whenever a third of the silence passed without a word, so
// that a peer that lives is never taken for one that is gone.
func (c *Conn) beat() {
	tick := time.NewTicker(c.silence / 3)
	defer tick.Stop()
	for {
		select {
		case <-c.closed:
			return
		case <-tick.C:
		}
		if c.sent.Swap(false) || !c.writing.TryLock() {
			continue
		}
		err := wire.WriteFrame(c.w, wire.TypePing, make([]byte, 8))
		if err == nil {
			err = c.flushLocked()
		}
		c.writing.Unlock()
		c.sent.Store(false)
		if err != nil {
			return // the reader will find out why
		}
	}
}

// Closed is closed when the connection is.
func (c *Conn) Closed() <-chan struct{} { return c.closed }

// Close ends the connection at once and waits for its goroutine.
func (c *Conn) Close() {
	c.abort()
	c.beating.Wait()
}

func (c *Conn) abort() {
	c.closing.Do(func() {
		close(c.closed)
		c.socket.Close()
	})
}

// Interrupt makes reads that are under way, and later ones, return with an
// error. A write under way gets a few seconds to end, so that Fail
// can still follow it.
func (c *Conn) Interrupt() {
	c.socket.interrupt()
	time.AfterFunc(LingerTimeout, c.abort)
}

// Probe asks the peer for a sign of life: if not a byte comes from it within d, the
// connection is lost.
func (c *Conn) Probe(d time.Duration) error {
	c.socket.expect(d)
	if err := c.Send(wire.TypePing, make([]byte, 8)); err != nil {
		return err
	}
	return c.Flush()
}

// Fail tells the peer why this side ends the connection, waits until it knows
// (for a few seconds at most), and closes. An error that the peer told itself
// (see [Next]) is not told back.
func (c *Conn) Fail(err error) {
	defer c.Close()
	var remote *RemoteError
	if errors.As(err, &remote) || errors.Is(err, fault.Lost) {
		return
	}
	timeout := time.AfterFunc(LingerTimeout, c.abort)
	defer timeout.Stop()
	c.socket.end()
	e := wire.Error{Code: fault.CodeOf(err)}
	if e.Code == "protocol" || e.Code == "internal" {
		e.Detail = fmt.Sprintf("%.500v", err)
	}
	if c.SendControl(wire.TypeError, e) != nil || c.Flush() != nil {
		return
	}
	c.hangUp()
}

// hangUp ends this side's half and reads until the peer ends its own: closing a socket with
// unread bytes would make TCP throw away our last words (RFC 9293, 3.10.4; RFC 2525, 2.17).
func (c *Conn) hangUp() {
	if c.tls.CloseWrite() != nil || c.socket.closeWrite() != nil {
		return
	}
	// Past TLS: what still comes is of no interest.
	_, err := io.Copy(io.Discard, c.socket.raw)
	if err != nil {
		c.Log.Debug("hang up", "err", err)
	}
}

// Finish ends a connection of which the last frame has been written: it waits
// until the peer has hung up, for limit at most.
func (c *Conn) Finish(limit time.Duration) {
	defer c.Close()
	timeout := time.AfterFunc(limit, c.abort)
	defer timeout.Stop()
	c.socket.end()
	if c.Flush() != nil {
		return
	}
	c.hangUp()
}

// A RemoteError is what the peer said in an Error frame.
type RemoteError struct {
	Code   fault.Code
	Detail string
}

func (e *RemoteError) Error() string {
	if e.Detail == "" {
		return e.Code.Kind().Error()
	}
	return fmt.Sprintf("%v (%.500q)", e.Code.Kind(), e.Detail)
}

// Remote reports true: it is not this side's error.
func (e *RemoteError) Remote() bool { return true }

// Unwrap returns the kind.
func (e *RemoteError) Unwrap() error { return e.Code.Kind() }

func remoteError(body []byte) error {
	var e wire.Error
	if err := wire.Decode(body, &e); err != nil {
		return err
	}
	return &RemoteError{Code: e.Code, Detail: e.Detail}
}

func (c *Conn) readError(err error) error {
	if errors.Is(err, fault.Protocol) {
		return err
	}
	return lost(err)
}

func (c *Conn) writeError(err error) error {
	if err == nil || errors.Is(err, fault.Protocol) {
		return err
	}
	return lost(err)
}

func lost(err error) error {
	return fmt.Errorf("%w: %w", fault.Lost, err)
}

func isTransport(err error) bool {
	var op *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &op)
}
