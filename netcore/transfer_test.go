package netcore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

func answering(f func(context.Context, netcore.Offer) netcore.Answer) func(*netcore.Config, *netcoretest.Recorder) {
	return func(_ *netcore.Config, r *netcoretest.Recorder) { r.Answer = f }
}

// arrived lists what has a final name in a host's inbox.
func arrived(t *testing.T, h *netcoretest.Host) []string {
	t.Helper()
	return slices.DeleteFunc(netcoretest.Snapshot(t, h.Inbox()), func(line string) bool {
		return strings.HasPrefix(line, ".ferry-partial")
	})
}

func oneFile(t *testing.T, size int64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.bin")
	netcoretest.RandomFile(t, path, size, 7)
	return path
}

// slowly lets a node send 16 MiB a second, so that a transfer of bigFile can be met
// on its way.
func slowly(c *netcore.Config, _ *netcoretest.Recorder) { c.Limits.Upload = 16 << 20 }

const bigSize = 48 << 20

// bigFile is a file that slowly sends in three seconds.
func bigFile(t *testing.T) string { return oneFile(t, bigSize) }

func TestOfferShowsWhatComes(t *testing.T) {
	offers := make(chan netcore.Offer, 1)
	var paths []string
	bob := netcoretest.Start(t, "Bob", answering(func(_ context.Context, o netcore.Offer) netcore.Answer {
		for e := range o.Entries() {
			paths = append(paths, e.Path)
		}
		offers <- o
		return netcore.Answer{}
	}))
	anna := netcoretest.Start(t, "Anna")
	src := t.TempDir()
	mixed.Write(t, src)
	id := anna.MustSend(t, anna.Meet(t, bob), filepath.Join(src, "album"), filepath.Join(src, "notes.txt"))

	o := <-offers
	if o.ID != id || o.Peer.ID != anna.Self().ID || o.Peer.Name != "Anna" || o.Files != 6 || o.Folders != 4 || o.Inbox != bob.Inbox() || o.Free <= 0 {
		t.Errorf("offer is %+v", o)
	}
	if len(o.Top) != 2 || o.Top[0].Path != "album" || o.Top[0].Kind != netcore.Folder || o.Top[1].Path != "notes.txt" || o.Top[0].Size+o.Top[1].Size != o.Bytes {
		t.Errorf("picked entries are %+v, %d bytes in all", o.Top, o.Bytes)
	}
	slices.Sort(paths)
	if len(paths) != 10 || paths[0] != "album" || paths[9] != "notes.txt" {
		t.Errorf("entries are %q", paths)
	}
}

func TestDeclined(t *testing.T) {
	bob := netcoretest.Start(t, "Bob", answering(func(context.Context, netcore.Offer) netcore.Answer { return netcore.Answer{} }))
	anna := netcoretest.Start(t, "Anna")
	id := anna.MustSend(t, anna.Meet(t, bob), oneFile(t, 1000))
	sent, got := anna.WaitFinal(t, id), bob.WaitFinal(t, id)
	if sent.State != netcore.Declined || !sent.Err.Remote || got.State != netcore.Declined || got.Err.Remote {
		t.Errorf("sender: %v %v, receiver: %v %v", sent.State, sent.Err, got.State, got.Err)
	}
	if a := arrived(t, bob); len(a) > 0 {
		t.Errorf("arrived all the same: %q", a)
	}
}

// TestCancel stops transfers from both sides, before the answer and half way.
func TestCancel(t *testing.T) {
	for _, early := range []bool{true, false} {
		for _, bySender := range []bool{true, false} {
			t.Run(fmt.Sprintf("early=%v,bySender=%v", early, bySender), func(t *testing.T) {
				withdrawn := make(chan struct{})
				bob := netcoretest.Start(t, "Bob", answering(func(ctx context.Context, o netcore.Offer) netcore.Answer {
					if early {
						<-ctx.Done()
						close(withdrawn)
					}
					return netcore.Answer{Accept: true}
				}))
				anna := netcoretest.Start(t, "Anna", slowly)
				id := anna.MustSend(t, anna.Meet(t, bob), bigFile(t))
				by, other := bob, anna
				if bySender {
					by, other = anna, bob
				}
				by.WaitTransfer(t, "the moment to cancel", func(tr netcore.Transfer) bool {
					return early && tr.State == netcore.Offered || tr.State == netcore.Running && tr.DoneBytes > 0
				})
				by.Cancel(id, netcore.KeepNothing)
				here, there := by.WaitFinal(t, id), other.WaitFinal(t, id)
				if here.State != netcore.Cancelled || here.Err.Remote {
					t.Errorf("the side that cancelled: %v %v", here.State, here.Err)
				}
				if there.State != netcore.Cancelled || !there.Err.Remote {
					t.Errorf("the other side: %v %v", there.State, there.Err)
				}
				if a := arrived(t, bob); len(a) > 0 {
					t.Errorf("under final names: %q", a)
				}
				if early {
					<-withdrawn
				}
			})
		}
	}
}

