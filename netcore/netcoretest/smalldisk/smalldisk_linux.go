// Package smalldisk gives tests a disk that is easily full.
package smalldisk

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

const env = "FERRY_TEST_SMALL_DISK"

// On runs the test again in a mount namespace of its own, where do may mount small
// filesystems in dir, an empty folder, with [Mount]: they end with it. It needs to be root, or user namespaces.
func On(t *testing.T, do func(t *testing.T, dir string)) {
	t.Helper()
	if dir := os.Getenv(env); dir != "" {
		do(t, dir)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), env+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS, Unshareflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "PASS: "+t.Name()) {
		t.Fatalf("%v\n%s", err, out)
	}
}

// Mount mounts a filesystem in memory on dir, with options of tmpfs(5) such as "size=1m".
func Mount(t *testing.T, dir, options string) {
	t.Helper()
	mount(t, dir, options, 0)
}

// Remount gives the one on dir other options.
func Remount(t *testing.T, dir, options string) {
	t.Helper()
	mount(t, dir, options, syscall.MS_REMOUNT)
}

func mount(t *testing.T, dir, options string, flags uintptr) {
	t.Helper()
	if err := syscall.Mount("ferry", dir, "tmpfs", flags, options); err != nil {
		t.Fatal(err)
	}
}
