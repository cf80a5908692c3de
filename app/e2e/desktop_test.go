//go:build linux

package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"ferry/app/bus/bustest"
	"ferry/netcore"
	"ferry/netcore/netcoretest/lan"
)

// TestSecondStartHandsOver: "Open with Ferry" while Ferry runs asks in the window that
// is there, and the second program ends.
func TestSecondStartHandsOver(t *testing.T) {
	d := newDesk(t)
	file := writeFile(t, filepath.Join(t.TempDir(), "报告 a.txt"), 1000)
	startAgain(d.anna, d.lan.Host(1), file)
	d.anna.click("Send", id("chooser.send", "Send to Bob")) // he is the only one
	d.bob.click("Accept", id("offer.accept"))
	d.anna.await("the end", row("报告 a.txt", "to Bob", "sent"))
}

// startAgain starts Ferry a second time with a window's config folder; it ends by itself.
func startAgain(w *window, host *lan.Host, args ...string) {
	w.t.Helper()
	cmd := host.Command(context.Background(), program(w.t, ferry),
		append([]string{"--config", filepath.Join(w.home, "ferry")}, args...)...)
	cmd.Env = w.screen.env(w.home)
	start(w.t, "second", cmd).wait(patience, 0)
}

// TestClosedIntoTheTray: the window goes, Ferry stays, and a second start brings the
// window back.
func TestClosedIntoTheTray(t *testing.T) {
	s, network := newScreen(t), lan.New(t, 1)
	s.bus = bustest.Start(t)
	items := startPanel(t, s.bus)
	home := shortDir(t)
	if err := (netcore.Settings{Tray: true}).Save(filepath.Join(home, "ferry")); err != nil {
		t.Fatal(err)
	}
	w := open(s, network.Host(1), "Anna", home, 10)
	within(t, "Ferry in the tray", items)
	w.closeByKey()
	if !w.proc.running() {
		t.Fatal("Ferry has ended")
	}
	startAgain(w, network.Host(1))
	eventually(t, "the window back", func() error {
		if out, err := s.output("xwininfo", "-id", w.xid, "-stats"); err != nil || !mapped(out) {
			return fmt.Errorf("%s, %v", out, err)
		}
		return nil
	})
	s.shot("back")
}

// closeByKey closes the window as a person does, until it is not on the screen: a key that comes while
// the window manager is busy with the window is lost.
func (w *window) closeByKey() {
	w.t.Helper()
	const again = 5 * time.Second
	var pressed time.Time
	eventually(w.t, "the window gone", func() error {
		if time.Since(pressed) > again {
			w.screen.must("xdotool", "windowactivate", "--sync", w.xid, "key", "alt+F4")
			pressed = time.Now()
		}
		if out, err := w.screen.output("xwininfo", "-id", w.xid, "-stats"); err != nil || number(out, "Width") < 0 || mapped(out) {
			return fmt.Errorf("%s, %v", out, err)
		}
		return nil
	})
}

// mapped reports whether a window is on the screen, by what xwininfo says of it.
func mapped(info string) bool { return strings.Contains(info, "Map State: IsViewable") }

// within is what comes over c.
func within[T any](t testing.TB, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("waited in vain for %s", what)
		panic("not reached")
	}
}

// A panel plays a desktop's panel: it takes the items of a tray.
type panel struct{ items chan string }

// RegisterStatusNotifierItem is called by those who want to be in the tray.
func (p panel) RegisterStatusNotifierItem(item string) *dbus.Error {
	p.items <- item
	return nil
}

func startPanel(t testing.TB, address string) <-chan string {
	t.Helper()
	const (
		name = "org.kde.StatusNotifierWatcher"
		path = dbus.ObjectPath("/StatusNotifierWatcher")
	)
	p := panel{make(chan string, 10)}
	conn := bustest.Connect(t, address)
	if err := conn.Export(p, path, name); err != nil {
		t.Fatal(err)
	}
	host := prop.Map{name: {"IsStatusNotifierHostRegistered": {Value: true}}}
	if _, err := prop.Export(conn, path, host); err != nil {
		t.Fatal(err)
	}
	bustest.Name(t, conn, name)
	return p.items
}
