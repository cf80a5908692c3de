package netcore_test

import (
	"testing"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

// TestBlockedWhileAway blocks a peer by a command while the program with a transfer of its is closed: that is over, also
// once the peer is let in again.
func TestBlockedWhileAway(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob")
	id := anna.MustSend(t, anna.Meet(t, bob), oneFile(t, bigSize))
	bob.WaitTransfer(t, "the beginning", moved(0))
	bob.Stop()
	command := beside(t, bob)
	command.Block(anna.Self().ID)
	command.Stop()
	bob = restart(t, bob)
	if got := bob.WaitFinal(t, id); got.State != netcore.Cancelled {
		t.Errorf("it is %v, %v", got.State, got.Err)
	}
	bob.Unblock(anna.Self().ID)
	if got := anna.WaitFinal(t, id); got.State == netcore.Done {
		t.Error("it has arrived all the same")
	}
}
