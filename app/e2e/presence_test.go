//go:build linux

package e2e

import "testing"

// TestPeerLeaves: a card is there as long as its computer is, however Ferry
// ends there, and again when it is back.
func TestPeerLeaves(t *testing.T) {
	d := newDesk(t)
	d.must("wmctrl", "-i", "-c", d.bob.xid) // as a taskbar closes a window
	d.bob.proc.wait(patience, 0)
	d.anna.awaitNo("card of Bob after he closed the window", peer("Bob"))
	d.shot("closed")

	d.openBob(d.bob.home)
	d.bob.proc.quit(0)
	d.anna.awaitNo("card of Bob after the end of his session", peer("Bob"))
}
