//go:build linux

package e2e

import (
	"path/filepath"
	"regexp"
	"testing"
)

// slow is a network on which the large file takes a quarter of a minute, in
// megabits per second: time enough to change one's mind.
const slow = 50

// TestSenderCancels: stopped half way, nothing is under its final name, and
// both windows say who stopped it.
func TestSenderCancels(t *testing.T) {
	d := newDesk(t)
	d.startSlowly()
	transfer := d.anna.await("progress", halfWay)
	d.shot("half-way")
	d.anna.click("Cancel", cancelOf(transfer))
	d.anna.await("cancelled", row("to Bob", "you cancelled"))
	d.bob.await("cancelled by Anna", row("from Anna", "Anna cancelled"))
	d.shot("cancelled")
	emptyInbox(t, d.bob)
}

// TestReceiverCancels is the same from the other side.
func TestReceiverCancels(t *testing.T) {
	d := newDesk(t)
	d.startSlowly()
	transfer := d.bob.await("progress", halfWay)
	d.shot("half-way")
	d.bob.click("Cancel", cancelOf(transfer))
	d.bob.await("cancelled", row("from Anna", "you cancelled"))
	d.anna.await("cancelled by Bob", row("to Bob", "Bob cancelled"))
	d.shot("cancelled")
	emptyInbox(t, d.bob)
}

// startSlowly gets a large file on its way over a slow network.
func (d *desk) startSlowly() {
	d.t.Helper()
	d.lan.Host(1).SetRate(slow)
	d.send(writeFile(d.t, filepath.Join(d.t.TempDir(), "film.mkv"), 100*megabyte))
	d.bob.click("Accept", id("offer.accept"))
}

var megabytesDone = regexp.MustCompile(`\b[3-9]\d(\.\d)? of 100 MB`)

// halfWay is the row of a transfer of 100 MB of which thirty or more are there.
func halfWay(w widget) bool { return row()(w) && megabytesDone.MatchString(w.Text) }

// cancelOf is the button that cancels a row's transfer.
func cancelOf(row widget) query { return id(row.ID + ".cancel") }
