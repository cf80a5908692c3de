package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ferry/netcore/internal/fault"
	"ferry/netcore/netcoretest/smalldisk"
)

func TestFullDisk(t *testing.T) { smalldisk.On(t, testFullDisk) }

// testFullDisk fills the disk of the config folder before a process opens the database, and while it has it open: both
// hear what is wrong, nothing of what was written before is lost, and all is well when there is room.
func testFullDisk(t *testing.T, dir string) {
	smalldisk.Mount(t, dir, "size=1m")
	s, fill := open(t, dir, "one"), filepath.Join(dir, "fill")
	if err := errors.Join(s.Put(aTransfer(1)), s.Close()); err != nil {
		t.Fatal(err)
	}
	fillUp(t, fill)
	if _, aside, err := Open(dir, "two"); !errors.Is(err, fault.NoSpace) || aside != "" {
		t.Errorf("opening: %v, set aside %q", err, aside)
	}
	empty(t, fill)
	s = open(t, dir, "three")
	fillUp(t, fill)
	more := aTransfer(2)
	more.Words = strings.Repeat("x", 64<<10)
	if err := s.Put(more); !errors.Is(err, fault.NoSpace) {
		t.Errorf("writing: %v", err)
	}
	empty(t, fill)
	if err := s.Put(more); err != nil {
		t.Error(err)
	}
	for i := 1; i <= 2; i++ {
		if _, ok, err := s.Get(aTransfer(i).ID); err != nil || !ok {
			t.Errorf("transfer %d: %v, %v", i, ok, err)
		}
	}
}

func fillUp(t *testing.T, file string) {
	t.Helper()
	if err := os.WriteFile(file, make([]byte, 2<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

func empty(t *testing.T, file string) {
	t.Helper()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}
