package inbox

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"ferry/netcore/internal/fault"
)

const (
	smallDisk = 1 << 20
	fullEnv   = "FERRY_TEST_FULL_DISK"
)

// TestFullDisk runs itself again in a mount namespace of its own, where it may
// mount a small filesystem that ends with it. It needs to be root, or user
// namespaces.
func TestFullDisk(t *testing.T) {
	if dir := os.Getenv(fullEnv); dir != "" {
		if err := syscall.Mount("ferry", dir, "tmpfs", 0, "size=1m"); err != nil {
			t.Fatal(err)
		}
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

func testFullDisk(t *testing.T, dir string) {
	in := reopen(t, dir)
	if free := in.Free(); free <= 0 || free > smallDisk {
		t.Errorf("Free: %d", free)
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
	if err := syscall.Mount("ferry", dir, "tmpfs", syscall.MS_REMOUNT, "size=4m"); err != nil {
		t.Fatal(err)
	}
	deliver(t, d, "big", content)
	wantFiles(t, dir, "before=there", "big="+content)
}
