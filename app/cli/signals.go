package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// interrupted is the cause of a context that a signal ended.
type interrupted struct{ signal syscall.Signal }

func (i interrupted) Error() string { return "ended by signal: " + i.signal.String() }

// exitCode is what a shell shows for a process that the signal killed.
func (i interrupted) exitCode() int { return 128 + int(i.signal) }

// untilSignal returns a context that SIGINT or SIGTERM ends, with an
// [interrupted] for its cause. A second signal ends the process at once:
// whoever asks twice does not want to wait for goodbyes. stop gives the
// signals back to the system.
func untilSignal(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		for n := 0; ; n++ {
			select {
			case s := <-signals:
				cause := interrupted{s.(syscall.Signal)}
				if n > 0 {
					os.Exit(cause.exitCode())
				}
				cancel(cause)
			case <-done:
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		cancel(nil)
	}
}
