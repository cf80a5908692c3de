//go:build linux

package e2e

import (
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestTextIsPasted: what was copied elsewhere is pasted into Anna's window, and can be copied from Bob's.
func TestTextIsPasted(t *testing.T) {
	d := newDesk(t)
	const text = "https://example.org/?a=1&b=%20\n你好 Bob"
	d.copied(text)
	d.anna.press("ctrl+v")
	d.anna.await("the chooser", id("chooser.send", "Send to Bob")) // he is the only one
	d.anna.press("Return")
	d.bob.click("Accept", id("offer.accept"))
	d.anna.await("sent", row("to Bob", "sent"))
	received := d.bob.await("received", row("from Anna", "received"))
	d.bob.click("Details", id(received.ID+".details"))
	d.bob.click("Copy text", called("sheet.", "Copy text"))
	eventually(t, "the text on the clipboard", func() error {
		got, err := d.output("/usr/bin/python3", "testdata/clip.py")
		if err == nil && got != text {
			err = fmt.Errorf("there is %q", got)
		}
		return err
	})
	d.shot("copied")
}

// TestWithoutAMouse: a file that was copied in a file manager is pasted, for whom is chosen, and the offer declined,
// all by keys; it is pasted again and accepted; and what has ended is cleared.
func TestWithoutAMouse(t *testing.T) {
	d := newDesk(t)
	outside := t.TempDir()
	d.copied(writeFile(t, filepath.Join(outside, "报告 letter.txt"), 1000))
	toBob := id("chooser.send", "Send to Bob")
	d.anna.press("ctrl+v")
	d.anna.await("the chooser", toBob)
	d.anna.press("Tab") // to Bob's card
	d.anna.press("space")
	d.anna.awaitNo("way to send to nobody", id("chooser.send"))
	d.anna.press("space")
	d.anna.await("Bob chosen", toBob)
	d.shot("chosen")
	d.anna.press("Tab", "Tab", "Return") // to "Cancel", to "Send"
	d.bob.await("the offer", id("offer.decline"))
	d.bob.press("Escape")
	d.bob.await("declined", row("letter.txt", "you declined"))
	d.anna.await("declined", row("letter.txt", "Bob declined"))
	emptyInbox(t, d.bob)

	d.anna.press("ctrl+v")
	d.anna.await("the chooser again", toBob)
	d.anna.press("Return")
	d.bob.await("the offer", id("offer.accept"))
	d.bob.press("Return")
	d.bob.await("received", row("letter.txt", "from Anna", "received"))
	d.anna.await("sent", row("letter.txt", "to Bob", "sent"))
	sameTree(t, d.bob.inbox(), outside)

	d.anna.press("shift+Tab") // to the rows, which are the last
	d.anna.press("Delete", "Delete")
	d.anna.awaitNo("rows", row())
	d.shot("cleared")
}

// TestQuitWhileSomethingMoves: the window asks. Esc stays; Enter lets what moves come to its end, and then quits.
func TestQuitWhileSomethingMoves(t *testing.T) {
	d := newDesk(t)
	d.startSlowly()
	d.anna.await("progress", halfWay)
	d.must("wmctrl", "-i", "-c", d.anna.xid)
	d.anna.await("the question", id("sheet", "1 transfer is still on its way"))
	d.shot("asked")
	d.anna.press("Escape")
	d.anna.awaitNo("question after Esc", id("sheet"))
	d.must("wmctrl", "-i", "-c", d.anna.xid)
	d.anna.await("the question again", id("sheet", "1 transfer is still on its way"))
	d.anna.press("Return")
	d.anna.await("that it waits", id("toast"))
	d.lan.Host(1).SetRate(1000)
	d.anna.proc.wait(patience, 0)
	d.bob.await("received", row("from Anna", "received, 100 MB"))
}

// press presses keys, one after the other, in the window.
func (w *window) press(keys ...string) {
	w.t.Helper()
	w.screen.must("xdotool", append([]string{"windowactivate", "--sync", w.xid, "key", "--delay", "50"}, keys...)...)
}

// copied is another program in which text was copied.
func (s *screen) copied(text string) {
	s.t.Helper()
	cmd := s.command(exec.Command("/usr/bin/python3", "testdata/clip.py", text))
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	clip := start(s.t, "clip", cmd)
	if _, err := io.ReadFull(out, make([]byte, len("ready\n"))); err != nil {
		s.t.Fatalf("no clipboard: %v: %s", err, clip.output())
	}
}
