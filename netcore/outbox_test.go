package netcore_test

import (
	"errors"
	"slices"
	"testing"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

func waiting(tr netcore.Transfer) bool {
	return tr.State == netcore.Queued && tr.Err != nil && errors.Is(tr.Err, netcore.ErrOffline)
}

// TestOutbox sends to a known peer that is away: what is sent waits, also over a restart, and is
// offered by itself when the peer is back.
func TestOutbox(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	to := anna.Meet(t, bob) // by hand: from then on it is known
	bob.Stop()
	anna.Wait(t, "Bob's end", func(e netcore.Event) bool {
		p, ok := e.(netcore.PeerChanged)
		return ok && p.Peer.ID == to && !p.Peer.Online
	})
	kept, dropped := anna.MustSend(t, to, oneFile(t, 1000)), anna.MustSend(t, to, oneFile(t, 1001))
	anna.WaitTransfer(t, "the wait of one", func(tr netcore.Transfer) bool { return tr.ID == kept && waiting(tr) })
	anna.WaitTransfer(t, "the wait of the other", func(tr netcore.Transfer) bool { return tr.ID == dropped && waiting(tr) })
	anna.Cancel(dropped, netcore.KeepNothing)
	if got := anna.WaitFinal(t, dropped); got.State != netcore.Cancelled {
		t.Errorf("%v %v", got.State, got.Err)
	}
	wantUnderway(t, anna, kept)
	anna.Stop()

	anna = restart(t, anna)
	wantUnderway(t, anna, kept)
	if known := anna.Known(); len(known) != 1 || known[0].ID != to || known[0].Name != "Bob" || known[0].Online || known[0].Seen.IsZero() {
		t.Errorf("known: %+v", known)
	}
	anna.WaitTransfer(t, "the wait, remembered", func(tr netcore.Transfer) bool { return tr.ID == kept && waiting(tr) })
	bob = restart(t, bob)
	anna.Meet(t, bob)
	if got := bob.WaitFinal(t, kept); got.State != netcore.Done {
		t.Errorf("%v %v", got.State, got.Err)
	}
	if got := anna.WaitFinal(t, kept); got.State != netcore.Done || got.Err != nil {
		t.Errorf("%v %v", got.State, got.Err)
	}
	wantUnderway(t, anna)
}

// wantUnderway fails unless these transfers have not ended, and no others.
func wantUnderway(t *testing.T, h *netcoretest.Host, want ...netcore.TransferID) {
	t.Helper()
	list, err := h.Underway()
	var got []netcore.TransferID
	for _, tr := range list {
		got = append(got, tr.ID)
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("under way are %v (%v), want %v", got, err, want)
	}
}

// TestStrangersAreNotWaitedFor: what is sent to a device that nobody knows fails if it is not there.
func TestStrangersAreNotWaitedFor(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	id := anna.MustSend(t, bob.Self().ID, oneFile(t, 10))
	if got := anna.WaitFinal(t, id); got.State != netcore.Failed || !errors.Is(got.Err, netcore.ErrOffline) {
		t.Errorf("%v %v", got.State, got.Err)
	}
}

// TestForget: a peer that is forgotten is a stranger again.
func TestForget(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	to := anna.Meet(t, bob)
	anna.Forget(to)
	anna.Stop()
	if known := restart(t, anna).Known(); len(known) != 0 {
		t.Errorf("known: %+v", known)
	}
}
