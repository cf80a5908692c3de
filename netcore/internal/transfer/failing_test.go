package transfer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ferry/netcore/internal/fault"
)

// oddFile is a file to which something happens when it is read at or behind an offset.
type oddFile struct {
	sourceFile
	from int64
	what func() error
}

func (f oddFile) ReadAt(b []byte, at int64) (int, error) {
	if at >= f.from {
		if err := f.what(); err != nil {
			return 0, err
		}
	}
	return f.sourceFile.ReadAt(b, at)
}

// when lets something happen once the file local is read at or behind from.
func (s *Source) when(local string, from int64, what func() error) {
	s.openAt = func(near *nearby, path string) (sourceFile, error) {
		f, err := near.open(path)
		if err == nil && path == local {
			return oddFile{f, from, what}, nil
		}
		return f, err
	}
}

// three is a folder of three files of 3 MB; the second one is b.
func three(t *testing.T) (top string) {
	t.Helper()
	top = filepath.Join(tempDir(t), "top")
	for _, name := range []string{"a", "b", "c"} {
		randomFile(t, filepath.Join(top, name), 3_000_000, uint64(name[0]))
	}
	return top
}

// wantOneMissing checks that all but top/b has arrived, and that both ends list that.
func wantOneMissing(t *testing.T, o outcome, top, here string, kind error) {
	t.Helper()
	for name, r := range map[string]Result{"sender": o.sent, "receiver": o.got} {
		if r.FailedCount != 1 || len(r.Failures) != 1 || r.Failures[0].Path != "top/b" || !errors.Is(r.Failures[0].Err, kind) {
			t.Errorf("%s: %d failed, %v; want top/b: %v", name, r.FailedCount, r.Failures, kind)
		}
		if r.Receipt.Files != 2 || r.Receipt.Failed != 1 || r.Receipt.Bytes != 6_000_000 {
			t.Errorf("%s: receipt is %+v", name, r.Receipt)
		}
	}
	if local := o.sent.Failures[0].Local; local != filepath.Join(top, "b") {
		t.Errorf("the sender says that it is at %q", local)
	}
	sameFile(t, filepath.Join(top, "a"), filepath.Join(here, "top", "a"))
	sameFile(t, filepath.Join(top, "c"), filepath.Join(here, "top", "c"))
	if _, err := os.Lstat(filepath.Join(here, "top", "b")); !os.IsNotExist(err) {
		t.Errorf("top/b is there: %v", err)
	}
}

// TestReadErrorInTheMiddle has a disk that fails within the second of three files: what
// came of it is kept, and is not sent again when it can be read.
func TestReadErrorInTheMiddle(t *testing.T) {
	e, top, here := newEnds(t), three(t), t.TempDir()
	src := scan(t, top)
	src.when(filepath.Join(top, "b"), 2<<20, func() error { return errors.New("the disk is worn") })
	a := &attempt{id: NewID(), src: src, box: openBox(t, here)}
	wantOneMissing(t, e.mustMake(t, a), top, here, fault.Unread)

	again := &attempt{id: NewID(), src: pick(t, Pick{"top/b", filepath.Join(top, "b")}), box: a.box}
	e.mustMake(t, again)
	if again.anna.Found() != 2<<20 || again.bob.Found() != 2<<20 {
		t.Errorf("found %d and %d bytes, want %d", again.anna.Found(), again.bob.Found(), 2<<20)
	}
	sameFile(t, filepath.Join(top, "b"), filepath.Join(here, "top", "b"))
}

// TestChangedWhileItIsSent writes to a file between two reads of it: nothing of it arrives.
func TestChangedWhileItIsSent(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, file string) error{
		"longer": func(_ *testing.T, file string) error {
			f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteString("more")
			return errors.Join(err, f.Close())
		},
		"cut": func(_ *testing.T, file string) error { return os.Truncate(file, 1<<20) },
		"rewritten": func(t *testing.T, file string) error {
			randomFile(t, file, 3_000_000, 1)
			later := time.Now().Add(time.Minute)
			return os.Chtimes(file, later, later)
		},
	} {
		t.Run(name, func(t *testing.T) {
			e, top, here := newEnds(t), three(t), t.TempDir()
			src, file := scan(t, top), filepath.Join(top, "b")
			src.when(file, 1<<20, func() error { return change(t, file) })
			a := &attempt{id: NewID(), src: src, box: openBox(t, here)}
			wantOneMissing(t, e.mustMake(t, a), top, here, fault.Changed)
		})
	}
}

// lateFile is a file to which something happens when it is looked at for the last time.
type lateFile struct {
	sourceFile
	looks *int
	what  func() error
}

func (f lateFile) Stat() (fs.FileInfo, error) {
	if *f.looks++; *f.looks == 2 { // when it was opened, and at the end
		if err := f.what(); err != nil {
			return nil, err
		}
	}
	return f.sourceFile.Stat()
}

// TestEmptyFileThatGrowsIsListedAtBothEnds has an empty file that the receiver has as well, and
// that is empty no more at the end.
func TestEmptyFileThatGrowsIsListedAtBothEnds(t *testing.T) {
	e, file, here := newEnds(t), filepath.Join(tempDir(t), "file"), t.TempDir()
	randomFile(t, file, 0, 1)
	randomFile(t, filepath.Join(here, "file"), 0, 1)
	src, looks := scan(t, file), 0
	src.openAt = func(near *nearby, local string) (sourceFile, error) {
		f, err := near.open(local)
		return lateFile{f, &looks, func() error { return os.WriteFile(file, []byte("x"), 0o644) }}, err
	}
	o := e.mustMake(t, &attempt{id: NewID(), src: src, box: openBox(t, here)})
	for name, r := range map[string]Result{"sender": o.sent, "receiver": o.got} {
		if r.FailedCount != 1 || len(r.Failures) != 1 || !errors.Is(r.Failures[0].Err, fault.Changed) || r.Receipt.Files != 0 {
			t.Errorf("%s: %d failed, %v; receipt %+v", name, r.FailedCount, r.Failures, r.Receipt)
		}
	}
}

