package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// interrupted is the cause of a context that a signal ended.
type interrupted struct{ signal syscall.Signal }

func (i interrupted) Error() string { return "ended by signal: " + i.signal.String() }

// exitCode is what a shell shows for a process that the signal killed.
func (i interrupted) exitCode() int { return 128 + int(i.signal) }

// byPerson reports whether ctx ended because a person pressed ctrl-C, who means
// what the program does. The other signals mean the program.
func byPerson(ctx context.Context) bool {
	var i interrupted
	return errors.As(cause(ctx), &i) && i.signal == syscall.SIGINT
}

// untilSignal returns a context that SIGINT, SIGTERM or SIGHUP ends, with an
// [interrupted] for its cause. A second one ends the process at once: whoever
// asks twice does not want to wait for goodbyes. (A terminal that is closed
// sends SIGHUP twice without meaning it.) stop gives the signals back to the
// system.
func untilSignal(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // as under nohup: to be told would be to end
			signal.Notify(signals, s)
		}
	}
	done := make(chan struct{})
	go func() {
		for n := 0; ; n++ {
			select {
			case s := <-signals:
				cause := interrupted{s.(syscall.Signal)}
				if n > 0 && s != syscall.SIGHUP {
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
