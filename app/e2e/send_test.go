//go:build linux

package e2e

import (
	"path/filepath"
	"testing"
)

// TestDragOntoPeer is what Ferry is for: drag, drop, accept, and all of it is
// there.
func TestDragOntoPeer(t *testing.T) {
	d := newDesk(t)
	if filming() {
		d.lan.Host(1).SetRate(filmRate)
	}
	stop := d.film()
	defer stop()
	d.shot("1-peers")
	outside := t.TempDir()
	d.send(writeParcel(t, outside)...)
	d.bob.await("the offer", id("offer", "Anna", "film.mkv", "album", "报告 50% 完成 #1.txt"))
	d.bob.await("Accept", id("offer.accept")) // it is not to be pressed in the first moment
	d.shot("2-offer")
	d.bob.click("Accept", id("offer.accept"))
	d.bob.await("the transfer", row("film.mkv"))
	d.shot("3-running")
	d.anna.await("sent", row("film.mkv and 2 more", "to Bob", "sent, 105 MB"))
	d.bob.await("received", row("film.mkv and 2 more", "from Anna", "received, 105 MB"))
	d.shot("4-done")
	sameTree(t, d.bob.inbox(), outside)
}

// TestDropBesideCards: a drop that is on no card asks for whom it is.
func TestDropBesideCards(t *testing.T) {
	d := newDesk(t)
	outside := t.TempDir()
	s, err := d.anna.look()
	if err != nil {
		t.Fatal(err)
	}
	d.anna.drop(point{int(s.Width) - 30, int(s.Height) - 60}, writeFile(t, filepath.Join(outside, "letter.txt"), 1000))
	d.anna.await("the chooser", chooser("Bob"))
	d.shot("chooser")
	d.anna.click("Send", id("chooser.send", "Send to Bob")) // he is the only one
	d.bob.click("Accept", id("offer.accept"))
	d.anna.await("sent", row("letter.txt", "to Bob", "sent, 1 kB"))
	d.bob.await("received", row("letter.txt", "from Anna", "received, 1 kB"))
	sameTree(t, d.bob.inbox(), outside)
}

// TestDecline: what Bob declines never reaches him, and both know.
func TestDecline(t *testing.T) {
	d := newDesk(t)
	d.send(writeParcel(t, t.TempDir())...)
	d.bob.await("the offer", id("offer", "Anna"))
	d.bob.click("Decline", id("offer.decline"))
	d.anna.await("declined", row("to Bob", "Bob declined"))
	d.bob.await("declined", row("from Anna", "you declined"))
	d.bob.awaitNo("offer", id("offer"))
	d.shot("declined")
	emptyInbox(t, d.bob)
}
