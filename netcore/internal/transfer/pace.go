package transfer

import (
	"context"

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

// wait waits until n bytes may move.
func wait(ctx context.Context, limit *rate.Limiter, n int) error {
	if limit == nil {
		return nil
	}
	if err := limit.WaitN(ctx, min(n, limit.Burst())); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	}
	return nil
}
