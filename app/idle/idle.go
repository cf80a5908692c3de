// Package idle lets a window that has nothing to do take next to nothing.
//
// Fyne's loop asks for events sixty times a second, whether there are any or not: each time several threads wake up, which takes
// about one per cent of a core and keeps a laptop from resting. A [Loop] hooks into Fyne's by an animation without an end and, when
// nothing has happened for a moment, waits there for what comes next, as programs without Fyne do: for a key, the mouse or anything else of
// the desktop's, and for work by way of [Loop.Do]. Both are noticed at once. Only what Fyne queues by itself (a theme
// of the desktop that changes) may come late, by [nap] at most.
//
// This is done where it was tried, on an X server; elsewhere a Loop adds nothing.
package idle

import (
	"sync"
	"time"
)

const (
	// nap is how long one wait lasts.
	nap = 250 * time.Millisecond
	// afterInput is how long the loop stays awake after something of the desktop's: Fyne's widgets move for a moment, a person
	// mostly goes on.
	afterInput = time.Second
	// afterWork is how long it does after work: some frames, until all that has changed is drawn.
	afterWork = 50 * time.Millisecond
	// steady is what work may come after each other by to be one: between, the loop stays awake. To fall asleep and to wake
	// up ten times a second costs more than it saves.
	steady = 200 * time.Millisecond
)

// A Loop knows when there is something to do. Make it with [New] or newLoop. Its methods may be called from any goroutine.
type Loop struct {
	queue func(func())        // has a function called on the loop's goroutine
	wait  func(time.Duration) // returns when something came, or after that time
	wake  func()              // has wait return

	mu      sync.Mutex
	waits   bool      // in wait, or about to
	woken   bool      // by wake
	pending int       // pieces of work that are queued
	worked  time.Time // when the last one was done
	until   time.Time // awake until then
}

func newLoop(queue func(func()), wait func(time.Duration), wake func()) *Loop {
	return &Loop{queue: queue, wait: wait, wake: wake, until: time.Now().Add(afterInput)}
}

// Do runs f on the goroutine of the window, at once if that is idle, and does not wait for it.
func (l *Loop) Do(f func()) {
	l.mu.Lock()
	l.pending++
	if l.waits && !l.woken {
		l.woken = true
		l.wake() // with the lock: while it is held, the loop does not end
	}
	l.mu.Unlock()
	l.queue(func() {
		defer l.done()
		f()
	})
}

func (l *Loop) done() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.pending--
	l.stay(now, afterWork)
	if now.Sub(l.worked) < steady {
		l.stay(now, steady)
	}
	l.worked = now
}

// stay keeps the loop awake for d from now on.
func (l *Loop) stay(now time.Time, d time.Duration) {
	if until := now.Add(d); until.After(l.until) {
		l.until = until
	}
}

// tick waits if there is nothing to do. The loop calls it once for each of its rounds.
func (l *Loop) tick() {
	began := time.Now()
	if !l.fallAsleep(began) {
		return
	}
	l.wait(nap)
	l.wakeUp(began)
}

func (l *Loop) fallAsleep(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pending > 0 || now.Before(l.until) {
		return false
	}
	l.waits, l.woken = true, false
	return true
}

func (l *Loop) wakeUp(began time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waits = false
	if now := time.Now(); !l.woken && now.Sub(began) < nap {
		l.stay(now, afterInput)
	}
}