func TestSentAgainCostsNothing(t *testing.T) {
	src := t.TempDir()
	mixed.Write(t, src)
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	to := anna.Meet(t, bob)
	for i := range 2 {
		id := anna.MustSend(t, to, filepath.Join(src, "album"), filepath.Join(src, "notes.txt"))
		sent, got := anna.WaitFinal(t, id), bob.WaitFinal(t, id)
		if got.State != netcore.Done || got.DoneFiles != 6 || sent.DoneFiles != 6 {
			t.Errorf("round %d: %v %v, %d files", i, got.State, got.Err, got.DoneFiles)
		}
		if want := got.Bytes * int64(i); got.Found != want || sent.Found != want {
			t.Errorf("round %d: found %d bytes, sender %d; want %d", i, got.Found, sent.Found, want)
		}
		netcoretest.SameTree(t, src, bob.Inbox())
	}
}

func TestExistingFilesAreKept(t *testing.T) {
	src, anna, bob := t.TempDir(), netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	netcoretest.Tree{"report.pdf": "new", "photos/1.jpg": "picture", "docs/a.txt": "A"}.Write(t, src)
	outside := t.TempDir()
	netcoretest.Tree{"secret": "secret"}.Write(t, outside)
	netcoretest.Tree{"report.pdf": "old", "photos": "a file where a folder should be"}.Write(t, bob.Inbox())
	if err := os.Symlink(outside, filepath.Join(bob.Inbox(), "docs")); err != nil {
		t.Fatal(err)
	}
	before := netcoretest.Snapshot(t, outside)

	id := anna.MustSend(t, anna.Meet(t, bob), filepath.Join(src, "report.pdf"), filepath.Join(src, "photos"), filepath.Join(src, "docs"))
	got := bob.WaitFinal(t, id)
	if got.State != netcore.Done || got.RenamedCount != 3 {
		t.Fatalf("%v %v, renamed: %v", got.State, got.Err, got.Renamed)
	}
	want := netcoretest.Tree{
		"report.pdf": "old", "report (1).pdf": "new",
		"photos": "a file where a folder should be", "photos (1)/1.jpg": "picture",
		"docs (1)/a.txt": "A",
	}
	for path, want := range want {
		data, err := os.ReadFile(filepath.Join(bob.Inbox(), path))
		if err != nil || string(data) != want {
			t.Errorf("%s: %q, %v; want %q", path, data, err, want)
		}
	}
	if after := netcoretest.Snapshot(t, outside); !slices.Equal(before, after) {
		t.Errorf("outside of the inbox: %q became %q", before, after)
	}
	if want := filepath.Join(bob.Inbox(), "report (1).pdf"); !slices.Contains(got.Paths, want) {
		t.Errorf("paths are %q, want %q among them", got.Paths, want)
	}
}

