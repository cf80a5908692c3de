package inbox

import (
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ferry/netcore/internal/fault"
)

const otherID = "ffffffffffffffffffffffffffffffff"

// other begins another transfer of the same sender, lets it do, and ends the attempt.
func other(t testing.TB, in *Inbox, do func(d *Delivery)) {
	t.Helper()
	d, err := in.BeginTransfer(sender, otherID)
	if err != nil {
		t.Fatal(err)
	}
	do(d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func settle(t testing.TB, in *Inbox, id string) {
	t.Helper()
	if err := in.Settle(id, false); err != nil {
		t.Fatal(err)
	}
}

// What is used is there to stay after Commit, also if the attempt that has made it was killed before it could see to that.
func TestWhatIsUsedIsSynced(t *testing.T) {
	in := newInbox(t)
	link := Entry{Path: "c/link", Link: true, Target: "x"}
	bring(t, in.Inbox, func(d *Delivery) {
		folders(t, d, "a", "a/b", "c")
		deliver(t, d, "a/file", "content")
		if err := d.Link(link); err != nil {
			t.Fatal(err)
		}
	})
	d := transfer(t, in.Inbox)
	folders(t, d, "a/b")
	if err := d.Link(link); err != nil {
		t.Fatal(err)
	}
	f, _, _, err := d.Lookup(entry("a/file", "content"))
	if err != nil || f == nil {
		t.Fatal(f, err)
	}
	f.Close()
	d.Use(entry("a/file", "content"))
	if got := slices.Sorted(maps.Keys(d.layout.touched)); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("to be synced: %q", got)
	}
	commit(t, d)
	if len(d.layout.touched) > 0 {
		t.Errorf("not synced: %v", d.layout.touched)
	}
}

func folders(t testing.TB, d *Delivery, paths ...string) {
	t.Helper()
	for _, path := range paths {
		if err := d.Folder(Entry{Path: path}); err != nil {
			t.Fatal(err)
		}
	}
}

// album brings, or uses, a file in each way, a link, and an empty folder.
func album(t *testing.T, d *Delivery) {
	folders(t, d, "album", "album/empty")
	deliver(t, d, "album/found", "content")
	finish(t, d, "album/compared", "content")
	if err := d.Link(link("album/link", "found")); err != nil {
		t.Fatal(err)
	}
	commit(t, d)
	if r := d.Results(); r.FailureCount != 0 || r.RenameCount != 0 {
		t.Errorf("%+v", r)
	}
}

var wholeAlbum = []string{"album/", "album/empty/", "album/found=content", "album/compared=content", "album/link@"}

// What another transfer has found and confirmed is not cancelled with the one that brought it.
func TestUndoLeavesWhatAnotherTransferUses(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, in *Inbox){
		"done":   func(t *testing.T, in *Inbox) { settle(t, in, otherID) },
		"paused": func(*testing.T, *Inbox) {},
		"done twice": func(t *testing.T, in *Inbox) {
			settle(t, in, otherID)
			other(t, in, func(d *Delivery) { folders(t, d, "album") })
			settle(t, in, otherID)
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := newInbox(t)
			bring(t, in.Inbox, func(d *Delivery) {
				album(t, d)
				deliver(t, d, "album/alone", "x")
			})
			other(t, in.Inbox, func(d *Delivery) { album(t, d) })
			end(t, in.Inbox)
			undoing(t, reopen(t, in.dir), false)
			wantFiles(t, in.dir, wholeAlbum...)
			if name != "paused" {
				wantNothingStaged(t, in.dir)
			}
		})
	}
}

// Nor is it when the program was killed right after it had used that.
func TestUndoLeavesWhatAKilledTransferUses(t *testing.T) {
	if dir := os.Getenv(killEnv); dir != "" {
		d, err := reopen(t, dir).BeginTransfer(sender, otherID)
		if err != nil {
			t.Fatal(err)
		}
		folders(t, d, "album", "album/empty")
		if err := d.Link(link("album/link", "found")); err != nil {
			t.Fatal(err)
		}
		deliver(t, d, "album/found", "content")
		write(t, filepath.Join(dir, "used"), "")
		select {} // until it is killed
	}
	in := newInbox(t)
	bring(t, in.Inbox, func(d *Delivery) { album(t, d) })
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), killEnv+"="+in.dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, func() bool { _, err := os.Lstat(filepath.Join(in.dir, "used")); return err == nil })
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	undoing(t, in.Inbox, false)
	wantFiles(t, in.dir, "album/", "album/empty/", "album/found=content", "album/link@", "used=")
}

