package netcore_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

// TestBothSidesAtOnce has two people pause and go on, at the same time, while the connection breaks: whatever the order,
// it is over when both want it to go on.
func TestBothSidesAtOnce(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			file := bigFile(t)
			anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob")
			cable := netcoretest.NewRelay(t, bob.Addr())
			peer, err := anna.Connect(t.Context(), cable.Addr())
			if err != nil {
				t.Fatal(err)
			}
			id := anna.MustSend(t, peer.ID, file)
			bob.WaitTransfer(t, "progress", moved(0))
			t.Run("people", func(t *testing.T) {
				for i, h := range []*netcoretest.Host{anna, bob} {
					t.Run(h.Self().Name, func(t *testing.T) {
						t.Parallel()
						dice := rand.New(rand.NewPCG(seed, uint64(i)))
						for range 12 {
							fiddle(t, h, id, dice, cable)
						}
					})
				}
			})
			anna.Resume(id)
			bob.Resume(id)
			arrivedWhole(t, anna, bob, id, file)
		})
	}
}

// fiddle pauses and goes on, in the one moment or the other.
func fiddle(t *testing.T, h *netcoretest.Host, id netcore.TransferID, dice *rand.Rand, cable *netcoretest.Relay) {
	in := func(states ...netcore.State) func() bool {
		return func() bool {
			return slices.ContainsFunc(h.Transfers(), func(tr netcore.Transfer) bool { return tr.ID == id && slices.Contains(states, tr.State) })
		}
	}
	if dice.IntN(4) == 0 {
		cable.Cut()
	}
	h.Pause(id)
	if dice.IntN(2) == 0 {
		netcoretest.Eventually(t, "the pause", in(netcore.Paused, netcore.Done))
	}
	h.Resume(id)
}
