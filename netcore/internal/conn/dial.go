package conn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

// dialSpacing is how far apart the attempts on a peer's addresses start, in
// the manner of Happy Eyeballs (RFC 8305, 5). On a local network an address
// that works answers well within it.
const dialSpacing = 60 * time.Millisecond

// DialAny tries the addresses, best first, a moment apart, and returns the
// first connection on which want (or, if it is zero, anyone) proved itself. The
// others are closed when it returns. If there is none, the error is that of the
// attempt that says most about why.
func DialAny(ctx context.Context, cfg *Config, addrs []netip.AddrPort, want identity.PeerID, purpose wire.Purpose) (*Conn, error) {
	if len(addrs) == 0 {
		return nil, fmt.Errorf("%w: no address is known", fault.Offline)
	}
	ctx, cancel := context.WithCancel(ctx)
	type result struct {
		c   *Conn
		err error
	}
	results := make(chan result, len(addrs)) // never blocks an attempt
	var attempts sync.WaitGroup
	defer func() {
		cancel()
		attempts.Wait()
		close(results)
		for late := range results {
			if late.c != nil {
				late.c.Close()
			}
		}
	}()
	next := time.NewTimer(0)
	defer next.Stop()
	var errs []error
	for rest := addrs; ; {
		select {
		case <-next.C:
			if len(rest) == 0 {
				continue
			}
			addr := rest[0]
			rest = rest[1:]
			attempts.Go(func() {
				c, err := Dial(ctx, cfg, addr, want, purpose)
				results <- result{c, err}
			})
			next.Reset(dialSpacing)
		case r := <-results:
			if r.err == nil {
				return r.c, nil
			}
			if errs = append(errs, r.err); len(errs) == len(addrs) {
				return nil, telling(errs)
			}
			next.Reset(0) // no need to wait for the next one's turn
		case <-ctx.Done():
			return nil, telling(append(errs, fmt.Errorf("%w: %w", fault.Offline, context.Cause(ctx))))
		}
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
		return 3
	case errors.Is(err, fault.Offline):
		return 0
	case errors.Is(err, fault.Timeout):
		return 1
	}
	return 2
}
