package inbox

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// newNumberless is newInbox where files have no lasting numbers, as on FAT.
func newNumberless(t *testing.T) guarded {
	t.Helper()
	in := newInbox(t)
	in.disk.renumbers = true
	return in
}

// Whether the inbox is still where it was is told by its number, where that lasts.
func TestInPlaceWithoutNumbers(t *testing.T) {
	for _, renumbers := range []bool{true, false} {
		in, err := Open(filepath.Join(t.TempDir(), "inbox"))
		if err != nil {
			t.Fatal(err)
		}
		in.disk.renumbers = renumbers
		moved := in.dir + " moved"
		steps := []struct {
			do   func() error
			here bool
		}{
			{func() error { return nil }, true},
			{func() error { return os.Rename(in.dir, moved) }, false},
			{func() error { return os.Mkdir(in.dir, 0o755) }, renumbers},
			{func() error { return errors.Join(os.Remove(in.dir), os.WriteFile(in.dir, nil, 0o644)) }, false},
			{func() error { return errors.Join(os.Remove(in.dir), os.Rename(moved, in.dir)) }, true},
		}
		for i, step := range steps {
			if err := step.do(); err != nil {
				t.Fatal(err)
			}
			if err := in.InPlace(); (err == nil) != step.here {
				t.Errorf("step %d, renumbers %v: %v", i, renumbers, err)
			}
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A file of the person with the size and time of one that was to get its name stays.
func TestUndoWithoutNumbersLeavesWhatWasThere(t *testing.T) {
	in := newNumberless(t)
	mine := filepath.Join(in.dir, "vault")
	write(t, mine, "MY SECRETS")
	if err := os.Chtimes(mine, mtime, mtime); err != nil {
		t.Fatal(err)
	}
	bring(t, in.Inbox, func(d *Delivery) {
		deliver(t, d, "vault", "other data")
		deliver(t, d, "top/new", "new")
	})
	wantFiles(t, in.dir, "vault=MY SECRETS", "vault (1)=other data", "top/", "top/new=new")
	undoing(t, in.Inbox, false)
	wantFiles(t, in.dir, "vault=MY SECRETS")
}

// Killed before the outcomes were written, what is there may be anybody's.
func TestUndoWithoutNumbersIgnoresIntents(t *testing.T) {
	in := newNumberless(t)
	file := filepath.Join(in.dir, "file")
	write(t, file, "1234")
	if err := os.Chtimes(file, mtime, mtime); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(in.dir, "folder"), 0o777); err != nil {
		t.Fatal(err)
	}
	symlink(t, "target", filepath.Join(in.dir, "link"))
	var lines []byte
	for _, r := range []record{
		{kind: fileIntent, path: "file", size: 4, time: mtime},
		{kind: folderIntent, path: "folder"},
		{kind: linkIntent, path: "link", target: "target"},
	} {
		lines = r.appendTo(lines)
	}
	write(t, filepath.Join(in.dir, StagingName, journalName(transferID)), string(lines))
	undoing(t, in.Inbox, false)
	wantFiles(t, in.dir, "file=1234", "folder/", "link@")
}

// Entries whose names are one stay two also where only their names tell them apart.
func TestNamesThatMeetStayApartWithoutNumbers(t *testing.T) {
	in := newNumberless(t)
	in.names = insensitive()
	in.folds.Store(true)
	d := begin(t, in.Inbox)
	for i, path := range []string{"Photos", "photos", "PHOTOS"} {
		folders(t, d, path)
		deliver(t, d, path+"/x", string(rune('0'+i)))
	}
	for _, path := range []string{"F", "f"} {
		deliver(t, d, path, "same")
	}
	wantFiles(t, in.dir, "photos/", "photos/x=0", "photos (1)/", "photos (1)/x=1", "photos (2)/", "photos (2)/x=2", "f=same", "f (1)=same")
}

// The same without a rule that makes them one: the filesystem does.
func TestOwnershipIsFoldedWithoutNumbers(t *testing.T) {
	in := newNumberless(t)
	in.folds.Store(true)
	d := begin(t, in.Inbox)
	if !d.owns("top/A", "top/A", 0) || d.owns("top/a", "top/a", 0) {
		t.Error("two entries are one")
	}
	if !d.owns("top/A", "top/a", 0) {
		t.Error("an entry does not own itself")
	}
	if !d.owns("other/a", "other/a", 0) {
		t.Error("entries in two folders meet")
	}
}
