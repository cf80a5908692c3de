package netcore_test

import (
	"bytes"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/netcore"
	"ferry/netcore/internal/store"
	"ferry/netcore/internal/transfer"
	"ferry/netcore/netcoretest"
)

// without accepts offers less these paths.
func without(skip ...string) func(*netcore.Config, *netcoretest.Recorder) {
	return answering(func(context.Context, netcore.Offer) netcore.Answer {
		return netcore.Answer{Accept: true, Skip: skip}
	})
}

// names returns the paths of what has arrived.
func names(t *testing.T, h *netcoretest.Host) (list []string) {
	t.Helper()
	for _, line := range arrived(t, h) {
		if i := strings.LastIndex(line, " bytes "); i >= 0 {
			line = line[:strings.LastIndexByte(line[:i], ' ')]
		}
		list = append(list, line)
	}
	return list
}

// counts fails the test unless the transfer is done at h with so many files.
func counts(t *testing.T, h *netcoretest.Host, id netcore.TransferID, files, unwanted int, size int64) netcore.Transfer {
	t.Helper()
	got := h.WaitFinal(t, id)
	if got.State != netcore.Done || got.Files != files || got.DoneFiles != files || got.Unwanted != unwanted ||
		got.Bytes != size || got.DoneBytes != size || got.FailedCount != 0 || got.Receipt.Files != files {
		t.Errorf("%s: %v %v: %d of %d files and %d of %d bytes, %d not wanted, %d failed, receipt %+v; want %d files of %d bytes, and %d not wanted",
			h.Self().Name, got.State, got.Err, got.DoneFiles, got.Files, got.DoneBytes, got.Bytes, got.Unwanted, got.FailedCount, got.Receipt, files, size, unwanted)
	}
	return got
}

var assorted = netcoretest.Tree{
	"album/1.jpg": "one", "album/2.jpg": "two", "album/raw/1.raw": "raw one", "album/raw/2.raw": "raw two", "album/empty/": "",
	"notes.txt": "notes", "song.mp3": "song",
}

// TestSkip unticks a file, all that is in a folder, and a folder: they do not come, nor
// are they counted, and folders of which nothing is left are not made.
func TestSkip(t *testing.T) {
	for name, c := range map[string]struct {
		skip            []string
		want            []string
		files, unwanted int
		bytes           int64
	}{
		"files":  {[]string{"album/2.jpg", "song.mp3"}, []string{"album/", "album/1.jpg", "album/empty/", "album/raw/", "album/raw/1.raw", "album/raw/2.raw", "notes.txt"}, 4, 2, 22},
		"folder": {[]string{"album/raw"}, []string{"album/", "album/1.jpg", "album/2.jpg", "album/empty/", "notes.txt", "song.mp3"}, 4, 2, 15},
		"all in a folder": {[]string{"album/raw/1.raw", "album/raw/2.raw", "no/such/file"},
			[]string{"album/", "album/1.jpg", "album/2.jpg", "album/empty/", "notes.txt", "song.mp3"}, 4, 2, 15},
		"top": {[]string{"album"}, []string{"notes.txt", "song.mp3"}, 2, 4, 9},
	} {
		t.Run(name, func(t *testing.T) {
			src := t.TempDir()
			assorted.Write(t, src)
			anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob", without(c.skip...))
			id := anna.MustSend(t, anna.Meet(t, bob), filepath.Join(src, "album"), filepath.Join(src, "notes.txt"), filepath.Join(src, "song.mp3"))
			counts(t, anna, id, c.files, c.unwanted, c.bytes)
			got := counts(t, bob, id, c.files, c.unwanted, c.bytes)
			if a := names(t, bob); !slices.Equal(a, c.want) {
				t.Errorf("arrived: %q, want %q", a, c.want)
			}
			if tops := slices.Contains(got.Names, "album"); tops == slices.Contains(c.skip, "album") || len(got.Paths) != len(got.Names) {
				t.Errorf("names %q, paths %q", got.Names, got.Paths)
			}
		})
	}
}

// TestSkipAll: who wants nothing of an offer declines it.
func TestSkipAll(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob", without("file.bin"))
	id := anna.MustSend(t, anna.Meet(t, bob), oneFile(t, 100))
	if sent, got := anna.WaitFinal(t, id), bob.WaitFinal(t, id); sent.State != netcore.Declined || got.State != netcore.Declined {
		t.Errorf("sender: %v %v, receiver: %v %v", sent.State, sent.Err, got.State, got.Err)
	}
}

