package netcore_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"ferry/netcore"
	"ferry/netcore/internal/store"
	"ferry/netcore/netcoretest"
)

// later starts a node with a clock that is ahead.
func later(by time.Duration) func(*netcore.Config, *netcoretest.Recorder) {
	return func(c *netcore.Config, _ *netcoretest.Recorder) {
		c.SetClock(func() time.Time { return time.Now().Add(by) })
	}
}

const day = 24 * time.Hour

// TestWaitingEndsOneDay leaves a transfer that its sender never goes on with: the receiver waits for 30 days.
func TestWaitingEndsOneDay(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob")
	id := anna.MustSend(t, anna.Meet(t, bob), bigFile(t))
	bob.WaitTransfer(t, "progress", moved(0))
	anna.Stop()
	bob.WaitTransfer(t, "the pause", pausedBy(netcore.ErrShutdown, true))
	bob.Stop()
	bob = restart(t, bob, later(29*day))
	bob.ClearOut()
	if list := bob.Transfers(); len(list) != 1 || list[0].State != netcore.Paused {
		t.Errorf("after 29 days: %v", list)
	}
	bob.Stop()
	bob = restart(t, bob, later(31*day))
	if got := bob.WaitFinal(t, id); got.State != netcore.Failed || !errors.Is(got.Err, netcore.ErrTimeout) || got.Err.Remote {
		t.Errorf("after 31 days: %v %v", got.State, got.Err)
	}
	anna = restart(t, anna)
	anna.Meet(t, bob)
	if got := anna.WaitFinal(t, id); got.State == netcore.Done || !got.Err.Remote {
		t.Errorf("the sender, who comes back after all: %v %v", got.State, got.Err)
	}
}

// TestNotAnsweredIsOfferedAgain starts either program anew while the receiver's person thinks: they are
// asked again, and what nobody has agreed to is forgotten.
func TestNotAnsweredIsOfferedAgain(t *testing.T) {
	for name, bySender := range map[string]bool{"sender": true, "receiver": false} {
		t.Run(name, func(t *testing.T) {
			anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
			to := anna.Meet(t, bob)
			first := anna.MustSend(t, to, oneFile(t, 10)) // so that the two know each other
			anna.WaitFinal(t, first)
			bob.WaitFinal(t, first)
			bob.Stop()
			thinks := func(ctx context.Context, _ netcore.Offer) netcore.Answer {
				<-ctx.Done()
				return netcore.Answer{}
			}
			bob = restart(t, bob, answering(thinks))
			anna.Meet(t, bob)
			file := oneFile(t, 1000)
			id := anna.MustSend(t, to, file)
			bob.WaitTransfer(t, "the offer", func(tr netcore.Transfer) bool { return tr.ID == id && tr.State == netcore.Offered })
			if bySender {
				anna.Stop()
				if got := bob.WaitFinal(t, id); got.State != netcore.Cancelled || !got.Err.Remote {
					t.Errorf("the receiver: %v %v", got.State, got.Err)
				}
				if list := bob.Transfers(); slices.ContainsFunc(list, func(tr netcore.Transfer) bool { return tr.ID == id }) {
					t.Errorf("not forgotten: %v", list)
				}
				anna = restart(t, anna)
				anna.Meet(t, bob)
				bob.WaitTransfer(t, "the offer, once more", offeredAgain(id))
			}
			bob.Stop()
			bob = restart(t, bob)
			if list := past(t, bob, netcore.Query{}); len(list) != 1 {
				t.Errorf("in the history: %q", list)
			}
			anna.Meet(t, bob)
			if got := anna.WaitFinal(t, id); got.State != netcore.Done {
				t.Errorf("%v %v", got.State, got.Err)
			}
		})
	}
}

// offeredAgain waits for an offer after the end of the one before.
func offeredAgain(id netcore.TransferID) func(netcore.Transfer) bool {
	ended := false
	return func(tr netcore.Transfer) bool {
		if tr.ID == id {
			ended = ended || tr.State.Final()
		}
		return ended && tr.ID == id && tr.State == netcore.Offered
	}
}

// TestKilledWithAllThere ends the receiver between the last file and the end of the transfer: the
// record has where all went.
func TestKilledWithAllThere(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	netcoretest.Tree{"file.bin": "taken"}.Write(t, bob.Inbox())
	id := anna.MustSend(t, anna.Meet(t, bob), oneFile(t, 100))
	want := bob.WaitFinal(t, id)
	bob.Stop()
	rewrite(t, bob, id, func(kept *store.Transfer) {
		kept.Ended = time.Time{}
		kept.Body = bytes.Replace(kept.Body, []byte(`"state":"done"`), []byte(`"state":"running"`), 1)
	})
	got := restart(t, bob).WaitFinal(t, id)
	if !slices.Equal(got.Paths, want.Paths) || !slices.Equal(got.Renamed, want.Renamed) || len(got.Renamed) != 1 {
		t.Errorf("paths %q, renamed %v; want %q and %v", got.Paths, got.Renamed, want.Paths, want.Renamed)
	}
}
