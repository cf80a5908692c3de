//go:build linux

package e2e

import (
	"path/filepath"
	"testing"
)

// TestCablePulled: half way, Bob's computer loses its network. Both windows
// say whom they wait for; when the cable is back, the file arrives whole
// without anybody's doing.
func TestCablePulled(t *testing.T) {
	d := newDesk(t)
	outside := t.TempDir()
	d.lan.Host(1).SetRate(slow)
	d.send(writeFile(t, filepath.Join(outside, "film.mkv"), 100*megabyte))
	d.bob.click("Accept", id("offer.accept"))
	d.anna.await("progress", halfWay)
	d.lan.Host(2).SetCable(false)
	d.anna.await("waiting for Bob", row("to Bob", "of 100 MB", "waiting for Bob to come back"))
	d.bob.await("waiting for Anna", row("from Anna", "of 100 MB", "waiting for Anna to come back"))
	d.shot("waiting")
	emptyInbox(t, d.bob)
	d.lan.Host(2).SetCable(true)
	d.anna.await("sent", row("to Bob", "sent, 100 MB", "were there already"))
	d.bob.await("received", row("from Anna", "received, 100 MB", "were there already"))
	d.shot("received")
	sameTree(t, d.bob.inbox(), outside)
}
