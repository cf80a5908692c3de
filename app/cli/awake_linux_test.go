package main

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"ferry/netcore"
)

// While something is on its way, the system's bus is asked not to sleep.
func TestTheComputerIsKeptAwake(t *testing.T) {
	bus, err := net.Listen("unix", filepath.Join(t.TempDir(), "bus"))
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+bus.Addr().String())
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	called := make(chan struct{})
	go func() {
		defer close(called)
		if conn, err := bus.Accept(); err == nil {
			conn.Close()
		}
	}()
	b := newBench(&fakeNode{live: func(_ context.Context, h netcore.Handler) error {
		h.Event(netcore.TransferChanged{Transfer: incoming(1, netcore.Running)})
		select {
		case <-called:
		case <-time.After(limit):
			t.Error("nobody was asked")
		}
		h.Event(netcore.TransferChanged{Transfer: incoming(1, netcore.Done)})
		return nil
	}})
	b.run(t, "receive", "--accept", "all", "--count", "1")
}
