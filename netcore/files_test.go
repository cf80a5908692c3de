package netcore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

// filesOf returns what h tells of the files of a transfer that q chooses, a line for each, sorted.
func filesOf(t *testing.T, h *netcoretest.Host, id netcore.TransferID, q netcore.FileQuery) (lines []string) {
	t.Helper()
	files, err := h.Files(id)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	numbers, err := files.Find(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	list, err := files.At(numbers)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		line := fmt.Sprintf("%s %s", f.Path, fileStates[f.State])
		if f.Err != nil {
			line += " " + netcore.ErrorCode(f.Err)
		}
		if f.Remote {
			line += " there"
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

var fileStates = map[netcore.FileState]string{
	netcore.FileWaiting: "waits", netcore.FileMoving: "moves", netcore.FileSent: "sent", netcore.FileArrived: "arrived",
	netcore.FileThere: "was there", netcore.FileLeftOut: "left out", netcore.FileFailed: "failed", netcore.FileMissing: "is missing",
}

// TestFilesOfATransferThatHasEnded sends a folder of which one file is there, one not wanted, one cannot be
// offered, and one cannot be taken: both ends tell what has become of each, also after a restart.
func TestFilesOfATransferThatHasEnded(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob", without("top/not wanted"))
	src := t.TempDir()
	netcoretest.Tree{"top/new": "new", "top/there": "the same", "top/not wanted": "no", "top/empty/": "", "top/CON": "a name"}.Write(t, src)
	if err := os.Symlink("/etc", filepath.Join(src, "top", "out")); err != nil {
		t.Fatal(err)
	}
	netcoretest.Tree{"top/there": "the same"}.Write(t, bob.Inbox())
	id := anna.MustSend(t, anna.Meet(t, bob), filepath.Join(src, "top"))
	for _, h := range []*netcoretest.Host{anna, bob} {
		if got := h.WaitFinal(t, id); got.State != netcore.Done {
			t.Fatal(got.State, got.Err)
		}
	}
	want := []string{"top/CON arrived", "top/new arrived", "top/not wanted left out", "top/there was there"}
	missing := []string{"top/not wanted left out"}
	for range 2 {
		if got := filesOf(t, bob, id, netcore.FileQuery{}); !slices.Equal(got, want) {
			t.Errorf("the receiver lists %q, want %q", got, want)
		}
		withFailed := append(slices.Clone(want), "top/out failed skipped")
		slices.Sort(withFailed)
		if got := filesOf(t, anna, id, netcore.FileQuery{}); !slices.Equal(got, withFailed) {
			t.Errorf("the sender lists %q, want %q", got, withFailed)
		}
		if got := filesOf(t, bob, id, netcore.FileQuery{Missing: true}); !slices.Equal(got, missing) {
			t.Errorf("missing is %q, want %q", got, missing)
		}
		if got := filesOf(t, anna, id, netcore.FileQuery{Text: "top ER"}); !slices.Equal(got, []string{"top/there was there"}) {
			t.Errorf("found %q", got)
		}
		anna, bob = restartAfter(t, anna), restartAfter(t, bob)
	}
	if err := anna.DropPast(id); err != nil {
		t.Fatal(err)
	}
	if _, err := anna.Files(id); !errors.Is(err, netcore.ErrUnread) {
		t.Errorf("a transfer that is forgotten still has a list (%v)", err)
	}
}

// TestFilesOfATransferUnderWay holds a transfer in its second file, interrupts it there, and lets it go on: what the
// first attempt has brought is not taken for what was there before.
func TestFilesOfATransferUnderWay(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	relay := netcoretest.NewRelay(t, bob.Addr())
	if _, err := anna.Connect(t.Context(), relay.Addr()); err != nil {
		t.Fatal(err)
	}
	src := t.TempDir()
	netcoretest.Tree{"1": "first", "3": "last"}.Write(t, src)
	netcoretest.RandomFile(t, filepath.Join(src, "2"), 64<<20, 1)
	anna.SetLimits(netcore.Limits{Upload: 4 << 20})
	id := anna.MustSend(t, bob.Self().ID, filepath.Join(src, "1"), filepath.Join(src, "2"), filepath.Join(src, "3"))
	for _, h := range []*netcoretest.Host{anna, bob} {
		h.WaitTransfer(t, "the second file is under way", func(tr netcore.Transfer) bool {
			return tr.ID == id && tr.DoneFiles == 1 && tr.DoneBytes > 1<<20
		})
	}
	if got, want := filesOf(t, anna, id, netcore.FileQuery{}), []string{"1 sent", "2 moves", "3 waits"}; !slices.Equal(got, want) {
		t.Errorf("the sender lists %q, want %q", got, want)
	}
	if got, want := filesOf(t, bob, id, netcore.FileQuery{}), []string{"1 arrived", "2 moves", "3 waits"}; !slices.Equal(got, want) {
		t.Errorf("the receiver lists %q, want %q", got, want)
	}
	if f := fileAt(t, bob, id, 1); f.Done < 1<<20 || f.Done >= f.Size {
		t.Errorf("%d of %d bytes are there", f.Done, f.Size)
	}
	anna.Pause(id)
	for _, h := range []*netcoretest.Host{anna, bob} {
		h.WaitTransfer(t, "paused", func(tr netcore.Transfer) bool { return tr.ID == id && tr.State == netcore.Paused })
	}
	if got, want := filesOf(t, bob, id, netcore.FileQuery{}), []string{"1 arrived", "2 waits", "3 waits"}; !slices.Equal(got, want) {
		t.Errorf("while it is paused the receiver lists %q, want %q", got, want)
	}
	anna.SetLimits(netcore.Limits{})
	anna.Resume(id)
	for _, h := range []*netcoretest.Host{anna, bob} {
		if got := h.WaitFinal(t, id); got.State != netcore.Done {
			t.Fatal(got.State, got.Err)
		}
		if got, want := filesOf(t, h, id, netcore.FileQuery{}), []string{"1 arrived", "2 arrived", "3 arrived"}; !slices.Equal(got, want) {
			t.Errorf("%s lists %q, want %q", h.Self().Name, got, want)
		}
	}
}

func fileAt(t *testing.T, h *netcoretest.Host, id netcore.TransferID, number int32) netcore.FileInfo {
	t.Helper()
	files, err := h.Files(id)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	list, err := files.At([]int32{number})
	if err != nil {
		t.Fatal(err)
	}
	return list[0]
}

// TestFilesOfACancelledTransfer cancels in the second file: nothing of it is there, and the list says so.
func TestFilesOfACancelledTransfer(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	src := t.TempDir()
	netcoretest.Tree{"1": "first"}.Write(t, src)
	netcoretest.RandomFile(t, filepath.Join(src, "2"), 64<<20, 1)
	anna.SetLimits(netcore.Limits{Upload: 4 << 20})
	id := anna.MustSend(t, anna.Meet(t, bob), filepath.Join(src, "1"), filepath.Join(src, "2"))
	bob.WaitTransfer(t, "the second file is under way", func(tr netcore.Transfer) bool { return tr.DoneFiles == 1 && tr.DoneBytes > 1<<20 })
	bob.Cancel(id, netcore.KeepNothing)
	anna.WaitFinal(t, id)
	bob.WaitFinal(t, id)
	if got, want := filesOf(t, bob, id, netcore.FileQuery{}), []string{"1 is missing", "2 is missing"}; !slices.Equal(got, want) {
		t.Errorf("the receiver lists %q, want %q", got, want)
	}
	if got, want := filesOf(t, anna, id, netcore.FileQuery{}), []string{"1 sent", "2 is missing"}; !slices.Equal(got, want) {
		t.Errorf("the sender lists %q, want %q", got, want)
	}
}

// What nobody has accepted has no list.
func TestNoFilesOfWhatWasDeclined(t *testing.T) {
	anna := netcoretest.Start(t, "Anna")
	bob := netcoretest.Start(t, "Bob", answering(func(context.Context, netcore.Offer) netcore.Answer { return netcore.Answer{} }))
	src := t.TempDir()
	netcoretest.Tree{"secret": "s"}.Write(t, src)
	id := anna.MustSend(t, anna.Meet(t, bob), filepath.Join(src, "secret"))
	anna.WaitFinal(t, id)
	bob.WaitFinal(t, id)
	if _, err := bob.Files(id); !errors.Is(err, netcore.ErrUnread) {
		t.Errorf("there is a list (%v)", err)
	}
}
