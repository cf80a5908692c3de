package transfer

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/time/rate"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// A widenRule says when more connections than one are worth it. They are where
// packets get lost by chance: TCP takes each loss for congestion, and one
// connection never gets to what the path carries.
type widenRule struct {
	begin   time.Duration // how long one connection gets to show what it can do
	settle  time.Duration // how long more of them get to find their speed
	measure time.Duration // how long a speed is measured
	worth   time.Duration // what is left must take that long at least

	speed   float64 // bytes a second that one connection does where nothing is wrong
	blocked float64 // the network is what is waited for: the share of the time that writing takes
	lost    float64 // the share of segments that are sent again, where the system tells
	busy    float64 // the receiver is what is waited for: the share of the time that it has no room
	gain    float64 // by how much more lanes must be faster for still more to be tried
}

// usualRule has been measured on Ethernet of 1 Gbit/s, with and without loss.
var usualRule = widenRule{
	begin:   time.Second,
	settle:  time.Second / 2,
	measure: 3 * time.Second / 2,
	worth:   3 * time.Second,
	speed:   60e6,
	blocked: 0.7,
	lost:    0.0005,
	busy:    0.3,
	gain:    1.2,
}

// widening adds lanes to a delivery that is under way.
type widening struct {
	widenRule
	c    *conn.Conn
	id   ID
	dial func(context.Context) (*conn.Conn, error)
	pace *rate.Limiter
	left func() int64 // bytes of content
}

// widen lets more connections carry what s delivers where that is faster. It returns at
// once; the function that it returns ends it, and waits until it has ended.
func (s *sender) widen(ctx context.Context) (stop func()) {
	if s.out.Lane == nil {
		return func() {}
	}
	w := &widening{
		widenRule: s.out.rule,
		c:         s.c, id: s.out.ID, dial: s.out.Lane, pace: s.out.Pace,
		left: func() int64 { return s.m.Bytes - s.spared.Bytes - s.meter.Bytes() },
	}
	if w.widenRule == (widenRule{}) {
		w.widenRule = usualRule
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.run(ctx)
	}()
	return func() {
		cancel()
		<-ended
	}
}

// run waits until one connection is slow for no good reason. Then it adds lanes for as long as
// that helps, several at once: by chance, the speed of few of them changes by a third from
// one second to the next.
func (w *widening) run(ctx context.Context) {
	speed, ok := w.slow(ctx)
	lanes := 1
	for _, more := range []int{conn.MaxLanes / 2, conn.MaxLanes} {
		if !ok {
			return
		}
		for ; lanes < more; lanes++ {
			if err := w.join(ctx); err != nil {
				w.c.Log.Info("no more lanes", "lanes", lanes, "err", err)
				return
			}
		}
		var faster float64
		if faster, ok = w.measured(ctx); ok {
			w.c.Log.Info("lanes added", "lanes", lanes, "before", int64(speed), "after", int64(faster))
			ok = faster >= w.gain*speed && w.worthIt(faster)
			speed = faster
		}
	}
}

// slow waits for a connection that more lanes may help, and returns its speed. It
// reports false at the end of ctx.
func (w *widening) slow(ctx context.Context) (speed float64, ok bool) {
	if !sleep(ctx, w.begin) {
		return 0, false
	}
	for {
		before := w.c.Traffic()
		if !sleep(ctx, w.measure) {
			return 0, false
		}
		t := w.c.Traffic().Since(before)
		speed = perSecond(t.Bytes, w.measure)
		if !w.paced() && speed < w.speed && w.hampered(t) && w.worthIt(speed) {
			return speed, true
		}
	}
}

// hampered reports whether, by what was sent while a speed was measured, it is the path that makes
// the connection slow, and by losing packets.
func (w *widening) hampered(t conn.Traffic) bool {
	if share(t.Writing, w.measure) < w.blocked {
		return false
	}
	if !t.Kernel {
		return true // trying shows
	}
	return float64(t.Retransmits) > w.lost*float64(t.Segments) && share(t.PeerBusy, w.measure) < w.busy
}

func (w *widening) worthIt(speed float64) bool {
	return float64(w.left()) > speed*w.worth.Seconds()
}

func (w *widening) paced() bool { return w.pace != nil && w.pace.Limit() != rate.Inf }

// measured returns the speed with the lanes that there are.
func (w *widening) measured(ctx context.Context) (speed float64, ok bool) {
	if !sleep(ctx, w.settle) {
		return 0, false
	}
	before := w.c.Traffic()
	ok = sleep(ctx, w.measure)
	return perSecond(w.c.Traffic().Since(before).Bytes, w.measure), ok
}

// join adds one lane.
func (w *widening) join(ctx context.Context) error {
	lane, err := w.dial(ctx)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, lane.Abort)
	defer stop()
	if err := askToJoin(lane, w.id); err != nil {
		lane.Fail(err)
		return err
	}
	return w.c.AddLane(lane)
}

func askToJoin(lane *conn.Conn, id ID) error {
	if err := lane.SendControl(wire.TypeJoin, wire.Join{ID: id.String()}); err != nil {
		return err
	}
	if err := lane.Flush(); err != nil {
		return err
	}
	var answer wire.Answer
	if err := lane.Expect(wire.TypeAnswer, &answer); err != nil {
		return err
	}
	if !answer.Accept {
		return fmt.Errorf("%w: a Join is declined with an Error", fault.Protocol)
	}
	return nil
}

// TakeLane answers a Join that has come in on lane for this transfer: lane carries a
// part of it from then on, and belongs to the transfer. If that cannot be, because the offer is
// not accepted yet, the transfer is at its end, or there are as many lanes as there may be,
// lane is told so and closed, and the error is of the kind [fault.Busy]. Any goroutine may call it.
func (in *Incoming) TakeLane(lane *conn.Conn) error {
	err := in.takeLane(lane)
	if err != nil {
		lane.Fail(err)
	}
	return err
}

func (in *Incoming) takeLane(lane *conn.Conn) error {
	if !in.answered.Load() {
		return fmt.Errorf("%w: the offer is not accepted yet", fault.Busy)
	}
	return in.c.Take(lane, func() error {
		if err := lane.SendControl(wire.TypeAnswer, wire.Answer{Accept: true}); err != nil {
			return err
		}
		return lane.Flush()
	})
}

func perSecond(n int64, d time.Duration) float64 { return float64(n) / d.Seconds() }

func share(part, whole time.Duration) float64 { return part.Seconds() / whole.Seconds() }

// sleep waits for d. It reports false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
