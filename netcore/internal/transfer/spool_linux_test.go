package transfer

import (
	"bufio"
	"errors"
	"os"
	"syscall"
	"testing"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// TestFullDiskIsNoSpace writes a list to the device that is always full.
func TestFullDiskIsNoSpace(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	m := NewManifest(t.TempDir())
	m.spool.file, m.spool.w = full, bufio.NewWriter(full)
	if err := m.Add(wire.Entry{Path: "a"}); err != nil {
		t.Fatal(err)
	}
	if err := m.Seal(); !errors.Is(err, fault.NoSpace) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("sealing: %v, want %v", err, fault.NoSpace)
	}
	page := make([]byte, wire.MaxPage)
	m.spool.w = bufio.NewWriter(full)
	if err := m.spool.append(page); !errors.Is(err, fault.NoSpace) {
		t.Errorf("appending: %v, want %v", err, fault.NoSpace)
	}
}

// TestListIsGoneAfterACrash looks for a long list's file while it is in use: it
// must have no name that a crash could leave behind.
func TestListIsGoneAfterACrash(t *testing.T) {
	dir := t.TempDir()
	m := NewManifest(dir)
	for i := range 150_000 {
		if err := m.Add(entryNo(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Seal(); err != nil {
		t.Fatal(err)
	}
	if m.spool.file == nil {
		t.Fatal("the list is in memory")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("on disk while in use: %v (%v)", left, err)
	}
	checkManifest(t, m, 150_000)
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}
