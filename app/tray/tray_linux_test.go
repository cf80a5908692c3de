package tray

import (
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
	"go.uber.org/goleak"

	"ferry/app/bus/bustest"
)

const patience = 60 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// panel plays a desktop's panel that draws items, or has not begun to.
func panel(t *testing.T, address string, draws bool) (*dbus.Conn, *prop.Properties) {
	t.Helper()
	conn := bustest.Own(t, address, watcher, new(struct{}), watcherPath, watcher)
	props, err := prop.Export(conn, watcherPath, prop.Map{watcher: {
		"IsStatusNotifierHostRegistered": {Value: draws, Writable: true, Emit: prop.EmitTrue},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return conn, props
}

func TestATrayComesAndGoes(t *testing.T) {
	address := bustest.Start(t)
	bustest.Use(t, "", address)
	changed := make(chan bool, 10)
	var w *Watch
	w = New(func() { changed <- w.Has() }, nil)
	ended := make(chan struct{})
	if err := w.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	go func() { defer close(ended); w.Run(t.Context()) }()
	t.Cleanup(func() { <-ended })
	want := func(has bool) {
		t.Helper()
		select {
		case got := <-changed:
			if got != has {
				t.Fatalf("has a tray: %v, want %v", got, has)
			}
		case <-time.After(patience):
			t.Fatalf("never noticed that there is a tray: %v", has)
		}
	}
	conn, props := panel(t, address, false)
	props.SetMust(watcher, "IsStatusNotifierHostRegistered", true)
	if err := conn.Emit(watcherPath, watcher+".StatusNotifierHostRegistered"); err != nil {
		t.Fatal(err)
	}
	want(true)
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	want(false)
	panel(t, address, true)
	want(true)
}

func TestWithoutABusThereIsNoTray(t *testing.T) {
	bustest.Use(t, "", "")
	w := New(func() { t.Error("told of a change") }, nil)
	if err := w.Open(t.Context()); err == nil || w.Has() {
		t.Error("has a tray")
	}
}
