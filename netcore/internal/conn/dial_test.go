package conn

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

// attempts gathers what DialEach reports.
type attempts struct {
	mu   sync.Mutex
	list map[netip.AddrPort]Attempt
}

func (a *attempts) note(one Attempt) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.list == nil {
		a.list = make(map[netip.AddrPort]Attempt)
	}
	a.list[one.Addr] = one
}

// TestOneHello dials a node at many addresses, all of which answer at the same time: it gets one hello, and
// so never takes one attempt for a replacement of another.
func TestOneHello(t *testing.T) {
	b := config(t, "B", 0)
	var hellos atomic.Int64
	admitted := make(chan struct{})
	b.Admit = func(identity.PeerID, wire.Hello) error {
		if hellos.Add(1) == 1 {
			close(admitted)
		}
		return nil
	}
	var addrs []netip.AddrPort
	var served, here sync.WaitGroup
	here.Add(5)
	for range 5 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		addrs = append(addrs, addrOf(l))
		served.Go(func() {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			here.Done()
			here.Wait() // so all are under way at once
			if c, err := Accept(context.Background(), b, raw); err == nil {
				c.Close()
			}
		})
	}
	c, err := DialAny(t.Context(), config(t, "A", 0), addrs, b.Identity.ID(), wire.PurposeLink)
	if err != nil {
		t.Fatal(err)
	}
	<-admitted
	c.Close()
	served.Wait()
	if n := hellos.Load(); n != 1 {
		t.Errorf("%d hellos were said", n)
	}
}

// TestEachAttemptIsReported dials an address that works after one that refuses and one that swallows everything.
func TestEachAttemptIsReported(t *testing.T) {
	dead, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer dead.Close()
	live, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer live.Close()
	b := config(t, "B", 0)
	served := make(chan struct{})
	go func() {
		defer close(served)
		raw, err := live.Accept()
		if err != nil {
			return
		}
		<-time.After(slowDial) // long enough for the other to be thought dead
		if c, err := Accept(context.Background(), b, raw); err == nil {
			c.Close()
		}
	}()
	refused := netip.MustParseAddrPort("127.0.0.1:1")
	var got attempts
	c, err := DialEach(t.Context(), config(t, "A", 0), []netip.AddrPort{refused, addrOf(dead), addrOf(live), addrOf(live)}, b.Identity.ID(), wire.PurposeLink, got.note)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	<-served
	if a := got.list[addrOf(live)]; a.Err != nil || a.RoundTrip <= 0 {
		t.Errorf("the one that works: %+v", a)
	}
	if a := got.list[refused]; !errors.Is(a.Err, fault.Offline) || errors.Is(a.Err, fault.Timeout) {
		t.Errorf("the one that refuses: %+v", a)
	}
	if a := got.list[addrOf(dead)]; !errors.Is(a.Err, fault.Offline) || !errors.Is(a.Err, fault.Timeout) {
		t.Errorf("the one that says nothing: %+v", a)
	}
}

// TestNextInTurn has a first address at which the peer proves itself and then hangs up: the second is used.
func TestNextInTurn(t *testing.T) {
	b := config(t, "B", 0)
	var addrs []netip.AddrPort
	var served sync.WaitGroup
	for i := range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		addrs = append(addrs, addrOf(l))
		served.Go(func() {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			cfg := *b
			if i == 0 {
				cfg.Admit = func(identity.PeerID, wire.Hello) error { return fault.Busy }
			}
			if c, err := Accept(context.Background(), &cfg, raw); err == nil {
				c.Close()
			}
		})
	}
	c, err := DialAny(t.Context(), config(t, "A", 0), addrs, b.Identity.ID(), wire.PurposeLink)
	if err != nil {
		t.Fatal(err)
	}
	if c.Remote != addrs[1] {
		t.Errorf("connected to %v, want %v", c.Remote, addrs[1])
	}
	c.Close()
	served.Wait()
}

func TestDialThatRunsOutOfTime(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 3*dialSpacing)
	defer cancel()
	var got attempts
	_, err = DialEach(ctx, config(t, "A", 0), []netip.AddrPort{addrOf(l)}, identity.PeerID{}, wire.PurposeLink, got.note)
	if !errors.Is(err, fault.Offline) || !errors.Is(err, fault.Timeout) {
		t.Errorf("error is %v, want that there was no answer in time", err)
	}
	if a := got.list[addrOf(l)]; !errors.Is(a.Err, fault.Timeout) {
		t.Errorf("reported: %+v", a)
	}
}
