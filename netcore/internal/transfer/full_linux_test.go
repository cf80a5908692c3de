package transfer

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
)

const fullEnv = "FERRY_TEST_FULL_DISK"

// TestFullDisk runs itself again in a mount namespace of its own, where it may
// mount a small filesystem that ends with it. It needs to be root, or user
// namespaces.
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

func mount(t *testing.T, dir, options string, flags uintptr) {
	t.Helper()
	if err := syscall.Mount("ferry", dir, "tmpfs", flags, options); err != nil {
		t.Fatal(err)
	}
}

// testFullDisk fills the receiver's disk in the middle of a file, and with the names of
// many small ones: both ends hear of it at once, nothing counts as failed, and it
// goes on when there is room.
func testFullDisk(t *testing.T, dir string) {
	for name, tt := range map[string]struct {
		files, size int
		little, big string
	}{
		"bytes": {3, 3_000_000, "size=4m", "size=64m"},
		"names": {1500, 1, "size=64m,nr_inodes=500", "size=64m,nr_inodes=10000"},
	} {
		t.Run(name, func(t *testing.T) {
			here := filepath.Join(dir, name)
			mkdir(t, here)
			mount(t, here, tt.little, 0)
			e, top := newEnds(t), filepath.Join(tempDir(t), "top")
			for i := range tt.files {
				randomFile(t, filepath.Join(top, string(rune('a'+i%26)), string(rune('一'+i))), tt.size, uint64(i))
			}
			a := &attempt{id: NewID(), src: scan(t, top), box: openBox(t, here)}
			began := time.Now()
			o := e.make(t.Context(), a)
			if took := time.Since(began); took > conn.LingerTimeout {
				t.Errorf("it took %v to end", took)
			}
			if !errors.Is(o.gotErr, fault.NoSpace) || !errors.Is(o.sentErr, fault.NoSpace) || !isRemote(o.sentErr) {
				t.Fatalf("sender: %v, receiver: %v; want %v", o.sentErr, o.gotErr, fault.NoSpace)
			}
			if o.got.FailedCount+o.sent.FailedCount > 0 {
				t.Errorf("failed are %v and %v", o.got.Failures, o.sent.Failures)
			}
			mount(t, here, tt.big, syscall.MS_REMOUNT)
			o = e.mustMake(t, a)
			if o.sent.Receipt.Files != int64(tt.files) || o.sent.FailedCount > 0 {
				t.Errorf("with room: %+v, %v", o.sent.Receipt, o.sent.Failures)
			}
			if a.anna.Found() == 0 {
				t.Error("nothing of the first attempt was kept")
			}
			for i := range tt.files {
				rel := filepath.Join(string(rune('a'+i%26)), string(rune('一'+i)))
				sameFile(t, filepath.Join(top, rel), filepath.Join(here, "top", rel))
			}
		})
	}
}