// A transfer that is undone itself counts on nothing any more.
func TestUndoOfBoth(t *testing.T) {
	in := newInbox(t)
	bring(t, in.Inbox, func(d *Delivery) { album(t, d) })
	other(t, in.Inbox, func(d *Delivery) { album(t, d) })
	if err := in.Undo(otherID, false); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, in.dir, wholeAlbum...)
	undoing(t, in.Inbox, false)
	wantFiles(t, in.dir)
	wantNothingStaged(t, in.dir)
}

// What is kept for the journals of others goes with the last of them.
func TestUsesAreSwept(t *testing.T) {
	in := newInbox(t)
	bring(t, in.Inbox, func(d *Delivery) { album(t, d) })
	other(t, in.Inbox, func(d *Delivery) { album(t, d) })
	settle(t, in.Inbox, otherID)
	if got := partials(t, in.dir); len(got) != 1 || !isUsedName(got[0]) {
		t.Fatalf("staged: %q, want what the other one uses", got)
	}
	settle(t, in.Inbox, transferID)
	wantNothingStaged(t, in.dir)
}

// Where nobody has a journal, using what is there writes nothing.
func TestUseWithoutOthersWritesNothing(t *testing.T) {
	in := newInbox(t)
	bring(t, in.Inbox, func(d *Delivery) { album(t, d) })
	settle(t, in.Inbox, transferID)
	other(t, in.Inbox, func(d *Delivery) {
		folders(t, d, "album")
		deliver(t, d, "album/found", "content")
		wantNothingStaged(t, in.dir)
	})
}

// What was undone between Lookup and Use has not arrived.
func TestUseOfWhatIsGone(t *testing.T) {
	in := newInbox(t)
	bring(t, in.Inbox, func(d *Delivery) { album(t, d) })
	other(t, in.Inbox, func(d *Delivery) {
		e := entry("album/found", "content")
		f, where, _, err := d.Lookup(e)
		if err != nil || where != Final {
			t.Fatal(where, err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		undoing(t, in.Inbox, false)
		d.Use(e)
		if r := d.Results(); r.FailureCount != 1 || !errors.Is(r.Failures[0].Err, fault.Changed) || len(r.Paths) != 0 {
			t.Errorf("%+v", r)
		}
	})
	wantFiles(t, in.dir)
}

// When others use more than can be remembered, nothing is removed.
func TestUndoWithTooManyUses(t *testing.T) {
	o := &others{seed: maphash.MakeSeed(), uses: make([]uint64, maxUses)}
	for i := range 3 {
		o.add(record{kind: inUse, path: fmt.Sprint(i)})
	}
	if len(o.uses) != maxUses+1 || !o.use("anything") {
		t.Errorf("%d are remembered", len(o.uses))
	}
}

// Names that a filesystem takes for one are one here.
func TestUsesAreFolded(t *testing.T) {
	o := &others{seed: maphash.MakeSeed()}
	o.add(record{kind: inUse, path: "Stra\u00dfe/A\u0301"})
	if !o.use("STRASSE/\u00e1") || o.use("Strasse/a") {
		t.Error("not folded")
	}
}

// A partial that two transfers have gone on with belongs to the one that is left.
func TestUndoLeavesThePartialOfAnotherTransfer(t *testing.T) {
	in := newInbox(t)
	big := strings.Repeat("0123456789", smallSize/5)
	keep := func(d *Delivery) {
		e := entry("big", big)
		f, where, length, err := d.Lookup(e)
		if err != nil {
			t.Fatal(err)
		}
		if where == Found {
			_ = f.Close() // nothing was written to it
		}
		p, err := d.Create(e, length)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write([]byte(big[length : length+1000])); err != nil {
			t.Fatal(err)
		}
		if err := p.Keep(); err != nil {
			t.Fatal(err)
		}
	}
	bring(t, in.Inbox, keep)
	other(t, in.Inbox, keep)
	undoing(t, in.Inbox, false)
	if got := partials(t, in.dir); len(got) != 1 {
		t.Fatalf("partials: %q, want that of the other transfer", got)
	}
	if err := in.Undo(otherID, false); err != nil {
		t.Fatal(err)
	}
	wantNothingStaged(t, in.dir)
}
