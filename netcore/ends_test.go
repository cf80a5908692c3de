package netcore_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

// TestAFaultOfTheSenderLeavesWhatIsWhole: the sender finds after a restart that it cannot go on. Nobody
// has cancelled anything, so the files that had arrived whole stay, and the receiver hears why.
func TestAFaultOfTheSenderLeavesWhatIsWhole(t *testing.T) {
	src := t.TempDir()
	netcoretest.Tree{"top/1": "one", "top/2": "two"}.Write(t, src)
	netcoretest.RandomFile(t, filepath.Join(src, "top", "z", "big"), bigSize, 1)
	anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob")
	id := anna.MustSend(t, anna.Meet(t, bob), filepath.Join(src, "top"))
	bob.WaitTransfer(t, "progress", moved(1<<20))
	anna.Stop()
	bob.WaitTransfer(t, "the pause", func(tr netcore.Transfer) bool { return tr.State == netcore.Paused })
	if err := os.RemoveAll(filepath.Join(anna.Dir, "sending")); err != nil {
		t.Fatal(err)
	}
	netcoretest.Tree{"top/3": "three"}.Write(t, src) // so that the list cannot be made anew
	anna = restart(t, anna)
	if sent := anna.WaitFinal(t, id); sent.State != netcore.Failed || sent.Err.Remote {
		t.Errorf("the sender: %v %v", sent.State, sent.Err)
	}
	anna.Meet(t, bob)
	got := bob.WaitFinal(t, id)
	if got.State != netcore.Failed || !errors.Is(got.Err, netcore.ErrUnread) || !got.Err.Remote {
		t.Errorf("the receiver: %v %v", got.State, got.Err)
	}
	if a := names(t, bob); !slices.Equal(a, []string{"top/", "top/1", "top/2", "top/z/"}) {
		t.Errorf("left: %q", a)
	}
}

// TestCancelOfTheSenderRemovesWhatIsWhole is the same by a person's wish.
func TestCancelOfTheSenderRemovesWhatIsWhole(t *testing.T) {
	src := t.TempDir()
	netcoretest.Tree{"top/1": "one"}.Write(t, src)
	netcoretest.RandomFile(t, filepath.Join(src, "top", "z", "big"), bigSize, 1)
	anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob")
	id := anna.MustSend(t, anna.Meet(t, bob), filepath.Join(src, "top"))
	bob.WaitTransfer(t, "progress", moved(1<<20))
	bob.Stop() // what is whole has its final name then
	anna.WaitTransfer(t, "the pause", func(tr netcore.Transfer) bool { return tr.State == netcore.Paused })
	anna.Cancel(id, netcore.KeepFiles)
	anna.WaitFinal(t, id)
	bob = restart(t, bob)
	anna.Meet(t, bob)
	if got := bob.WaitFinal(t, id); got.State != netcore.Cancelled || !got.Err.Remote {
		t.Errorf("%v %v", got.State, got.Err)
	}
	if a := names(t, bob); len(a) > 0 {
		t.Errorf("left: %q", a)
	}
}
