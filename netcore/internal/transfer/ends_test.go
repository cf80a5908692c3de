package transfer

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/inbox"
	"ferry/netcore/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ends are two nodes that can connect to each other over loopback.
type ends struct {
	anna, bob *conn.Config // the sender and the receiver
	l         net.Listener
}

func newEnds(t testing.TB) *ends {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &ends{anna: config(t, "Anna"), bob: config(t, "Bob"), l: l}
}

func config(t testing.TB, name string) *conn.Config {
	t.Helper()
	id, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	return &conn.Config{
		Identity: id,
		Hello:    func() wire.Hello { return wire.Hello{Name: name, Instance: name} },
	}
}

// connect returns both ends of a new connection, which breaks after the receiver has read
// limit bytes; 0: never.
func (e *ends) connect(limit int64) (anna, bob *conn.Conn, err error) {
	ctx := context.Background()
	type result struct {
		c   *conn.Conn
		err error
	}
	accepted := make(chan result, 1)
	go func() {
		raw, err := e.l.Accept()
		if err != nil {
			accepted <- result{nil, err}
			return
		}
		if limit > 0 {
			weak := &weakConn{TCPConn: raw.(*net.TCPConn)}
			weak.left.Store(limit)
			raw = weak
		}
		c, err := conn.Accept(ctx, e.bob, raw)
		accepted <- result{c, err}
	}()
	addr := e.l.Addr().(*net.TCPAddr).AddrPort()
	anna, err = conn.Dial(ctx, e.anna, addr, e.bob.Identity.ID(), wire.PurposeTransfer)
	other := <-accepted
	if err = errors.Join(err, other.err); err != nil {
		for _, c := range []*conn.Conn{anna, other.c} {
			if c != nil {
				c.Close()
			}
		}
		return nil, nil, err
	}
	return anna, other.c, nil
}

// mustConnect is connect for a test that needs both ends.
func (e *ends) mustConnect(t testing.TB) (anna, bob *conn.Conn) {
	t.Helper()
	anna, bob, err := e.connect(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(anna.Close)
	t.Cleanup(bob.Close)
	return anna, bob
}

// weakConn breaks once so many bytes have been read from it.
type weakConn struct {
	*net.TCPConn
	left atomic.Int64
}

func (c *weakConn) Read(b []byte) (int, error) {
	left := c.left.Load()
	if left <= 0 {
		return 0, errors.Join(net.ErrClosed, c.Close())
	}
	n, err := c.TCPConn.Read(b[:min(int64(len(b)), left)])
	c.left.Add(int64(-n))
	return n, err
}

// An attempt is one connection over which src goes to an inbox.
type attempt struct {
	id        ID
	src       *Source
	box       *inbox.Inbox
	breaks    int64                                 // after so many bytes; 0: never
	free      func() int64                          // nil: unknown
	delivered func(*inbox.Delivery)                 // is called before the delivery is closed; may be nil
	committed func(wire.Receipt)                    // may be nil
	watched   func(context.Context) context.Context // wraps what Receive is given; may be nil
	anna, bob Meter
}

// An outcome is how an attempt ended, at both ends.
type outcome struct {
	sent, got       Result
	sentErr, gotErr error
}

// make makes an attempt.
func (e *ends) make(ctx context.Context, a *attempt) outcome {
	anna, bob, err := e.connect(a.breaks)
	if err != nil {
		return outcome{sentErr: fault.Lost, gotErr: fault.Lost}
	}
	var o outcome
	received := make(chan struct{})
	go func() {
		defer close(received)
		o.got, o.gotErr = a.receive(ctx, bob)
	}()
	o.sent, o.sentErr = Send(ctx, anna, Outgoing{ID: a.id, Source: a.src, Meter: &a.anna, Accepted: func() {}})
	<-received
	return o
}

func (a *attempt) receive(ctx context.Context, c *conn.Conn) (result Result, err error) {
	opening, err := Open(ctx, c)
	if err != nil {
		return Result{}, err
	}
	in, err := opening.ReadList(ctx, "", nil)
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	ctx = in.Wait(ctx)
	delivery, err := a.box.BeginTransfer(c.Peer.String(), a.id.String())
	if err != nil {
		in.Refuse(err)
		return Result{}, err
	}
	defer func() { err = errors.Join(err, delivery.Close()) }()
	free := a.free
	if free == nil {
		free = func() int64 { return -1 }
	}
	if a.watched != nil {
		ctx = a.watched(ctx)
	}
	result, err = in.Receive(ctx, Arrival{Delivery: delivery, Meter: &a.bob, Free: free, Committed: a.committed})
	if a.delivered != nil {
		a.delivered(delivery)
	}
	return result, err
}

// openBox opens an inbox in dir for the time of a test.
func openBox(t testing.TB, dir string) *inbox.Inbox {
	t.Helper()
	box, err := inbox.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	return box
}

// mustMake is make for an attempt that must end well.
func (e *ends) mustMake(t testing.TB, a *attempt) outcome {
	t.Helper()
	o := e.make(t.Context(), a)
	if o.sentErr != nil || o.gotErr != nil {
		t.Fatalf("sender: %v, receiver: %v", o.sentErr, o.gotErr)
	}
	return o
}
