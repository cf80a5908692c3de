package transfer

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"ferry/netcore/internal/fault"
)

// TestLimitMayChangeAtAnyTime moves bytes while somebody turns the limit up and down.
func TestLimitMayChangeAtAnyTime(t *testing.T) {
	limit := rate.NewLimiter(1e12, 1000)
	stop := make(chan struct{})
	var turning sync.WaitGroup
	turning.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				limit.SetBurst(10)
				limit.SetBurst(1000)
			}
		}
	})
	defer turning.Wait()
	defer close(stop)
	for range 200_000 {
		if err := wait(t.Context(), limit, 1000); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPacedWaitEnds waits for its turn, and for one that would never come.
func TestPacedWaitEnds(t *testing.T) {
	limit, begun := rate.NewLimiter(20, 1), time.Now()
	for range 3 {
		if err := wait(t.Context(), limit, 1); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begun); took < 90*time.Millisecond {
		t.Errorf("three bytes at 20 a second took %v", took)
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Millisecond, fault.Cancelled)
	defer cancel()
	limit.SetLimit(1e-9)
	if err := wait(ctx, limit, 1); !errors.Is(err, fault.Cancelled) {
		t.Errorf("%v, want %v", err, fault.Cancelled)
	}
}
