package netcore_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

// TestCancelKeepsWhatIsChosen cancels the transfer of a folder when some of it is there under
// final names: nothing stays, or the files that are whole. What was in the inbox before is
// as it was.
func TestCancelKeepsWhatIsChosen(t *testing.T) {
	for name, tt := range map[string]struct {
		keep     netcore.Keep
		bySender bool
	}{
		"nothing":   {keep: netcore.KeepNothing},
		"files":     {keep: netcore.KeepFiles},
		"by sender": {keep: netcore.KeepFiles, bySender: true}, // its choice is not the receiver's
	} {
		t.Run(name, func(t *testing.T) {
			src := filepath.Join(t.TempDir(), "album")
			small := netcoretest.Tree{"empty/": ""}
			for _, n := range []string{"a", "b", "c"} {
				small[n+".txt"] = "text of " + n
			}
			small.Write(t, src)
			netcoretest.RandomFile(t, filepath.Join(src, "z", "big.bin"), bigSize, 3)
			anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob")
			before := netcoretest.Tree{"album/b.txt": "text of b", "album/mine.txt": "my own", "other.txt": "also mine"}
			before.Write(t, bob.Inbox())
			was := netcoretest.Snapshot(t, bob.Inbox())

			id := anna.MustSend(t, anna.Meet(t, bob), src)
			bob.WaitTransfer(t, "the small files", moved(1<<20))
			// An interruption commits what is whole: it gets its final names.
			bob.Pause(id)
			bob.WaitTransfer(t, "the pause", pausedBy(netcore.ErrPaused, false))
			by, other := bob, anna
			if tt.bySender {
				by, other = anna, bob
			}
			by.Cancel(id, tt.keep)
			by.WaitFinal(t, id)
			other.WaitFinal(t, id)

			is := netcoretest.Snapshot(t, bob.Inbox())
			if tt.keep == netcore.KeepFiles && !tt.bySender {
				for _, file := range []string{"album/a.txt", "album/c.txt"} {
					data, err := os.ReadFile(filepath.Join(bob.Inbox(), file))
					if err != nil || !strings.HasPrefix(string(data), "text of ") {
						t.Errorf("%s was not kept: %v", file, err)
					}
				}
				return
			}
			if !slices.Equal(is, was) {
				t.Errorf("the inbox holds\n%s\nand held\n%s", strings.Join(is, "\n"), strings.Join(was, "\n"))
			}
		})
	}
}

// TestHistory keeps the receipt at both ends, and over restarts.
func TestHistory(t *testing.T) {
	file := oneFile(t, 1<<20)
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	id := anna.MustSend(t, anna.Meet(t, bob), file)
	anna.WaitFinal(t, id)
	bob.WaitFinal(t, id)
	anna.Stop()
	bob.Stop()
	for _, h := range []*netcoretest.Host{restart(t, anna), restart(t, bob)} {
		list, err := h.Past(netcore.Query{Limit: 10})
		if err != nil || len(list) != 1 {
			t.Fatalf("history: %v %v", list, err)
		}
		got := list[0]
		if got.ID != id || got.State != netcore.Done || got.Receipt == nil || got.Receipt.Files != 1 ||
			got.Receipt.Bytes != 1<<20 || len(got.Receipt.Root) != 32 {
			t.Errorf("kept: %+v", got)
		}
		if len(h.Transfers()) != 0 {
			t.Error("a transfer that is over is on its way again")
		}
	}
}

// TestLimits bounds a transfer so that it would take days, and lets it go.
func TestLimits(t *testing.T) {
	file := oneFile(t, 64<<20)
	for name, side := range map[string]netcore.Limits{"upload": {Upload: 1}, "download": {Download: 1}} {
		t.Run(name, func(t *testing.T) {
			limited := func(c *netcore.Config, _ *netcoretest.Recorder) { c.Limits = side }
			anna, bob := netcoretest.Start(t, "Anna", limited), netcoretest.Start(t, "Bob", limited)
			id := anna.MustSend(t, anna.Meet(t, bob), file)
			bob.WaitTransfer(t, "the beginning", moved(0))
			anna.SetLimits(netcore.Limits{})
			bob.SetLimits(netcore.Limits{})
			arrivedWhole(t, anna, bob, id, file)
		})
	}
}

// TestCancelLeavesWhatAnotherHasConfirmed cancels a transfer after another one has brought the same
// folder, in part from what the first had brought: all that the second one's receipt counts stays.
func TestCancelLeavesWhatAnotherHasConfirmed(t *testing.T) {
	src := filepath.Join(t.TempDir(), "album")
	netcoretest.Tree{"a.txt": "aa", "b.txt": "bb", "sub/c.txt": "cc"}.Write(t, src)
	netcoretest.RandomFile(t, filepath.Join(src, "z", "big.bin"), bigSize, 3)
	anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob")
	to := anna.Meet(t, bob)
	first := anna.MustSend(t, to, src)
	bob.WaitTransfer(t, "the small files", moved(1<<20))
	anna.Pause(first)
	anna.WaitTransfer(t, "the pause", pausedBy(netcore.ErrPaused, false))
	bob.WaitTransfer(t, "the pause", pausedBy(netcore.ErrPaused, true))
	netcoretest.Tree{"new.txt": "one more"}.Write(t, src)
	second := anna.MustSend(t, to, src)
	if got := bob.WaitFinal(t, second); got.State != netcore.Done || got.FailedCount != 0 {
		t.Fatalf("%v %v", got.State, got.Err)
	}
	anna.Cancel(first, netcore.KeepNothing)
	bob.WaitFinal(t, first)
	want, have := netcoretest.Snapshot(t, filepath.Dir(src)), arrived(t, bob)
	if !slices.Equal(want, have) {
		t.Errorf("left: %q, want %q", have, want)
	}
}
