//go:build linux

package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ferry/app/bus/bustest"
	"ferry/netcore"
	"ferry/netcore/netcoretest/lan"
)

// faults are what a sound window program never writes.
var faults = []string{"DATA RACE", "panic:", "Fyne call thread"}

// A window is a running Ferry with a person before it.
type window struct {
	t      testing.TB
	name   string
	screen *screen
	proc   *process
	home   string
	xid    string // the window's X id
	origin point  // where its client area begins on the screen
}

// open starts Ferry on a host, with its window at left, under the given name. A home that was
// used before is that computer, later.
func open(s *screen, host *lan.Host, name, home string, left int) *window {
	s.t.Helper()
	w := launch(s, host, name, home, "debug")
	w.await("the window", id("self.name", name))
	w.place(left)
	return w
}

// launch starts the program as open does, with a log of that level, and does not wait for its window.
func launch(s *screen, host *lan.Host, name, home, level string) *window {
	s.t.Helper()
	w := &window{t: s.t, name: name, screen: s, home: home}
	cmd := host.Command(context.Background(), program(s.t, ferry),
		"--config", w.config(), "--name", name, "--inbox", w.inbox(), "--log", level)
	cmd.Env = append(s.env(home), "FERRY_PROBE="+w.probe(), "FERRY_PROFILES="+w.profiles())
	cmd.Dir = home
	if filming() {
		if err := (netcore.Settings{Theme: netcore.ThemeLight}).Save(w.config()); err != nil {
			s.t.Fatal(err)
		}
	}
	for _, socket := range []string{w.probe(), w.profiles()} { // of an earlier run
		if err := os.Remove(socket); err != nil && !os.IsNotExist(err) {
			s.t.Fatal(err)
		}
	}
	w.proc = start(s.t, strings.ToLower(name), cmd)
	s.t.Cleanup(w.close)
	return w
}

func (w *window) config() string   { return filepath.Join(w.home, "ferry") }
func (w *window) profiles() string { return filepath.Join(w.home, "profiles") }
func (w *window) inbox() string    { return filepath.Join(w.home, "inbox") }
func (w *window) probe() string    { return filepath.Join(w.home, "probe") }

// place moves the window, so that no other covers it.
func (w *window) place(left int) {
	w.t.Helper()
	const top = 80
	eventually(w.t, "the X window", func() error {
		out, err := w.screen.output("xdotool", "search", "--onlyvisible", "--pid", strconv.Itoa(w.proc.cmd.Process.Pid))
		w.xid = strings.TrimSpace(out)
		if err == nil && len(strings.Fields(out)) != 1 {
			err = fmt.Errorf("windows: %q", out)
		}
		return err
	})
	w.screen.must("xdotool", "windowmove", w.xid, strconv.Itoa(left), strconv.Itoa(top))
	eventually(w.t, "the window's place", func() error {
		out, err := w.screen.output("xwininfo", "-id", w.xid)
		if err != nil {
			return err
		}
		w.origin = point{number(out, "Absolute upper-left X"), number(out, "Absolute upper-left Y")}
		// The frame is somewhere between.
		if dx, dy := w.origin.x-left, w.origin.y-top; dx < 0 || dx > 40 || dy < 0 || dy > 40 {
			return fmt.Errorf("at %v", w.origin)
		}
		return nil
	})
}

// number is the value of a line "key: 123" in text; a negative one if there is none.
func number(text, key string) int {
	_, rest, _ := strings.Cut(text, key+":")
	line, _, _ := strings.Cut(rest, "\n")
	n, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return -1
	}
	return n
}

// await polls until the window shows what is wanted, and it is where it was a
// moment before.
func (w *window) await(what string, wanted query) widget {
	w.t.Helper()
	var found, before widget
	eventually(w.t, w.name+"'s window: "+what, func() error {
		s, err := w.look()
		if err != nil {
			return err
		}
		before = found
		var ok bool
		if found, ok = s.find(wanted); !ok {
			return fmt.Errorf("it shows: %v", s)
		}
		if found.ID != before.ID || found.center() != before.center() {
			return errors.New("it moves")
		}
		return nil
	})
	return found
}

// awaitNo polls until the window does not show what is unwanted.
func (w *window) awaitNo(what string, unwanted query) {
	w.t.Helper()
	eventually(w.t, w.name+"'s window: no "+what, func() error {
		s, err := w.look()
		if err != nil {
			return err
		}
		if _, ok := s.find(unwanted); ok {
			return fmt.Errorf("it shows: %v", s)
		}
		return nil
	})
}

func (w *window) look() (scene, error) {
	if !w.proc.running() {
		w.t.Fatalf("%s's Ferry has ended: %v", w.name, w.proc.err)
	}
	return look(w.probe())
}

// click clicks on what is wanted, once it is there.
func (w *window) click(what string, wanted query) {
	w.t.Helper()
	w.screen.click(w.onScreen(w.await(what, wanted).center()))
}

// drop drags files onto a place in the window.
func (w *window) drop(p point, paths ...string) {
	w.t.Helper()
	w.screen.drag(w.onScreen(p), paths...)
}

func (w *window) onScreen(p point) point { return point{w.origin.x + p.x, w.origin.y + p.y} }

// close ends the program as the end of a session does. It must end in order and have
// logged no fault. Its log stays as an artefact.
func (w *window) close() {
	if w.t.Failed() {
		w.screen.shot("failed-" + strings.ToLower(w.name))
	}
	w.proc.quit(0)
	log, err := os.ReadFile(filepath.Join(w.home, "ferry/log/ferry.log"))
	if err == nil {
		err = os.WriteFile(artefact(w.t, w.proc.name+"-ferry.log"), log, 0o644)
	}
	if err != nil {
		w.t.Error(err)
	}
	stderr := w.proc.output()
	for _, fault := range faults {
		if bytes.Contains(log, []byte(fault)) || bytes.Contains(stderr, []byte(fault)) {
			w.t.Errorf("%s's Ferry logged %q: see %s", w.name, fault, artefact(w.t, w.proc.name+"*.log"))
		}
	}
}

// A desk is a screen with two windows on it, of two computers on one network
// that have found each other.
type desk struct {
	*screen
	lan       *lan.LAN
	anna, bob *window
	notices   *notices
}

const rightHalf = 960 // where Bob's window begins, at scale 1

func newDesk(t testing.TB) *desk {
	t.Helper()
	return newDeskAt(t, 1)
}

// newDeskAt makes a desk with windows that are larger by scale.
func newDeskAt(t testing.TB, scale float64) *desk {
	t.Helper()
	d := &desk{screen: newScreenAt(t, scale), lan: lan.New(t, 2)}
	d.bus = bustest.Start(t)
	d.notices = startNotices(t, d.bus)
	d.anna = open(d.screen, d.lan.Host(1), "Anna", shortDir(t), 10)
	d.openBob(shortDir(t))
	return d
}

// openBob opens Bob's window and waits until he and Anna see each other.
func (d *desk) openBob(home string) {
	d.t.Helper()
	d.bob = open(d.screen, d.lan.Host(2), "Bob", home, int(rightHalf*d.scale))
	d.anna.await("Bob's card", peer("Bob"))
	d.bob.await("Anna's card", peer("Anna"))
}

// send drags files onto Bob's card in Anna's window.
func (d *desk) send(paths ...string) {
	d.t.Helper()
	d.anna.drop(d.anna.await("Bob's card", peer("Bob")).center(), paths...)
}
