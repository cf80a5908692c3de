//go:build unix && !darwin

package autostart

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func newEntry(t *testing.T) (Entry, string) {
	t.Helper()
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	e := Entry{ID: "ferry", Name: "Ferry", Program: "/opt/my apps/100%/fer`ry$1", Args: []string{"--hidden", `--config`, `a"b\c`}}
	return e, filepath.Join(config, "autostart", "ferry.desktop")
}

func state(t *testing.T, e Entry) bool {
	t.Helper()
	on, err := e.On()
	if err != nil {
		t.Fatal(err)
	}
	return on
}

func TestOnAndOff(t *testing.T) {
	e, path := newEntry(t)
	if state(t, e) {
		t.Error("it is on before anybody turned it on")
	}
	for _, on := range []bool{true, true, false, false} {
		if err := e.Set(on); err != nil {
			t.Fatal(err)
		}
		if state(t, e) != on {
			t.Errorf("it is not %v", on)
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the entry is left behind")
	}
}

func TestTheEntryStartsTheProgramWithItsArguments(t *testing.T) {
	e, path := newEntry(t)
	if err := e.Set(true); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := "Exec=\"/opt/my apps/100%%/fer\\\\`ry\\\\$1\" \"--hidden\" \"--config\" \"a\\\\\"b\\\\\\\\c\"\n"
	if !strings.Contains(string(data), want) {
		t.Errorf("the entry is\n%s\nwithout\n%s", data, want)
	}
}

// Desktops have switches of their own for the same thing.
func TestTurnedOffByTheDesktop(t *testing.T) {
	e, path := newEntry(t)
	for _, line := range []string{"Hidden=true", "X-GNOME-Autostart-enabled=false", "Hidden = True"} {
		if err := e.Set(true); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("[Desktop Entry]\nType=Application\n"+line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if state(t, e) {
			t.Errorf("%s does not turn it off", line)
		}
	}
}
