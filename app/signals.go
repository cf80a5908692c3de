package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"fyne.io/fyne/v2"
)

// untilSignal returns a context that ends when the person or the system wants the program to end, or with stop.
//
// Fyne listens for that as well, and then closes its windows while others may still draw into them, on whatever
// goroutine they are. So once it has started, it no longer hears of it.
func untilSignal(a fyne.App) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	listen := func() { signal.Notify(signals, os.Interrupt, syscall.SIGTERM) }
	listen()
	a.Lifecycle().SetOnStarted(func() {
		signal.Reset(os.Interrupt, syscall.SIGTERM)
		listen()
	})
	context.AfterFunc(ctx, func() { signal.Stop(signals) })
	go func() {
		select {
		case <-signals:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}
