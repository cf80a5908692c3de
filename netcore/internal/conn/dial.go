package conn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

const (
	// dialSpacing is how far apart the attempts on a peer's addresses start, in
	// the manner of Happy Eyeballs (RFC 8305, 5). On a local network an address
	// that works answers well within it.
	dialSpacing = 60 * time.Millisecond
	// slowDial is how long an attempt must have been under way to say something
	// about its address if it is ended because another one was faster.
	slowDial = 2 * dialSpacing
)

// An Attempt is how dialling one address went.
type Attempt struct {
	Addr      netip.AddrPort
	RoundTrip time.Duration // how long it took to connect, if Err is nil
	Err       error         // wraps a kind of package fault, or identity.ErrPeerID
}

// DialAny tries the addresses, best first, a moment apart, and returns the
// first connection on which want (or, if it is zero, anyone) proved itself. The
// others are closed when it returns. If there is none, the error is that of the
// attempt that says most about why.
func DialAny(ctx context.Context, cfg *Config, addrs []netip.AddrPort, want identity.PeerID, purpose wire.Purpose) (*Conn, error) {
	return DialEach(ctx, cfg, addrs, want, purpose, func(Attempt) {})
}

// DialEach does the same, and tells report of each attempt that says something
// about its address, one at a time, before it returns.
func DialEach(ctx context.Context, cfg *Config, addrs []netip.AddrPort, want identity.PeerID, purpose wire.Purpose, report func(Attempt)) (*Conn, error) {
	if len(addrs) == 0 {
		return nil, fmt.Errorf("%w: no address is known", fault.Offline)
	}
	attempts, cancel := context.WithCancel(ctx)
	r := &race{
		dial: func(addr netip.AddrPort, turn func(context.Context) error) (*Conn, error) {
			return dial(attempts, cfg, addr, want, purpose, turn)
		},
		turn:   make(chan struct{}, 1),
		rest:   slices.Clone(addrs),
		begun:  make(map[netip.AddrPort]time.Time, len(addrs)),
		ended:  make(chan result, len(addrs)), // never blocks an attempt
		report: report,
	}
	c, err := r.run(ctx)
	cancel()
	r.settle(time.Now())
	return c, err
}

// A race is the attempts on the addresses of one peer. The first on which the peer has proved itself
// says hello, and only if that comes to nothing the next: the peer must not have two
// connections to choose from.
type race struct {
	dial   func(addr netip.AddrPort, turn func(context.Context) error) (*Conn, error)
	turn   chan struct{}    // holds what the one that has its turn has put there
	rest   []netip.AddrPort // not begun yet
	begun  map[netip.AddrPort]time.Time
	ended  chan result
	report func(Attempt)
	errs   []error
}

type result struct {
	addr   netip.AddrPort
	c      *Conn
	err    error
	proved bool // by the peer, before it ended
}

// run returns the first connection.
func (r *race) run(ctx context.Context) (*Conn, error) {
	next := time.NewTimer(0)
	defer next.Stop()
	for {
		select {
		case <-next.C:
			r.begin()
			next.Reset(dialSpacing)
		case one := <-r.ended:
			r.note(one)
			if one.err == nil {
				return one.c, nil
			}
			r.errs = append(r.errs, one.err)
			if len(r.begun) == 0 && len(r.rest) == 0 {
				return nil, telling(r.errs)
			}
			next.Reset(0) // no need to wait for the next one's turn
		case <-ctx.Done():
			return nil, telling(append(r.errs, ended(ctx)))
		}
	}
}

// ended is the error of a dial that its caller ended. One that ran out of time is a peer
// that does not answer.
func ended(ctx context.Context) error {
	if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", fault.Offline, fault.Timeout)
	}
	return fmt.Errorf("%w: %w", fault.Offline, context.Cause(ctx))
}

// begin starts the next attempt, if there is one.
func (r *race) begin() {
	if len(r.rest) == 0 {
		return
	}
	addr := r.rest[0]
	r.rest = r.rest[1:]
	if _, twice := r.begun[addr]; twice {
		return
	}
	r.begun[addr] = time.Now()
	go func() { r.ended <- r.attempt(addr) }()
}

func (r *race) attempt(addr netip.AddrPort) result {
	proved, first := false, false
	c, err := r.dial(addr, func(ctx context.Context) error {
		proved = true
		select {
		case r.turn <- struct{}{}:
			first = true
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	if err != nil && first {
		<-r.turn
	}
	return result{addr, c, err, proved}
}

func (r *race) note(one result) {
	delete(r.begun, one.addr)
	a := Attempt{Addr: one.addr, Err: one.err}
	if one.err == nil {
		a.RoundTrip = one.c.RoundTrip()
	}
	r.report(a)
}

// settle waits for the attempts that were under way at the end. One that had got no
// answer for a while says that there is none.
func (r *race) settle(end time.Time) {
	for len(r.begun) > 0 {
		one := <-r.ended
		switch {
		case one.err == nil:
			one.c.Close()
		case one.proved, end.Sub(r.begun[one.addr]) < slowDial:
			delete(r.begun, one.addr)
			continue
		default:
			one.err = fmt.Errorf("%w: %w", fault.Offline, fault.Timeout)
		}
		r.note(one)
	}
}

// telling returns the error that says most: one by which somebody answered, above
// all that it was another device, before one by which nobody did.
func telling(errs []error) error {
	return slices.MaxFunc(errs, func(a, b error) int { return cmp.Compare(weight(a), weight(b)) })
}

func weight(err error) int {
	switch {
	case errors.Is(err, identity.ErrPeerID):
		return 4
	case errors.Is(err, fault.Offline) && errors.Is(err, fault.Timeout):
		return 1
	case errors.Is(err, fault.Offline):
		return 0
	case errors.Is(err, fault.Timeout):
		return 2
	}
	return 3
}