// TestReplacedWhileItIsSent puts another file in the place of one that is being sent: what was
// offered arrives, whole.
func TestReplacedWhileItIsSent(t *testing.T) {
	e, top, here := newEnds(t), three(t), t.TempDir()
	src, file := scan(t, top), filepath.Join(top, "b")
	offered := filepath.Join(t.TempDir(), "offered")
	copyFile(t, file, offered)
	other := filepath.Join(filepath.Dir(top), "other")
	randomFile(t, other, 3_000_000, 1)
	src.when(file, 1<<20, func() error {
		if err := os.Rename(other, file); !os.IsNotExist(err) {
			return err
		}
		return nil
	})
	o := e.mustMake(t, &attempt{id: NewID(), src: src, box: openBox(t, here)})
	if o.sent.FailedCount > 0 {
		t.Errorf("failed: %v", o.sent.Failures)
	}
	sameFile(t, offered, filepath.Join(here, "top", "b"))
}

// TestNoRoomIsSaidAtOnce has less room than the offer takes: nothing of it is sent.
func TestNoRoomIsSaidAtOnce(t *testing.T) {
	e, top, here := newEnds(t), three(t), t.TempDir()
	copyFile(t, filepath.Join(top, "a"), filepath.Join(here, "top", "a")) // takes no more room
	a := &attempt{id: NewID(), src: scan(t, top), box: openBox(t, here), free: func() int64 { return 5_999_999 }}
	o := e.make(t.Context(), a)
	if !errors.Is(o.sentErr, fault.NoSpace) || !isRemote(o.sentErr) || !errors.Is(o.gotErr, fault.NoSpace) {
		t.Errorf("sender: %v, receiver: %v", o.sentErr, o.gotErr)
	}
	if got := a.bob.Bytes(); got != 3_000_000 {
		t.Errorf("%d bytes have come, want only those that were there", got)
	}
	a.free = func() int64 { return 6_000_000 }
	e.mustMake(t, a)
}

// TestClaimThatIsWrongIsTakenBack removes a file of the receiver's after Have has named it:
// both ends count it no longer as found, and list it.
func TestClaimThatIsWrongIsTakenBack(t *testing.T) {
	e, top, here := newEnds(t), three(t), t.TempDir()
	for _, name := range []string{"a", "b"} {
		copyFile(t, filepath.Join(top, name), filepath.Join(here, "top", name))
	}
	src := scan(t, top)
	a := &attempt{id: NewID(), src: src, box: openBox(t, here)}
	compared := make(chan struct{})
	src.openAt = func(near *nearby, path string) (sourceFile, error) {
		if path == filepath.Join(top, "b") { // the last one that is compared
			defer close(compared)
			if err := os.Remove(filepath.Join(here, "top", "b")); err != nil {
				return nil, err
			}
		}
		return near.open(path)
	}
	o := e.mustMake(t, a)
	<-compared
	if a.anna.FoundFiles() != 1 || a.bob.FoundFiles() != 1 {
		t.Errorf("found %d and %d files, want 1", a.anna.FoundFiles(), a.bob.FoundFiles())
	}
	wantOneMissing(t, o, top, here, fault.Changed)
}

// TestRefusedEntriesAreListedAtBothEnds sends what this receiver cannot take: the rest
// arrives.
func TestRefusedEntriesAreListedAtBothEnds(t *testing.T) {
	e, top, here := newEnds(t), three(t), t.TempDir()
	src := scan(t, top)
	a := &attempt{id: NewID(), src: src, box: openBox(t, here)}
	mkdir(t, filepath.Join(here, "top"))
	mkdir(t, filepath.Join(here, "top", "b")) // and all names that it could get instead
	for n := 1; n < 1000; n++ {
		mkdir(t, filepath.Join(here, "top", fmt.Sprintf("b (%d)", n)))
	}
	o := e.mustMake(t, a)
	if o.sent.FailedCount != 1 || o.got.FailedCount != 1 {
		t.Fatalf("failed: %v and %v", o.sent.Failures, o.got.Failures)
	}
	if f := o.sent.Failures[0]; f.Path != "top/b" || !f.Remote || f.Local == "" || !errors.Is(f.Err, fault.BadName) {
		t.Errorf("the sender's list is %+v", f)
	}
	if f := o.got.Failures[0]; f.Path != "top/b" || f.Remote || f.Local != "" {
		t.Errorf("the receiver's list is %+v", f)
	}
}

func TestCancelledReceiverSaysSo(t *testing.T) {
	e, top := newEnds(t), three(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	src := scan(t, top)
	src.when(filepath.Join(top, "b"), 0, func() error { cancel(fault.Cancelled); return nil })
	a := &attempt{id: NewID(), src: src, box: openBox(t, t.TempDir())}
	anna, bob := e.mustConnect(t)
	got := make(chan error, 1)
	go func() {
		_, err := a.receive(ctx, bob)
		got <- err
	}()
	_, sent := Send(t.Context(), anna, Outgoing{ID: a.id, Source: src, Meter: &a.anna, Accepted: func() {}})
	if err := <-got; !errors.Is(err, fault.Cancelled) || !errors.Is(sent, fault.Cancelled) || !isRemote(sent) {
		t.Errorf("sender: %v, receiver: %v", sent, err)
	}
}
