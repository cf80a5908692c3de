package transfer

import (
	"context"
	"time"

	"golang.org/x/time/rate"
)

// paced returns how much of n bytes may move in one go: with a limit, no more
// than its burst, so that a change of it is felt at once.
func paced(limit *rate.Limiter, n int64) int64 {
	if limit == nil || limit.Limit() == rate.Inf {
		return n
	}
	return min(n, int64(limit.Burst()))
}

// wait waits until n bytes may move. The limit may be changed meanwhile: its WaitN
// would fail then with an error that nobody can tell from others.
func wait(ctx context.Context, limit *rate.Limiter, n int) error {
	if limit == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	turn := limit.ReserveN(time.Now(), min(n, limit.Burst()))
	for !turn.OK() { // the burst has become less in between
		turn = limit.ReserveN(time.Now(), min(n, limit.Burst()))
	}
	delay := turn.Delay()
	if delay == 0 {
		return nil
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		turn.Cancel()
		return context.Cause(ctx)
	}
}
