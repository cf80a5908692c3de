package awake

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"

	"ferry/app/bus"
	"ferry/app/bus/bustest"
	"ferry/netcore"
)

// limit is how long a test waits for what must happen, on the slowest machine.
const limit = 60 * time.Second

// A login plays logind: it gives out the writing end of a pipe.
type login struct {
	asked chan [4]string
	lock  dbus.UnixFD // the end that whoever asked gets a copy of
}

func (l *login) Inhibit(what, who, why, mode string) (dbus.UnixFD, *dbus.Error) {
	l.asked <- [4]string{what, who, why, mode}
	return l.lock, nil
}

func TestLogindHoldsUntilReleased(t *testing.T) {
	address := bustest.Start(t)
	bustest.Use(t, address, "")
	watched, lock, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer watched.Close()
	l := &login{make(chan [4]string, 1), dbus.UnixFD(lock.Fd())}
	bustest.Own(t, address, "org.freedesktop.login1", l, "/org/freedesktop/login1", "org.freedesktop.login1.Manager")

	release, err := hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.Close(); err != nil { // now there is one copy, in hold
		t.Fatal(err)
	}
	if got, want := <-l.asked, [4]string{"sleep:idle", who, why, "block"}; got != want {
		t.Errorf("asked for %q, want %q", got, want)
	}
	if hungUp(t, watched) {
		t.Error("let go at once")
	}
	if err := release(); err != nil {
		t.Error(err)
	}
	if !hungUp(t, watched) {
		t.Error("does not let go")
	}
}

// hungUp reports whether nobody has the other end of a pipe any more.
func hungUp(t *testing.T, f *os.File) bool {
	t.Helper()
	fds := []unix.PollFd{{Fd: int32(f.Fd())}}
	if _, err := unix.Poll(fds, 0); err != nil {
		t.Fatal(err)
	}
	return fds[0].Revents&unix.POLLHUP != 0
}

// A portal plays that of a desktop.
type portal chan portalAsked

// portalAsked is who asked for what.
type portalAsked struct {
	flags  uint32
	reason any
	sender string
}

func (p portal) Inhibit(_ string, flags uint32, options map[string]dbus.Variant, sender dbus.Sender) (dbus.ObjectPath, *dbus.Error) {
	p <- portalAsked{flags, options["reason"].Value(), string(sender)}
	return "/org/freedesktop/portal/desktop/request/1", nil
}

func TestThePortalHoldsWhereLogindIsNot(t *testing.T) {
	address := bustest.Start(t)
	bustest.Use(t, "", address)
	p := make(portal, 1)
	conn := bustest.Own(t, address, "org.freedesktop.portal.Desktop", p, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Inhibit")
	gone := make(chan *dbus.Signal, 100)
	conn.Signal(gone)
	if err := conn.AddMatchSignal(dbus.WithMatchInterface("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged")); err != nil {
		t.Fatal(err)
	}

	release, err := hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	asked := <-p
	if asked.flags != portalSuspend|portalIdle || asked.reason != why {
		t.Errorf("asked for %+v", asked)
	}
	var there bool
	if err := conn.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, asked.sender).Store(&there); err != nil || !there {
		t.Errorf("let go at once: %v", err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
	awaitGone(t, gone, asked.sender)
}

// awaitGone waits until who asked has left the bus, which is what the portal
// releases on.
func awaitGone(t *testing.T, signals <-chan *dbus.Signal, sender string) {
	t.Helper()
	late := time.After(limit)
	for {
		select {
		case s := <-signals:
			if len(s.Body) == 3 && s.Body[0] == sender && s.Body[2] == "" {
				return
			}
		case <-late:
			t.Fatal("does not let go")
		}
	}
}

func TestNoBusIsAnError(t *testing.T) {
	bustest.Use(t, "", "")
	if _, err := hold(t.Context()); err == nil {
		t.Error("held by nobody")
	}
}

// A service that never answers must not keep the program from ending.
func TestTheEndOfTheProgramEndsTheAsking(t *testing.T) {
	silent, err := net.Listen("unix", filepath.Join(t.TempDir(), "bus"))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	bustest.Use(t, "unix:path="+silent.Addr().String(), "")
	ctx, stop := context.WithCancel(t.Context())
	k := New(nil)
	ended := make(chan struct{})
	go func() { defer close(ended); k.Run(ctx) }()
	k.Watch(&recorder{}).Event(netcore.TransferChanged{Transfer: netcore.Transfer{State: netcore.Running}})
	conn, err := silent.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	stop()
	select {
	case <-ended:
	case <-time.After(bus.Patience - time.Second):
		t.Error("waits for the bus")
	}
}
