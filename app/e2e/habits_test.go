//go:build linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/godbus/dbus/v5"

	"ferry/app/bus/bustest"
)

// TestPauseAndGoOn: Anna pauses half way, both windows say so, and what she lets go on arrives whole.
func TestPauseAndGoOn(t *testing.T) {
	d := newDesk(t)
	d.startSlowly()
	transfer := d.anna.await("progress", halfWay)
	d.anna.click("Pause", id(transfer.ID+".pause"))
	d.anna.await("paused", row("to Bob", "paused"))
	d.bob.await("paused by Anna", row("from Anna", "paused by Anna"))
	d.shot("paused")
	emptyInbox(t, d.bob)
	d.lan.Host(1).SetRate(1000)
	d.anna.click("Go on", id(transfer.ID+".resume"))
	d.anna.await("sent", row("to Bob", "sent, 100 MB"))
	d.bob.await("received", row("from Anna", "received, 100 MB"))
}

// TestDropOnADeviceThatIsAway: what is dropped on a dimmed card goes when its computer is back.
func TestDropOnADeviceThatIsAway(t *testing.T) {
	d := newDesk(t)
	outside := t.TempDir()
	d.send(writeFile(t, filepath.Join(outside, "first.txt"), 1000))
	d.bob.click("Accept", id("offer.accept"))
	d.anna.await("sent", row("first.txt", "sent"))
	d.must("wmctrl", "-i", "-c", d.bob.xid)
	d.bob.proc.wait(patience, 0)
	off := d.anna.onScreen(point{500, 400}) // the card; under the mouse it says what a drop would do
	d.must("xdotool", "mousemove", strconv.Itoa(off.x), strconv.Itoa(off.y))
	d.anna.await("Bob's dimmed card", called("seen:", "last seen"))
	d.send(writeFile(t, filepath.Join(outside, "later.txt"), 2000))
	d.anna.await("in the outbox", row("later.txt", "Bob"))
	d.shot("outbox")
	d.openBob(d.bob.home)
	d.bob.click("Accept", id("offer.accept"))
	d.anna.await("sent after all", row("later.txt", "sent"))
	sameTree(t, d.bob.inbox(), outside)
}

// TestDragAtALargerScale: on a screen of many dots, a drop still hits the card that it is seen on.
func TestDragAtALargerScale(t *testing.T) {
	d := newDeskAt(t, 1.5)
	outside := t.TempDir()
	d.send(writeFile(t, filepath.Join(outside, "plan.pdf"), 5000))
	d.bob.await("Accept", id("offer.accept"))
	d.shot("offer")
	d.bob.click("Accept", id("offer.accept"))
	d.anna.await("sent", row("plan.pdf", "to Bob", "sent"))
	sameTree(t, d.bob.inbox(), outside)
}

// TestRetryFailed: one of two files cannot be read when it is its turn. It is told of, and once it can be read, "Retry
// failed" sends only that.
func TestRetryFailed(t *testing.T) {
	d := newDesk(t)
	outside := t.TempDir()
	d.lan.Host(1).SetRate(slow)
	film := writeFile(t, filepath.Join(outside, "film.mkv"), 100*megabyte)
	letter := writeFile(t, filepath.Join(outside, "letter.txt"), 1000)
	d.send(film, letter)
	d.bob.click("Accept", id("offer.accept"))
	d.anna.await("progress", row("to Bob", "of 100 MB"))
	hidden := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.Rename(letter, hidden); err != nil {
		t.Fatal(err)
	}
	d.lan.Host(1).SetRate(1000)
	failed := d.anna.await("one failed", row("film.mkv", "1 of 2 could not be sent"))
	d.shot("failed")
	if err := os.Rename(hidden, letter); err != nil {
		t.Fatal(err)
	}
	d.anna.click("Retry failed", id(failed.ID+".retry"))
	d.bob.click("Accept", id("offer.accept"))
	d.bob.await("the rest", row("from Anna", "received, 1 kB"))
	sameTree(t, d.bob.inbox(), outside)
}

// TestNoticeAccepts: Bob looks at another window. The desktop shows him who wants to send what, and its button accepts.
func TestNoticeAccepts(t *testing.T) {
	d := newDesk(t)
	outside := t.TempDir()
	d.must("xdotool", "windowactivate", "--sync", d.anna.xid)
	d.send(writeFile(t, filepath.Join(outside, "plan.pdf"), 5000))
	shown := within(t, "a notice", d.notices.shown)
	if shown.text == "" || len(shown.actions) == 0 {
		t.Errorf("the notice is %+v", shown)
	}
	d.bob.await("the offer", id("offer", "plan.pdf"))
	d.notices.choose(t, "accept")
	d.anna.await("sent", row("plan.pdf", "to Bob", "sent"))
	sameTree(t, d.bob.inbox(), outside)
}

// notices play a desktop's notification server.
type notices struct {
	conn  *dbus.Conn
	shown chan notice
}

type notice struct {
	text    string
	actions []string
}

const (
	notifier       = "org.freedesktop.Notifications"
	notifierPath   = dbus.ObjectPath("/org/freedesktop/Notifications")
	onlyNotice     = uint32(7)
	noticesAtATime = 10
)

func startNotices(t testing.TB, address string) *notices {
	t.Helper()
	n := &notices{shown: make(chan notice, noticesAtATime)}
	n.conn = bustest.Own(t, address, notifier, n, notifierPath, notifier)
	return n
}

// GetCapabilities is called by those who want to show something, as are the next ones.
func (n *notices) GetCapabilities() ([]string, *dbus.Error) { return []string{"actions"}, nil }

// Notify shows a notice.
func (n *notices) Notify(_ string, _ uint32, _, title, text string, actions []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	n.shown <- notice{fmt.Sprint(title, ": ", text), actions}
	return onlyNotice, nil
}

// CloseNotification takes a notice away.
func (n *notices) CloseNotification(uint32) *dbus.Error { return nil }

// choose is a click on a button of the notice.
func (n *notices) choose(t testing.TB, action string) {
	t.Helper()
	if err := n.conn.Emit(notifierPath, notifier+".ActionInvoked", onlyNotice, action); err != nil {
		t.Fatal(err)
	}
}
