//go:build linux

package e2e

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A hand drags files, and holds them.
type hand struct {
	t    testing.TB
	proc *process
	in   io.WriteCloser
	out  *bufio.Reader
}

// hold drags files to p and holds them there, until it is told otherwise.
func (s *screen) hold(p point, paths ...string) *hand {
	s.t.Helper()
	args := []string{"testdata/drag.py", "--led", strconv.Itoa(p.x), strconv.Itoa(p.y)}
	cmd := s.command(exec.Command("/usr/bin/python3", append(args, paths...)...))
	in, err := cmd.StdinPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	out, told, err := os.Pipe() // the command's own would be closed by Wait
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { out.Close() })
	cmd.Stdout = told
	h := &hand{t: s.t, in: in, out: bufio.NewReader(out)}
	h.proc = start(s.t, "drag", cmd)
	told.Close() // so that reading ends if the hand does
	h.there()
	return h
}

// there waits until the hand has done what it was told.
func (h *hand) there() {
	h.t.Helper()
	if line, err := h.out.ReadString('\n'); strings.TrimSpace(line) != "there" {
		h.t.Fatalf("the hand says %q, %v: %s", line, err, h.proc.output())
	}
}

func (h *hand) tell(what string) {
	h.t.Helper()
	if _, err := fmt.Fprintln(h.in, what); err != nil {
		h.t.Fatal(err)
	}
}

// move carries the files on to p.
func (h *hand) move(p point) {
	h.t.Helper()
	h.tell(fmt.Sprintf("move %d %d", p.x, p.y))
	h.there()
}

// drop lets go. code is 0 if somebody takes the files there.
func (h *hand) drop(code int) {
	h.t.Helper()
	h.tell("drop")
	h.proc.wait(patience, code)
}

// TestCardLightsUp: while files are dragged over Bob's card, it says what a drop would do, and neither before nor
// after.
func TestCardLightsUp(t *testing.T) {
	d := newDesk(t)
	file := writeFile(t, filepath.Join(t.TempDir(), "letter.txt"), 1000)
	card := d.anna.await("Bob's card", peer("Bob"))
	onCard := d.anna.onScreen(card.center())
	lit := id("drop", "Release to send to Bob")

	h := d.hold(onCard, file)
	light := d.anna.await("a light", lit)
	if light.center() != card.center() {
		t.Errorf("it is at %v, not on Bob's card at %v", light.center(), card.center())
	}
	d.shot("1-card")
	h.move(d.anna.onScreen(point{600, 400}))
	d.anna.await("what a drop there does", id("drop", "Release to choose who gets it"))
	d.shot("2-beside")
	h.move(point{940, 990}) // between the windows
	d.anna.awaitNo("light after the drag has left", id("drop"))
	h.move(onCard)
	d.anna.await("a light again", lit)
	h.drop(0)
	d.anna.awaitNo("light after the drop", id("drop"))
	d.anna.await("the transfer", row("letter.txt", "Bob"))
	d.shot("3-after")
}

// TestLeavingTheWindow: what the pointer lights up does not stay lit when the pointer leaves the window without coming by
// anything else.
func TestLeavingTheWindow(t *testing.T) {
	d := newDesk(t)
	settings := d.anna.onScreen(d.anna.await("the settings", id("button.settings")).center())
	d.anna.await("Bob's card", peer("Bob"))
	move := func(p point) { d.must("xdotool", "mousemove", strconv.Itoa(p.x), strconv.Itoa(p.y)) }
	move(settings)
	d.anna.await("what the button does", id("tip"))
	move(point{940, 990}) // between the windows
	d.anna.awaitNo("tip after the pointer has left", id("tip"))
	move(settings)
	d.anna.await("what the button does, again", id("tip"))
}

// TestEscapeEndsTheLight: who thinks better of it presses Escape, with the button still down.
func TestEscapeEndsTheLight(t *testing.T) {
	d := newDesk(t)
	file := writeFile(t, filepath.Join(t.TempDir(), "letter.txt"), 1000)
	h := d.hold(d.anna.onScreen(d.anna.await("Bob's card", peer("Bob")).center()), file)
	d.anna.await("a light", id("drop"))
	h.tell("key Escape")
	h.there()
	d.anna.awaitNo("light after Escape", id("drop"))
	h.drop(1)
}