// TestSomeEntriesFail sends a tree of which some cannot be read or sent: the rest arrives, and both
// sides hear of what did not.
func TestSomeEntriesFail(t *testing.T) {
	src := t.TempDir()
	netcoretest.Tree{"dir/good.txt": "good", "dir/changes.txt": "before", "dir/vanishes.txt": "gone"}.Write(t, src)
	for link, target := range map[string]string{"inside": "good.txt", "link": "/etc/hostname"} {
		if err := os.Symlink(target, filepath.Join(src, "dir", link)); err != nil {
			t.Fatal(err)
		}
	}
	bob := netcoretest.Start(t, "Bob", answering(func(context.Context, netcore.Offer) netcore.Answer {
		netcoretest.Tree{"dir/changes.txt": "after the offer"}.Write(t, src)
		if err := os.Remove(filepath.Join(src, "dir", "vanishes.txt")); err != nil {
			t.Error(err)
		}
		return netcore.Answer{Accept: true}
	}))
	anna := netcoretest.Start(t, "Anna")
	id := anna.MustSend(t, anna.Meet(t, bob), filepath.Join(src, "dir"), filepath.Join(src, "missing"))
	sent, got := anna.WaitFinal(t, id), bob.WaitFinal(t, id)
	if sent.State != netcore.Done || got.State != netcore.Done {
		t.Fatalf("sender: %v %v, receiver: %v %v", sent.State, sent.Err, got.State, got.Err)
	}
	why := map[string]error{}
	for _, f := range sent.FailedEntries {
		why[filepath.Base(f.Path)] = f.Err
	}
	for name, want := range map[string]error{
		"changes.txt": netcore.ErrChanged, "vanishes.txt": netcore.ErrUnread, "link": netcore.ErrSkipped, "missing": netcore.ErrUnread,
	} {
		if !errors.Is(why[name], want) {
			t.Errorf("%s failed with %v, want %v", name, why[name], want)
		}
	}
	if sent.FailedCount != 4 || got.FailedCount != 2 {
		t.Errorf("%d failed at the sender, %d at the receiver; want 4 and 2", sent.FailedCount, got.FailedCount)
	}
	if a := arrived(t, bob); len(a) != 3 || !strings.HasPrefix(a[1], "dir/good.txt 4 bytes") || a[2] != "dir/inside -> good.txt" {
		t.Errorf("arrived: %q", a)
	}
}

// TestInboxChangesMeanwhile removes a file that was there when the transfer
// began: it fails alone, and everything else arrives.
func TestInboxChangesMeanwhile(t *testing.T) {
	big := bigFile(t)
	small := filepath.Join(t.TempDir(), "small.txt")
	netcoretest.Tree{"small.txt": "the same"}.Write(t, filepath.Dir(small))
	anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob")
	netcoretest.Tree{"small.txt": "the same"}.Write(t, bob.Inbox())
	id := anna.MustSend(t, anna.Meet(t, bob), big, small)
	bob.WaitTransfer(t, "some progress", func(tr netcore.Transfer) bool { return tr.DoneBytes > tr.Found && tr.Found > 0 })
	if err := os.Remove(filepath.Join(bob.Inbox(), "small.txt")); err != nil {
		t.Fatal(err)
	}
	for _, h := range []*netcoretest.Host{anna, bob} {
		got := h.WaitFinal(t, id)
		if got.State != netcore.Done || got.FailedCount != 1 || !errors.Is(got.FailedEntries[0].Err, netcore.ErrChanged) {
			t.Errorf("%v %v, failed: %v", got.State, got.Err, got.FailedEntries)
		}
		if got.DoneFiles != 1 || got.DoneBytes != bigSize {
			t.Errorf("%d files, %d bytes are done; want the big one alone", got.DoneFiles, got.DoneBytes)
		}
	}
}

// TestInboxIsGone moves or removes the folder that a transfer goes to, meanwhile: neither end believes that anything
// has arrived there.
func TestInboxIsGone(t *testing.T) {
	for name, gone := range map[string]func(dir string) error{
		"moved":   func(dir string) error { return os.Rename(dir, dir+" (trash)") },
		"removed": os.RemoveAll,
		"another": func(dir string) error { return errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o755)) },
	} {
		t.Run(name, func(t *testing.T) {
			src := filepath.Join(t.TempDir(), "album")
			netcoretest.Tree{"a.txt": "a", "sub/b.txt": "b"}.Write(t, src)
			anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob")
			id := anna.MustSend(t, anna.Meet(t, bob), bigFile(t), src)
			bob.WaitTransfer(t, "progress", moved(0))
			if err := gone(bob.Inbox()); err != nil {
				t.Fatal(err)
			}
			for _, h := range []*netcoretest.Host{anna, bob} {
				got := h.WaitFinal(t, id)
				if got.State != netcore.Failed || !errors.Is(got.Err, netcore.ErrUnwritten) || got.Err.Remote != (h == anna) {
					t.Errorf("%v %v", got.State, got.Err)
				}
			}
			again, err := anna.Retry(id)
			if err != nil {
				t.Fatal(err)
			}
			if got := bob.WaitFinal(t, again); got.State != netcore.Done || got.FailedCount != 0 {
				t.Errorf("once more: %v %v, %d failed", got.State, got.Err, got.FailedCount)
			}
			if got := netcoretest.Snapshot(t, bob.Inbox()); len(got) != 5 {
				t.Errorf("there is %q", got)
			}
		})
	}
}

