package transfer

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/inbox"
)

// beforeFile lets something happen to what a receiver has, after Have has named it and before File refers to
// it: src is read for the first time at local then.
func (s *Source) beforeFile(local string, what func() error) {
	first := true
	s.openAt = func(near *nearby, path string) (sourceFile, error) {
		if path == local && first {
			first = false
			if err := what(); err != nil {
				return nil, err
			}
		}
		return near.open(path)
	}
}

// overwrite changes the first byte of a file, and leaves its size and time.
func overwrite(local string) error {
	info, err := os.Stat(local)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(local, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	b := make([]byte, 1)
	_, rerr := f.ReadAt(b, 0)
	b[0]++
	_, werr := f.WriteAt(b, 0)
	return errors.Join(rerr, werr, f.Close(), os.Chtimes(local, info.ModTime(), info.ModTime()))
}

// TestEditedCopyIsNotConfirmed has a person write to a file that is there already, after it was
// compared: nobody says that it is what was sent. One that was touched alone is.
func TestEditedCopyIsNotConfirmed(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(local string) error
		want error
	}{
		"edited": {overwrite, fault.Changed},
		"touched": {func(local string) error {
			later := time.Now().Add(time.Minute)
			return os.Chtimes(local, later, later)
		}, nil},
	} {
		e, top, here := newEnds(t), three(t), t.TempDir()
		copyFile(t, filepath.Join(top, "b"), filepath.Join(here, "top", "b"))
		src := scan(t, top)
		src.beforeFile(filepath.Join(top, "b"), func() error { return c.edit(filepath.Join(here, "top", "b")) })
		o := e.mustMake(t, &attempt{id: NewID(), src: src, box: openBox(t, here)})
		if c.want == nil {
			if o.got.FailedCount > 0 || o.sent.Receipt.Files != 3 {
				t.Errorf("%s: %+v", name, o.got)
			}
			continue
		}
		for _, r := range []Result{o.got, o.sent} {
			if r.FailedCount != 1 || r.Failures[0].Path != "top/b" || !errors.Is(r.Failures[0].Err, c.want) || r.Receipt.Files != 2 {
				t.Errorf("%s: %+v, want %v", name, r, c.want)
			}
		}
	}
}

// TestEditedPartialIsNotConfirmed changes what is there of a file before the rest of it comes.
func TestEditedPartialIsNotConfirmed(t *testing.T) {
	e, file, here := newEnds(t), filepath.Join(tempDir(t), "file"), t.TempDir()
	randomFile(t, file, 3_000_000, 1)
	src := scan(t, file)
	src.when(file, 2<<20, func() error { return errors.New("the disk is worn") })
	a := &attempt{id: NewID(), src: src, box: openBox(t, here)}
	e.mustMake(t, a)

	partial := partialIn(t, here)
	src = scan(t, file)
	src.beforeFile(file, func() error { return overwrite(partial) })
	a = &attempt{id: NewID(), src: src, box: a.box}
	o := e.mustMake(t, a)
	for _, r := range []Result{o.got, o.sent} {
		if r.FailedCount != 1 || !errors.Is(r.Failures[0].Err, fault.Corrupt) || r.Receipt.Files != 0 {
			t.Errorf("%+v, want %v", r, fault.Corrupt)
		}
	}
}

// partialIn returns the only file of more than a MiB below dir.
func partialIn(t *testing.T, dir string) (local string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Size() > 1<<20 {
			local = path
		}
		return err
	})
	if err != nil || local == "" {
		t.Fatalf("there is no partial (%v)", err)
	}
	return local
}

// TestStateOfAFile is another one after an edit, and unknown where an edit might not show.
func TestStateOfAFile(t *testing.T) {
	local, r := filepath.Join(t.TempDir(), "file"), new(receiver)
	randomFile(t, local, 10, 1)
	f, err := os.Open(local)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if r.stateOf(f, inbox.Final) != 0 {
		t.Error("the state of a file that was just written is relied on")
	}
	before := r.stateOf(f, inbox.Found)
	if again := r.stateOf(f, inbox.Found); before == 0 || again != before {
		t.Errorf("the state of one partial is %x and %x", before, again)
	}
	later := time.Now().Add(time.Minute)
	if err := os.Chtimes(local, later, later); err != nil {
		t.Fatal(err)
	}
	if r.stateOf(f, inbox.Found) == before {
		t.Error("the state is as it was with another time")
	}
	if b, err := os.ReadFile(local); err != nil || !bytes.Equal(b, randomBytes(10, 1)) {
		t.Error(err)
	}
}
