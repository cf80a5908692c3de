//go:build linux

package e2e

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// A point is a pixel of a screen.
type point struct{ x, y int }

// A screen is an X server of a test's own, with a window manager on it, and
// the hand on its mouse.
type screen struct {
	t       testing.TB
	display string
	home    string // where its programs keep what they keep
	bus     string // the address of its session bus; empty for none
	scale   float64
}

func newScreen(t testing.TB) *screen {
	t.Helper()
	return newScreenAt(t, 1)
}

// newScreenAt makes a screen on which all is larger by scale. Tests with a screen of their own run beside each other: they mostly
// wait for what people wait for.
func newScreenAt(t testing.TB, scale float64) *screen {
	t.Helper()
	if test, ok := t.(*testing.T); ok {
		test.Parallel()
	}
	s := &screen{t: t, home: shortDir(t), display: startX(t, scale), scale: scale}
	start(t, "openbox", s.command(exec.Command("openbox")))
	eventually(t, "the window manager", func() error {
		out, err := s.output("xprop", "-root", "_NET_SUPPORTING_WM_CHECK")
		if err == nil && !strings.Contains(out, "window id") {
			err = errors.New(out)
		}
		return err
	})
	return s
}

// startX starts an X server and returns the name of its display, which is one that is
// free.
func startX(t testing.TB, scale float64) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%.0fx%.0fx24", 1920*scale, 1000*scale), "-nolisten", "tcp", "-noreset", "-ac")
	cmd.ExtraFiles = []*os.File{w}
	x := start(t, "xvfb", cmd)
	w.Close() // so that reading ends if the server does
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("no X server: %v: %s", err, x.output())
	}
	return ":" + strings.TrimSpace(number)
}

// shortDir is a temporary folder with a path that is short enough for sockets.
func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ferry")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// env is the environment of a program on this screen whose home is the given
// folder. If there is no session bus, it is told of one that is not there: else one would be started for it
// and would stay behind.
func (s *screen) env(home string) []string {
	return append(os.Environ(),
		"DISPLAY="+s.display,
		"WAYLAND_DISPLAY=",
		"HOME="+home,
		"XDG_CONFIG_HOME="+home+"/config",
		"XDG_CACHE_HOME="+home+"/cache",
		"XDG_DATA_HOME="+home+"/data",
		"XDG_RUNTIME_DIR="+home,
		"DBUS_SESSION_BUS_ADDRESS="+cmp.Or(s.bus, "unix:path="+home+"/no-bus"),
		"LIBGL_ALWAYS_SOFTWARE=1",
		"NO_AT_BRIDGE=1",
		fmt.Sprint("FYNE_SCALE=", s.scale),
		"LANG=C.UTF-8",
		"LANGUAGE=en",
		"LC_ALL=C.UTF-8",
	)
}

func (s *screen) command(cmd *exec.Cmd) *exec.Cmd {
	cmd.Env = s.env(s.home)
	return cmd
}

// output runs a program on the screen.
func (s *screen) output(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	out, err := s.command(exec.CommandContext(ctx, name, args...)).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

func (s *screen) must(name string, args ...string) string {
	s.t.Helper()
	out, err := s.output(name, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// click presses the left button at p.
func (s *screen) click(p point) {
	s.t.Helper()
	s.must("xdotool", "mousemove", strconv.Itoa(p.x), strconv.Itoa(p.y), "click", "1")
}

// drag drags files to p, as from a file manager, with a picture just before they
// are let go.
func (s *screen) drag(p point, paths ...string) {
	s.t.Helper()
	args := []string{"testdata/drag.py", "--shot", artefact(s.t, "drag.png"), strconv.Itoa(p.x), strconv.Itoa(p.y)}
	s.must("/usr/bin/python3", append(args, paths...)...)
}

// shot leaves a picture of the screen.
func (s *screen) shot(name string) {
	s.t.Helper()
	s.must("import", "-window", "root", artefact(s.t, name+".png"))
}