// TestSkipIsRemembered breaks the connection, and starts each program anew: what was
// unticked still does not come.
func TestSkipIsRemembered(t *testing.T) {
	src := t.TempDir()
	netcoretest.RandomFile(t, filepath.Join(src, "top", "big"), bigSize, 1)
	netcoretest.RandomFile(t, filepath.Join(src, "top", "huge"), 2*bigSize, 2)
	netcoretest.Tree{"top/no/small": "small"}.Write(t, src)
	anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob", without("top/huge", "top/no"))
	cable := netcoretest.NewRelay(t, bob.Addr())
	peer, err := anna.Connect(t.Context(), cable.Addr())
	if err != nil {
		t.Fatal(err)
	}
	id := anna.MustSend(t, peer.ID, filepath.Join(src, "top"))
	at := bob.WaitTransfer(t, "progress", moved(lost)).DoneBytes
	cable.Cut()
	at = bob.WaitTransfer(t, "progress after a cut", moved(at+lost)).DoneBytes
	bob.Stop()
	bob = restart(t, bob)
	anna.Meet(t, bob)
	bob.WaitTransfer(t, "progress after the receiver's restart", moved(at+lost))
	anna.Stop()
	anna = restart(t, anna)
	anna.Meet(t, bob)
	counts(t, anna, id, 1, 2, bigSize)
	counts(t, bob, id, 1, 2, bigSize)
	if got := names(t, bob); !slices.Equal(got, []string{"top/", "top/big"}) {
		t.Errorf("arrived: %q", got)
	}
}

// TestSkipBehindTheReceipt has the sender ask again for a receipt that it has lost.
func TestSkipBehindTheReceipt(t *testing.T) {
	src := t.TempDir()
	assorted.Write(t, src)
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob", without("album/raw"))
	id := anna.MustSend(t, anna.Meet(t, bob), filepath.Join(src, "album"))
	counts(t, anna, id, 2, 2, 6)
	anna.Stop()
	keepList(t, anna, id, filepath.Join(src, "album"))
	rewrite(t, anna, id, func(kept *store.Transfer) {
		kept.Ended = time.Time{}
		kept.Body = bytes.Replace(kept.Body, []byte(`"state":"done"`), []byte(`"state":"running"`), 1)
	})
	anna = restart(t, anna)
	anna.Meet(t, bob)
	counts(t, anna, id, 2, 2, 6)
}

// TestRetryLeavesOutWhatWasNotWanted sends once more what was cancelled: without what
// the receiver had unticked, then and now.
func TestRetryLeavesOutWhatWasNotWanted(t *testing.T) {
	src := t.TempDir()
	assorted.Write(t, src)
	netcoretest.RandomFile(t, filepath.Join(src, "album", "big"), bigSize, 1)
	offers := make(chan netcore.Offer, 3)
	skips := make(chan []string, 3)
	anna := netcoretest.Start(t, "Anna", slowly)
	bob := netcoretest.Start(t, "Bob", answering(func(_ context.Context, o netcore.Offer) netcore.Answer {
		offers <- o
		return netcore.Answer{Accept: true, Skip: <-skips}
	}))
	skips <- []string{"album/raw", "notes.txt"}
	skips <- []string{"album/1.jpg"}
	skips <- nil
	id := anna.MustSend(t, anna.Meet(t, bob), filepath.Join(src, "album"), filepath.Join(src, "notes.txt"))
	for i, files := range []int{6, 3, 2} {
		if i > 0 {
			var err error
			if id, err = anna.Retry(id); err != nil {
				t.Fatal(err)
			}
		}
		if o := <-offers; o.Files != files {
			t.Errorf("offer %d has %d files, want %d", i, o.Files, files)
		}
		bob.WaitTransfer(t, "progress", func(tr netcore.Transfer) bool { return tr.ID == id && tr.DoneBytes > 0 })
		anna.Cancel(id, netcore.KeepNothing)
		anna.WaitFinal(t, id)
		bob.WaitFinal(t, id)
	}
}

// keepList writes the list of what was sent down again, as it was before the end of the transfer.
func keepList(t *testing.T, h *netcoretest.Host, id netcore.TransferID, paths ...string) {
	t.Helper()
	src, err := transfer.Scan(t.Context(), paths, t.TempDir())
	if err == nil {
		err = src.Save(filepath.Join(h.Dir, "sending", id.String()+".list"))
	}
	if err == nil {
		err = src.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}
