package ui

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestPulse: a window at rest is woken seldom, a busy one is drawn ten times a second, and a slow screen
// is waited for.
func TestPulse(t *testing.T) {
	for _, c := range []struct {
		name        string
		changes     time.Duration // between two; 0: there are none
		drawing     time.Duration // each takes so long
		least, most int           // drawings in ten seconds
	}{
		{name: "at rest", least: 4, most: 5},
		{name: "busy", changes: time.Millisecond, least: 99, most: 101},
		{name: "busy, slow screen", changes: time.Millisecond, drawing: time.Second, least: 9, most: 11},
		{name: "now and then", changes: time.Second, least: 10, most: 15},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				fresh := make(chan struct{}, 1)
				if c.changes > 0 {
					go changeEvery(ctx, c.changes, fresh)
				}
				drawings := 0
				pulse(ctx, fresh, func(done func()) {
					drawings++
					time.AfterFunc(c.drawing, done)
				})
				if drawings < c.least || drawings > c.most {
					t.Errorf("%d drawings, want %d to %d", drawings, c.least, c.most)
				}
			})
		})
	}
}

func changeEvery(ctx context.Context, d time.Duration, fresh chan<- struct{}) {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			select {
			case fresh <- struct{}{}:
			default:
			}
		}
	}
}

// TestAChangeIsNoticedOnce: the model tells of changes, as often as they are looked at.
func TestAChangeIsNoticedOnce(t *testing.T) {
	m := newModel()
	<-m.fresh // it was never drawn
	m.touch()
	m.touch()
	<-m.fresh
	select {
	case <-m.fresh:
		t.Error("the same changes are noticed twice")
	default:
	}
}
