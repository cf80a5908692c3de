package netcore

import "golang.org/x/time/rate"

// leastLimit is the lowest limit on speed, in bytes a second: below it, a
// transfer is no better than a paused one.
const leastLimit = 1024

// SetLimits bounds how fast all transfers together may be, from now on, those
// that are running included.
func (n *Node) SetLimits(l Limits) {
	setLimit(n.upload, l.Upload)
	setLimit(n.download, l.Download)
}

// newPace returns a limiter that limits nothing yet.
func newPace() *rate.Limiter { return rate.NewLimiter(rate.Inf, leastLimit) }

// setLimit bounds pace to so many bytes a second; 0 is no bound. What moves in one go is
// an eighth of a second's worth, so that a change is felt at once.
func setLimit(pace *rate.Limiter, perSecond int64) {
	if perSecond <= 0 {
		pace.SetLimit(rate.Inf)
		return
	}
	perSecond = max(perSecond, leastLimit)
	pace.SetBurst(int(min(max(perSecond/8, leastLimit), 1<<20)))
	pace.SetLimit(rate.Limit(perSecond))
}
