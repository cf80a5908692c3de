package conn

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// A counting connection counts what is written to it, and has room for some of it, as a
// socket has and net.Pipe has not.
type counting struct {
	net.Conn
	writes *atomic.Int64
	mute   *atomic.Bool // what is written gets lost
	queue  chan []byte
	once   *sync.Once
	closed chan struct{}
}

func count(c net.Conn, writes *atomic.Int64) counting {
	counted := counting{c, writes, new(atomic.Bool), make(chan []byte, 100), new(sync.Once), make(chan struct{})}
	go func() {
		for {
			select {
			case p := <-counted.queue:
				if _, err := c.Write(p); err != nil {
					return
				}
			case <-counted.closed:
				return
			}
		}
	}()
	return counted
}

func (c counting) Write(p []byte) (int, error) {
	c.writes.Add(1)
	if c.mute.Load() {
		return len(p), nil
	}
	select {
	case c.queue <- append([]byte(nil), p...):
		return len(p), nil
	case <-c.closed:
		return 0, net.ErrClosed
	}
}

func (c counting) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// linked returns the two ends of a link in a bubble of synctest, both of which are read, how
// many writes they make, and how they end.
func linked(t *testing.T) (a, b *Conn, writes *atomic.Int64, ended chan error) {
	t.Helper()
	near, far := net.Pipe()
	writes = new(atomic.Int64)
	ca, cb := config(t, "A", 0), config(t, "B", 0)
	peer := make(chan *Conn, 1)
	go func() {
		c, err := Accept(t.Context(), cb, count(far, writes))
		if err != nil {
			t.Error(err)
		}
		peer <- c
	}()
	a = newConn(ca, count(near, writes), func(s net.Conn) *tls.Conn { return tls.Client(s, ca.Identity.ClientConfig(cb.Identity.ID())) })
	if err := a.open(t.Context(), ca, func() error { return errors.Join(a.sendHello(ca, wire.PurposeLink), a.readHello()) }); err != nil {
		t.Fatal(err)
	}
	if b = <-peer; b == nil {
		t.FailNow()
	}
	ended = make(chan error, 2)
	for _, c := range []*Conn{a, b} {
		go func() {
			_, _, err := c.Next()
			ended <- err
		}()
	}
	t.Cleanup(func() {
		a.Close()
		b.Close()
	})
	return a, b, writes, ended
}

// TestManyLinksCostLess counts what two ends say in an hour, as one of them asks for longer intervals, and for
// shorter ones again. The link stands all the time.
func TestManyLinksCostLess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b, writes, ended := linked(t)
		hour := func() int64 {
			before := writes.Load()
			time.Sleep(time.Hour)
			return writes.Load() - before
		}
		usual := hour()
		a.SetInterval(15 * time.Second)
		rare := hour()
		b.SetInterval(30 * time.Second)
		rarer := hour()
		a.SetInterval(0)
		still := hour()
		b.SetInterval(0)
		again := hour()
		if usual < 2400 || usual > 11000 { // 2 pings and 2 pongs in 1.3 s, if both ends are in step
			t.Errorf("%d writes an hour", usual)
		}
		if rare > usual/4 || rarer > usual/8 || still > usual/8 {
			t.Errorf("%d writes an hour; %d at 15 s, %d at 30 s, %d when one side still asks for 30 s", usual, rare, rarer, still)
		}
		if again < usual*3/4 {
			t.Errorf("%d writes an hour, but %d when nobody asks for less", usual, again)
		}
		select {
		case err := <-ended:
			t.Errorf("the link ended: %v", err)
		default:
		}
	})
}

// TestSilenceFitsTheInterval stops one end, at every interval.
func TestSilenceFitsTheInterval(t *testing.T) {
	for ask, want := range map[time.Duration]time.Duration{0: 8 * time.Second, 15 * time.Second: 40 * time.Second, time.Hour: 80 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			a, b, _, ended := linked(t)
			b.SetInterval(ask)
			time.Sleep(10 * time.Minute)
			a.socket.raw.(counting).mute.Store(true)
			b.socket.raw.(counting).mute.Store(true)
			begin := time.Now()
			err := <-ended
			if took := time.Since(begin); !errors.Is(err, fault.Lost) || took > want || took < want/2 {
				t.Errorf("asked for %v: the end came after %v (%v), want at most %v", ask, took, err, want)
			}
		})
	}
}

func TestRoundTripIsMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, _, _ := linked(t)
		if a.RoundTrip() != 0 {
			t.Errorf("%v before anything was measured", a.RoundTrip())
		}
		time.Sleep(time.Minute)
		for range 100 { // it is smoothed
			a.ponged(wire.AppendPing(nil, 0, time.Since(a.pace.began)-20*time.Millisecond))
		}
		if got := a.RoundTrip(); got < 19*time.Millisecond || got > 21*time.Millisecond {
			t.Errorf("round trip is %v, want 20 ms", got)
		}
		a.ponged(make([]byte, 8)) // an answer to what was never asked
		a.ponged([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
		if got := a.RoundTrip(); got > 40*time.Millisecond {
			t.Errorf("a lie makes it %v", got)
		}
	})
}
