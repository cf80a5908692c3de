package inbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ferry/netcore/internal/fault"
	"ferry/netcore/netcoretest/smalldisk"
)

const smallDisk = 1 << 20

// onSmallDisk calls do with a small disk in a process of its own.
func onSmallDisk(t *testing.T, options string, do func(t *testing.T, dir string)) {
	t.Helper()
	smalldisk.On(t, func(t *testing.T, dir string) {
		smalldisk.Mount(t, dir, options)
		do(t, dir)
	})
}

func TestFullDisk(t *testing.T) { onSmallDisk(t, "size=1m", testFullDisk) }

func testFullDisk(t *testing.T, dir string) {
	in := reopen(t, dir)
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	left := int64(st.Bavail)*st.Bsize - smallDisk/100
	if got, other := in.Free(), FreeSpace(dir); got != left || other != left {
		t.Errorf("Free: %d and %d, want %d", got, other, left)
	}
	d := begin(t, in)
	deliver(t, d, "before", "there")
	content := string(bytes.Repeat([]byte("0123456789abcdef"), 2*smallDisk/16))
	p := start(t, d, "big", content, 0)
	written, err := 0, error(nil)
	for err == nil && written < len(content) {
		var n int
		n, err = p.Write([]byte(content[written:min(written+100_000, len(content))]))
		written += n
	}
	if !errors.Is(err, fault.NoSpace) || !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("after %d bytes: %v", written, err)
	}
	if err := p.Keep(); err != nil {
		t.Fatal(err)
	}
	f, where, length, err := d.Lookup(entry("big", content))
	if where != Found || length != int64(written) || err != nil {
		t.Fatalf("%v, %d bytes of the %d that were written, %v", where, length, written, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if in.Free() != 0 {
		t.Errorf("Free: %d on a full disk", in.Free())
	}
	smalldisk.Remount(t, dir, "size=4m")
	deliver(t, d, "big", content)
	wantFiles(t, dir, "before=there", "big="+content)
}

// Small files are written by others than who brings them, who tell of it all the same.
func TestSmallFilesOnAFullDisk(t *testing.T) {
	onSmallDisk(t, "size=1m", func(t *testing.T, dir string) {
		in := reopen(t, dir)
		d := transfer(t, in)
		content := strings.Repeat("x", 10_000)
		n := 0
		for ; d.Err() == nil; n++ {
			if n > 1000 {
				t.Fatal("the disk does not get full")
			}
			finish(t, d, fmt.Sprintf("%d", n), content)
		}
		if err := d.Err(); !errors.Is(err, fault.NoSpace) || !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("after %d files: %v", n, err)
		}
		if err := d.Commit(); !errors.Is(err, fault.NoSpace) {
			t.Errorf("Commit: %v", err)
		}
		there := len(files(t, dir))
		if r := d.Results(); there+r.FailureCount != n {
			t.Errorf("%d files are there, %d failed, of %d", there, r.FailureCount, n)
		}
		if err := d.Close(); err != nil && !errors.Is(err, fault.NoSpace) { // the journal's end is not on disk
			t.Error(err)
		}
		undoing(t, in, false)
		wantFiles(t, dir)
		wantNothingStaged(t, dir)
	})
}

func TestNoMoreNamesOnADisk(t *testing.T) {
	onSmallDisk(t, "size=4m,nr_inodes=10", func(t *testing.T, dir string) {
		in := reopen(t, dir)
		d := transfer(t, in)
		deliver(t, d, "before", "there")
		var err error
		for i := 0; err == nil; i++ {
			err = d.Folder(Entry{Path: fmt.Sprintf("folder %d", i), ModTime: mtime})
		}
		_, cerr := d.Create(Entry{Path: "big", Size: smallSize + 1}, 0)
		for what, err := range map[string]error{
			"Folder": err, "Link": d.Link(link("folder 0/link", "x")), "Create": cerr,
		} {
			if !errors.Is(err, fault.NoSpace) || !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		undoing(t, in, false)
		wantFiles(t, dir)
	})
}

// A journal that cannot be written stops the transfer before anything gets a
// name that Undo would not know.
func TestNoRoomForTheJournal(t *testing.T) {
	onSmallDisk(t, "size=64k", func(t *testing.T, dir string) {
		in := reopen(t, dir)
		named(in)
		d := transfer(t, in)
		finish(t, d, "pending", "x")
		quiet(d)
		filler := filepath.Join(dir, "filler")
		if err := os.WriteFile(filler, make([]byte, 1<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
		long := strings.Repeat("n", 250)
		var err error
		for i := 0; err == nil; i++ {
			err = d.Folder(Entry{Path: fmt.Sprint(long, i)})
		}
		if !errors.Is(err, fault.NoSpace) {
			t.Fatalf("Folder: %v", err)
		}
		if err := d.Commit(); !errors.Is(err, fault.NoSpace) {
			t.Errorf("Commit: %v", err)
		}
		if _, err := os.Lstat(filepath.Join(dir, "pending")); !os.IsNotExist(err) {
			t.Errorf("it got its name: %v", err)
		}
		if got := partials(t, dir); len(got) != 1 {
			t.Errorf("partials: %q, want that of the file", got)
		}
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		deliver(t, d, "pending", "x")
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		undoing(t, in, false)
		wantFiles(t, dir)
	})
}
