package netcore_test

import (
	"context"
	"path/filepath"
	"testing"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

// TestDealings counts what was done, and not what was declined; and an offer says how fast the last one came.
func TestDealings(t *testing.T) {
	anna := netcoretest.Start(t, "Anna")
	speeds, yes := make(chan float64, 3), true
	bob := netcoretest.Start(t, "Bob", answering(func(_ context.Context, o netcore.Offer) netcore.Answer {
		speeds <- o.Speed
		return netcore.Answer{Accept: yes}
	}))
	src, peer := t.TempDir(), anna.Meet(t, bob)
	netcoretest.RandomFile(t, filepath.Join(src, "film"), 5<<20, 1)
	anna.SetLimits(netcore.Limits{Upload: 2 << 20})
	send := func() {
		id := anna.MustSend(t, peer, filepath.Join(src, "film"))
		anna.WaitFinal(t, id)
		bob.WaitFinal(t, id)
	}
	send()
	if got := <-speeds; got != 0 {
		t.Errorf("the first offer is expected to come at %v bytes a second", got)
	}
	yes = false
	send()
	if got := <-speeds; got <= 0 || got > 8<<20 {
		t.Errorf("after one at 2 MiB a second, %v bytes a second are expected", got)
	}
	for h, want := range map[*netcoretest.Host]netcore.Dealings{anna: {Sent: 1}, bob: {Received: 1}} {
		other := anna
		if h == anna {
			other = bob
		}
		if got, err := h.Dealings(other.Self().ID); err != nil || got != want {
			t.Errorf("%s: %+v (%v), want %+v", h.Self().Name, got, err, want)
		}
		p, ok := peerAt(h, other.Self().ID)
		if !ok || p.Met.IsZero() {
			t.Errorf("%s does not know since when it knows %s", h.Self().Name, other.Self().Name)
		}
	}
}

func peerAt(h *netcoretest.Host, id netcore.PeerID) (netcore.Peer, bool) {
	for _, p := range h.Known() {
		if p.ID == id {
			return p, true
		}
	}
	return netcore.Peer{}, false
}
