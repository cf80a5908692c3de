package awake

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"golang.org/x/sys/unix"

	"ferry/netcore"
)

// limit is how long a test waits for what must happen, on the slowest machine.
const limit = 60 * time.Second

const busConfig = `<busconfig>
  <listen>unix:dir=%s</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>`

// startBus starts a message bus that only this test knows, and returns its
// address.
func startBus(t *testing.T) (address string) {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, dir), 0o600); err != nil {
		t.Fatal(err)
	}
	daemon := exec.Command("dbus-daemon", "--nofork", "--print-address", "--config-file="+config)
	var complaints bytes.Buffer
	daemon.Stderr = &complaints
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Fatalf("%v; the tests need the package dbus-daemon", err)
	}
	t.Cleanup(func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait() // killed
		if t.Failed() {
			t.Logf("the bus says:\n%s", &complaints)
		}
	})
	address, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(address)
}

// own connects to a bus as the service of this name, with one object.
func own(t *testing.T, address, name string, object any, path dbus.ObjectPath, iface string) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.Export(object, path, iface); err != nil {
		t.Fatal(err)
	}
	if reply, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("%v, %v", reply, err)
	}
	return conn
}

// buses says which buses there are; empty for none.
func buses(t *testing.T, system, session string) {
	t.Helper()
	none := "unix:path=" + filepath.Join(t.TempDir(), "none")
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", cmp.Or(system, none))
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", cmp.Or(session, none))
}

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
	bus := startBus(t)
	buses(t, bus, "")
	watched, lock, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer watched.Close()
	l := &login{make(chan [4]string, 1), dbus.UnixFD(lock.Fd())}
	own(t, bus, "org.freedesktop.login1", l, "/org/freedesktop/login1", "org.freedesktop.login1.Manager")

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
	bus := startBus(t)
	buses(t, "", bus)
	p := make(portal, 1)
	conn := own(t, bus, "org.freedesktop.portal.Desktop", p, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Inhibit")
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
	buses(t, "", "")
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
	buses(t, "unix:path="+silent.Addr().String(), "")
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
	case <-time.After(patience - time.Second):
		t.Error("waits for the bus")
	}
}
