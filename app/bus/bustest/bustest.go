// Package bustest gives tests message buses of their own.
package bustest

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

const busConfig = `<busconfig>
  <listen>unix:dir=%s</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>`

// Start starts a message bus that only this test knows, and returns its
// address.
func Start(t testing.TB) (address string) {
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

// Own connects to a bus as the service of this name, with one object.
func Own(t testing.TB, address, name string, object any, path dbus.ObjectPath, iface string) *dbus.Conn {
	t.Helper()
	conn := Connect(t, address)
	if err := conn.Export(object, path, iface); err != nil {
		t.Fatal(err)
	}
	Name(t, conn, name)
	return conn
}

// Connect connects to a bus until the end of the test.
func Connect(t testing.TB, address string) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// Name makes conn the service of this name. What it exports should be exported before.
func Name(t testing.TB, conn *dbus.Conn, name string) {
	t.Helper()
	if reply, err := conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("%v, %v", reply, err)
	}
}

// Use says which buses there are; empty for none.
func Use(t *testing.T, system, session string) {
	t.Helper()
	none := "unix:path=" + filepath.Join(t.TempDir(), "none")
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", cmp.Or(system, none))
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", cmp.Or(session, none))
}
