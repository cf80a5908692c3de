package store

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ferry/netcore/internal/fault"
)

const fullEnv = "FERRY_FULL_CONFIG"

// TestFullDisk runs itself again in a mount namespace of its own, as it mounts a small filesystem that ends with it. It needs
// to be root, or user namespaces.
func TestFullDisk(t *testing.T) {
	if dir := os.Getenv(fullEnv); dir != "" {
		testFullDisk(t, dir)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
	cmd.Env = append(os.Environ(), fullEnv+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Unshareflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "PASS: TestFullDisk") {
		t.Fatalf("%v\n%s", err, out)
	}
}

// testFullDisk fills the disk of the config folder before a process opens the database, and while it has it open: both
// hear what is wrong, nothing of what was written before is lost, and all is well when there is room.
func testFullDisk(t *testing.T, dir string) {
	if err := syscall.Mount("ferry", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Fatal(err)
	}
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
