package netcore_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

// lost is how much of what was sent an interruption may cost.
const lost = 8 << 20

// counting answers yes, and counts how often.
func counting(asked *atomic.Int32) func(*netcore.Config, *netcoretest.Recorder) {
	return answering(func(context.Context, netcore.Offer) netcore.Answer {
		asked.Add(1)
		return netcore.Answer{Accept: true}
	})
}

// restart starts a host anew after it was stopped.
func restart(t *testing.T, h *netcoretest.Host, adjust ...func(*netcore.Config, *netcoretest.Recorder)) *netcoretest.Host {
	t.Helper()
	return netcoretest.Start(t, h.Self().Name, append(adjust, func(c *netcore.Config, _ *netcoretest.Recorder) {
		c.Dir, c.Inbox = h.Dir, h.Inbox()
	})...)
}

func moved(n int64) func(netcore.Transfer) bool {
	return func(tr netcore.Transfer) bool { return tr.State == netcore.Running && tr.DoneBytes > n }
}

func pausedBy(kind error, remote bool) func(netcore.Transfer) bool {
	return func(tr netcore.Transfer) bool {
		return tr.State == netcore.Paused && errors.Is(tr.Err, kind) && tr.Err.Remote == remote
	}
}

// arrivedWhole fails the test unless the transfer is done at both ends, with the
// same receipt, after it went on from found bytes.
func arrivedWhole(t *testing.T, from, to *netcoretest.Host, id netcore.TransferID, file string) (sent, got netcore.Transfer) {
	t.Helper()
	sent, got = from.WaitFinal(t, id), to.WaitFinal(t, id)
	if sent.State != netcore.Done || got.State != netcore.Done || sent.Err != nil || got.Err != nil || got.DoneFiles != 1 {
		t.Fatalf("sender: %v %v, receiver: %v %v", sent.State, sent.Err, got.State, got.Err)
	}
	if sent.Receipt == nil || got.Receipt == nil || string(sent.Receipt.Root) != string(got.Receipt.Root) ||
		sent.Receipt.Files != 1 || got.Receipt.Files != 1 {
		t.Errorf("receipts: %+v and %+v", sent.Receipt, got.Receipt)
	}
	want, have := netcoretest.Snapshot(t, filepath.Dir(file)), arrived(t, to)
	if !slices.Equal(want, have) {
		t.Errorf("%q arrived, want %q", have, want)
	}
	return sent, got
}

