package idle

import (
	"testing"
	"testing/synctest"
	"time"
)

// A driver plays Fyne's: it makes sixty rounds a second, and runs what is queued.
type driver struct {
	*Loop
	queued   chan func()
	posted   chan struct{} // what wake posts
	desktop  chan struct{} // what a person does
	rounds   int
	sleeping time.Duration // in all
}

func newDriver() *driver {
	d := &driver{queued: make(chan func(), 100), posted: make(chan struct{}, 100), desktop: make(chan struct{}, 100)}
	d.Loop = newLoop(func(f func()) { d.queued <- f }, d.sleep, func() { d.posted <- struct{}{} })
	return d
}

func (d *driver) sleep(most time.Duration) {
	began := time.Now()
	select {
	case <-d.posted:
	case <-d.desktop:
	case <-time.After(most):
	}
	d.sleeping += time.Since(began)
}

// run makes rounds for so long.
func (d *driver) run(long time.Duration) {
	tick := time.NewTicker(time.Second / 60)
	defer tick.Stop()
	for end := time.Now().Add(long); time.Now().Before(end); {
		select {
		case f := <-d.queued:
			f()
		case <-tick.C:
			d.rounds++
			d.tick()
		}
	}
}

// idleFor has the driver be without anything to do, and forget that.
func (d *driver) idleFor(long time.Duration) {
	d.run(long)
	d.rounds, d.sleeping = 0, 0
}

// TestIdle: a window with nothing to do makes a few rounds a second instead of sixty.
func TestIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver()
		d.idleFor(2 * time.Second)
		d.run(10 * time.Second)
		if d.rounds > 50 || d.sleeping < 9*time.Second {
			t.Errorf("%d rounds in ten seconds, asleep %v", d.rounds, d.sleeping)
		}
	})
}

// TestWorkWakes: work is done when it comes, and what it changed is drawn in the next sixtieth of a second, not
// after a nap.
func TestWorkWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver()
		d.idleFor(2 * time.Second)
		const pause = 1030 * time.Millisecond
		began, late := time.Now(), time.Duration(-1)
		time.AfterFunc(pause, func() {
			d.Do(func() { late = time.Since(began) - pause; d.rounds = 0 })
		})
		d.run(pause + time.Second/20)
		if late != 0 || d.rounds < 2 {
			t.Errorf("done after %v, then %d rounds in a twentieth of a second", late, d.rounds)
		}
	})
}

// TestInputKeepsAwake: who moves the mouse sees sixty rounds a second for a moment.
func TestInputKeepsAwake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver()
		d.idleFor(2 * time.Second)
		d.desktop <- struct{}{}
		d.run(afterInput)
		if d.rounds < 58 {
			t.Errorf("%d rounds in the second after", d.rounds)
		}
	})
}

// TestSteadyWork: what is drawn ten times a second never finds the loop asleep.
func TestSteadyWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver()
		stop := time.NewTimer(12 * time.Second)
		go func() {
			tick := time.NewTicker(time.Second / 10)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					d.Do(func() {})
				case <-stop.C:
					return
				}
			}
		}()
		d.idleFor(2 * time.Second)
		d.run(9 * time.Second)
		if d.sleeping > 0 {
			t.Errorf("asleep %v", d.sleeping)
		}
		d.run(3 * time.Second) // until the work has an end
	})
}

// TestQueuedWork: while work waits for its turn, there is no nap.
func TestQueuedWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDriver()
		d.idleFor(2 * time.Second)
		d.Do(func() {})
		d.tick()
		if d.sleeping > 0 {
			t.Errorf("asleep %v", d.sleeping)
		}
		(<-d.queued)()
	})
}