// TestNothingCanBeWritten sends a folder to where nothing can be made, not even the folder.
func TestNothingCanBeWritten(t *testing.T) {
	src := filepath.Join(t.TempDir(), "album")
	netcoretest.Tree{"a.txt": "a", "sub/b.txt": "b"}.Write(t, src)
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	netcoretest.Tree{".ferry-partial": "in the way"}.Write(t, bob.Inbox())
	id := anna.MustSend(t, anna.Meet(t, bob), src)
	for _, h := range []*netcoretest.Host{anna, bob} {
		got := h.WaitFinal(t, id)
		if got.State != netcore.Failed || !errors.Is(got.Err, netcore.ErrUnwritten) || got.Err.Remote != (h == anna) || got.FailedCount != 4 {
			t.Errorf("%v %v, %d failed", got.State, got.Err, got.FailedCount)
		}
	}
}

// TestNoNameIsFree has taken all names that a file could get: the sender must not
// believe that it arrived.
func TestNoNameIsFree(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	taken := netcoretest.Tree{"file.bin": "taken"}
	for i := 1; i < 1000; i++ {
		taken[fmt.Sprintf("file (%d).bin", i)] = "taken"
	}
	taken.Write(t, bob.Inbox())
	id := anna.MustSend(t, anna.Meet(t, bob), oneFile(t, 1000))
	for _, h := range []*netcoretest.Host{anna, bob} {
		got := h.WaitFinal(t, id)
		if got.FailedCount != 1 || got.DoneFiles != 0 || len(got.FailedEntries) != 1 || got.FailedEntries[0].Path != "file.bin" {
			t.Errorf("%v %v: %d failed (%v), %d done", got.State, got.Err, got.FailedCount, got.FailedEntries, got.DoneFiles)
		}
	}
}

func TestNothingToSend(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	id := anna.MustSend(t, anna.Meet(t, bob), filepath.Join(t.TempDir(), "missing"))
	if sent := anna.WaitFinal(t, id); sent.State != netcore.Failed || !errors.Is(sent.Err, netcore.ErrUnread) {
		t.Errorf("%v %v", sent.State, sent.Err)
	}
}

// TestManyAtOnce has one node take from many, and send to some of them, at the same time.
func TestManyAtOnce(t *testing.T) {
	const senders = 50
	hub := netcoretest.Start(t, "Hub")
	var done sync.WaitGroup
	for i := range senders {
		src := t.TempDir()
		name := fmt.Sprintf("from-%d.bin", i)
		netcoretest.RandomFile(t, filepath.Join(src, name), 1<<20+int64(i), uint64(i))
		h := netcoretest.Start(t, fmt.Sprintf("Sender %d", i))
		to := h.Meet(t, hub)
		done.Go(func() {
			id := h.MustSend(t, to, filepath.Join(src, name))
			if got := hub.WaitFinal(t, id); got.State != netcore.Done {
				t.Errorf("sender %d: %v %v", i, got.State, got.Err)
			}
			want, err := os.ReadFile(filepath.Join(src, name))
			if err != nil {
				t.Error(err)
			}
			if got, err := os.ReadFile(filepath.Join(hub.Inbox(), name)); err != nil || string(got) != string(want) {
				t.Errorf("sender %d: wrong content (%v)", i, err)
			}
			if i%10 == 0 { // and back
				back := hub.MustSend(t, h.Self().ID, filepath.Join(src, name))
				if got := h.WaitFinal(t, back); got.State != netcore.Done {
					t.Errorf("back to %d: %v %v", i, got.State, got.Err)
				}
			}
		})
	}
	done.Wait()
	if n := len(arrived(t, hub)); n != senders {
		t.Errorf("%d files arrived, want %d", n, senders)
	}
}