// TestGoesOnAfterACut cuts the connection in mid-file, three times: the transfer
// goes on by itself, nobody is asked again, and what had arrived is not sent a
// second time.
func TestGoesOnAfterACut(t *testing.T) {
	file := bigFile(t)
	var asked atomic.Int32
	bob := netcoretest.Start(t, "Bob", counting(&asked))
	anna := netcoretest.Start(t, "Anna", slowly)
	cable := netcoretest.NewRelay(t, bob.Addr())
	peer, err := anna.Connect(t.Context(), cable.Addr())
	if err != nil {
		t.Fatal(err)
	}
	id := anna.MustSend(t, peer.ID, file)
	at := int64(0)
	for range 3 {
		at = bob.WaitTransfer(t, "progress", moved(at+lost)).DoneBytes
		cable.Cut()
	}
	_, got := arrivedWhole(t, anna, bob, id, file)
	if got.Found < at-lost || got.Found >= bigSize {
		t.Errorf("found %d bytes, %d had arrived before the last cut", got.Found, at)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	for _, h := range []*netcoretest.Host{anna, bob} {
		h.WaitTransfer(t, "a pause", pausedBy(netcore.ErrLost, false))
	}
}

// TestGoesOnAfterARestart ends one of the two programs in mid-file, or both:
// when they are back, the transfer goes on by itself, where it was, and nobody is asked again.
func TestGoesOnAfterARestart(t *testing.T) {
	for name, ends := range map[string]struct{ sender, receiver bool }{
		"sender":   {sender: true},
		"receiver": {receiver: true},
		"both":     {true, true},
	} {
		t.Run(name, func(t *testing.T) {
			file := bigFile(t)
			var asked atomic.Int32
			anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob", counting(&asked))
			id := anna.MustSend(t, anna.Meet(t, bob), file)
			at := bob.WaitTransfer(t, "progress", moved(2*lost)).DoneBytes
			if ends.receiver {
				bob.Stop()
				anna.WaitTransfer(t, "the pause", func(tr netcore.Transfer) bool { return tr.State == netcore.Paused })
				if a := arrived(t, bob); len(a) > 0 {
					t.Fatalf("half a file has a final name: %q", a)
				}
				bob = restart(t, bob, counting(&asked))
			}
			if ends.sender {
				anna.Stop()
				bob.WaitTransfer(t, "the pause", func(tr netcore.Transfer) bool { return tr.State == netcore.Paused })
				anna = restart(t, anna)
			}
			anna.Meet(t, bob)
			_, got := arrivedWhole(t, anna, bob, id, file)
			if got.Found < at-lost || got.Found >= bigSize {
				t.Errorf("found %d bytes, %d had arrived before", got.Found, at)
			}
			if n := asked.Load(); n != 1 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// TestOfferedBeforeEarlierRunsAreKnown lets a sender be faster than the receiver that has just been started: its
// offer waits until the receiver knows what it had, and is not refused.
func TestOfferedBeforeEarlierRunsAreKnown(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob")
	id := anna.MustSend(t, anna.Meet(t, bob), bigFile(t))
	bob.WaitTransfer(t, "progress", moved(0))
	bob.Stop()
	node, err := netcore.New(netcore.Config{Dir: bob.Dir, Name: "Bob", Inbox: bob.Inbox(), Listen: "127.0.0.1:0", Handler: new(netcoretest.Recorder)})
	if err != nil {
		t.Fatal(err)
	}
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	if has, err := node.Recall(impatient, id); has || !errors.Is(err, context.Canceled) {
		t.Errorf("before it runs: %v, %v", has, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- node.Run(ctx) }()
	if has, err := node.Recall(ctx, id); !has || err != nil {
		t.Errorf("it has it: %v, %v", has, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestTheSameCommandGoesOn ends a command that sends, as the end of its session would; given
// again, it goes on with the same transfer.
func TestTheSameCommandGoesOn(t *testing.T) {
	file := bigFile(t)
	var asked atomic.Int32
	bob := netcoretest.Start(t, "Bob", counting(&asked))
	command := func(c *netcore.Config, _ *netcoretest.Recorder) { c.Hidden, c.Listen = true, "" }
	first := netcoretest.Start(t, "Anna", slowly, command)
	id := first.MustSend(t, first.Meet(t, bob), file)
	bob.WaitTransfer(t, "progress", moved(lost))
	first.Stop()
	bob.WaitTransfer(t, "the pause", pausedBy(netcore.ErrShutdown, true))

	second := restart(t, first, command)
	if _, ok := second.Continue(t.Context(), "Bob", []string{t.TempDir()}); ok {
		t.Error("goes on with what was never sent")
	}
	other := second.MustSend(t, second.Meet(t, bob), oneFile(t, 10))
	if got := second.WaitFinal(t, other); got.State != netcore.Done || other == id {
		t.Errorf("another file: %v %v", got.State, got.Err)
	}
	if err := os.Remove(filepath.Join(bob.Inbox(), "file.bin")); err != nil {
		t.Fatal(err)
	}
	if again := second.MustSend(t, bob.Self().ID, file); again != id {
		t.Errorf("transfer %v, want %v to go on", again, id)
	}
	arrivedWhole(t, second, bob, id, file)
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times about two transfers", n)
	}
}

// TestGoesOnBeforeThePeerIsBack: a command goes on with what it has left also while nobody answers.
func TestGoesOnBeforeThePeerIsBack(t *testing.T) {
	file := bigFile(t)
	bob := netcoretest.Start(t, "Bob")
	command := func(c *netcore.Config, _ *netcoretest.Recorder) { c.Hidden, c.Listen = true, "" }
	anna := netcoretest.Start(t, "Anna", slowly, command)
	id := anna.MustSend(t, anna.Meet(t, bob), file)
	bob.WaitTransfer(t, "progress", moved(lost))
	anna.Stop()
	at := bob.Addr().String()
	bob.Stop()
	for _, query := range []string{"bob", bob.Self().ID.String(), bob.Self().ID.String()[:12], at} {
		again := restart(t, anna, command)
		got, ok := again.Continue(t.Context(), query, []string{file})
		if !ok || got != id {
			t.Errorf("%s: %v %v", query, got, ok)
		}
		again.Stop()
	}
	again := restart(t, anna, command)
	if _, ok := again.Continue(t.Context(), "Carl", []string{file}); ok {
		t.Error("goes on to somebody else")
	}
	again.Continue(t.Context(), "Bob", []string{file})
	bob = restart(t, bob)
	again.Meet(t, bob)
	arrivedWhole(t, again, bob, id, file)
}

// TestChangedSource changes a file while its transfer is interrupted: it is sent
// anew, as it is now, and the sender says so.
func TestChangedSource(t *testing.T) {
	file := bigFile(t)
	var asked atomic.Int32
	bob := netcoretest.Start(t, "Bob", counting(&asked))
	anna := netcoretest.Start(t, "Anna", slowly)
	id := anna.MustSend(t, anna.Meet(t, bob), file)
	bob.WaitTransfer(t, "progress", moved(lost))
	anna.Stop()
	netcoretest.RandomFile(t, file, bigSize+5, 8)
	anna = restart(t, anna)
	anna.Meet(t, bob)
	sent, got := arrivedWhole(t, anna, bob, id, file)
	if sent.ChangedCount != 1 || got.Bytes != bigSize+5 {
		t.Errorf("%d files changed, %d bytes", sent.ChangedCount, got.Bytes)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	netcoretest.Eventually(t, "that nothing is left of what it was before", func() bool {
		_, err := os.Stat(filepath.Join(bob.Inbox(), ".ferry-partial"))
		return errors.Is(err, os.ErrNotExist)
	})
}

// TestGrownOutOfAllProportion: what was accepted is not a licence for any size.
func TestGrownOutOfAllProportion(t *testing.T) {
	file := bigFile(t)
	bob := netcoretest.Start(t, "Bob")
	anna := netcoretest.Start(t, "Anna", slowly)
	id := anna.MustSend(t, anna.Meet(t, bob), file)
	bob.WaitTransfer(t, "progress", moved(lost))
	anna.Stop()
	if err := os.Truncate(file, 4*bigSize); err != nil {
		t.Fatal(err)
	}
	anna = restart(t, anna)
	anna.Meet(t, bob)
	for _, h := range []*netcoretest.Host{anna, bob} {
		got := h.WaitFinal(t, id)
		if got.State != netcore.Failed || !errors.Is(got.Err, netcore.ErrChanged) || got.Err.Remote != (h == anna) {
			t.Errorf("%v %v", got.State, got.Err)
		}
	}
}

// TestPause holds a transfer on either side, over a restart of that side, and lets it go on.
func TestPause(t *testing.T) {
	for name, bySender := range map[string]bool{"sender": true, "receiver": false} {
		t.Run(name, func(t *testing.T) {
			file := bigFile(t)
			anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob")
			id := anna.MustSend(t, anna.Meet(t, bob), file)
			bob.WaitTransfer(t, "progress", moved(lost))
			by, other := &bob, anna
			if bySender {
				by, other = &anna, bob
			}
			(*by).Pause(id)
			(*by).WaitTransfer(t, "the pause here", pausedBy(netcore.ErrPaused, false))
			other.WaitTransfer(t, "the pause there", pausedBy(netcore.ErrPaused, true))
			(*by).Stop()
			*by = restart(t, *by)
			anna.Meet(t, bob)
			(*by).WaitTransfer(t, "the pause, remembered", pausedBy(netcore.ErrPaused, false))
			if bySender {
				bob.Resume(id) // asks for it, and does not end a hold of the other side
			} else {
				anna.Resume(id)
				anna.WaitTransfer(t, "an answer", pausedBy(netcore.ErrPaused, true))
			}
			if a := arrived(t, bob); len(a) > 0 {
				t.Errorf("while it was held: %q", a)
			}
			(*by).Resume(id)
			arrivedWhole(t, anna, bob, id, file)
		})
	}
}

// hugeFile writes a file of 8 TiB, which takes no room itself, and of which nobody can tell that: before its largest hole
// it has more small ones than are counted.
func hugeFile(t *testing.T) string {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "huge.bin"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(600) {
		if _, err := f.WriteAt([]byte{1}, i<<17); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(f.Truncate(8<<40), f.Close()); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}

// TestNotEnoughSpace sends more than any disk has room for: both sides hear why,
// at once, and it waits for room.
func TestNotEnoughSpace(t *testing.T) {
	file := hugeFile(t)
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	id := anna.MustSend(t, anna.Meet(t, bob), file)
	anna.WaitTransfer(t, "the sender's pause", pausedBy(netcore.ErrNoSpace, true))
	bob.WaitTransfer(t, "the receiver's pause", pausedBy(netcore.ErrNoSpace, false))
	bob.Cancel(id, netcore.KeepNothing)
	if got := anna.WaitFinal(t, id); got.State != netcore.Cancelled || !got.Err.Remote {
		t.Errorf("%v %v", got.State, got.Err)
	}
}

// TestCancelWhilePaused gives up a transfer whose peer is out of reach; when that is
// back, it hears of it: by the program that cancelled it, or the next one.
func TestCancelWhilePaused(t *testing.T) {
	for name, tt := range map[string]struct{ bySender, restart bool }{
		"sender":            {bySender: true},
		"receiver":          {},
		"sender, restart":   {bySender: true, restart: true},
		"receiver, restart": {restart: true},
	} {
		t.Run(name, func(t *testing.T) {
			anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob")
			cable := netcoretest.NewRelay(t, bob.Addr())
			peer, err := anna.Connect(t.Context(), cable.Addr())
			if err != nil {
				t.Fatal(err)
			}
			id := anna.MustSend(t, peer.ID, bigFile(t))
			bob.WaitTransfer(t, "progress", moved(0))
			cable.Pull()
			anna.WaitTransfer(t, "the sender's pause", pausedBy(netcore.ErrLost, false))
			bob.WaitTransfer(t, "the receiver's pause", pausedBy(netcore.ErrLost, false))
			by, other := bob, anna
			if tt.bySender {
				by, other = anna, bob
			}
			by.Cancel(id, netcore.KeepNothing)
			if got := by.WaitFinal(t, id); got.State != netcore.Cancelled || got.Err.Remote {
				t.Errorf("here: %v %v", got.State, got.Err)
			}
			if tt.restart {
				by.Stop()
				by = restart(t, by)
				by.Meet(t, other)
			}
			cable.Plug()
			if got := other.WaitFinal(t, id); got.State != netcore.Cancelled || !got.Err.Remote {
				t.Errorf("there: %v %v", got.State, got.Err)
			}
			netcoretest.Eventually(t, "an empty inbox", func() bool { return len(netcoretest.Snapshot(t, bob.Inbox())) == 0 })
		})
	}
}
