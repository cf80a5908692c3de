package inbox

import (
	"os"
	"runtime"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// createNameless makes a file on the filesystem of dir that has no name there.
func createNameless(dir *os.File, perm os.FileMode) (*os.File, error) {
	defer runtime.KeepAlive(dir)
	fd, err := unix.Openat(int(dir.Fd()), ".", unix.O_RDWR|unix.O_TMPFILE|unix.O_CLOEXEC, uint32(perm.Perm()))
	if err != nil {
		return nil, &os.PathError{Op: "create", Path: "file without a name", Err: err}
	}
	return os.NewFile(uintptr(fd), "file without a name"), nil
}

// link gives the nameless file f a name in dir, without replacing what is there.
func (n naming) link(f, dir *os.File, name string) error {
	defer runtime.KeepAlive(f)
	defer runtime.KeepAlive(dir)
	var err error
	switch fd, to := int(f.Fd()), int(dir.Fd()); n {
	case namingByFile: // since Linux 6.10, or for root
		err = unix.Linkat(fd, "", to, name, unix.AT_EMPTY_PATH)
	case namingByProc:
		err = unix.Linkat(unix.AT_FDCWD, "/proc/self/fd/"+strconv.Itoa(fd), to, name, unix.AT_SYMLINK_FOLLOW)
	default:
		err = unix.ENOTSUP
	}
	if err != nil {
		return &os.LinkError{Op: "linkat", Old: f.Name(), New: name, Err: err}
	}
	return nil
}

// setFileTime gives the open file f the time t. It is futimens(3), which package unix does
// not have: with an empty path in place of none, the kernel takes twice as long.
func setFileTime(f *os.File, t time.Time) error {
	ts, err := unix.TimeToTimespec(t)
	if err != nil {
		return err
	}
	times := [2]unix.Timespec{ts, ts}
	defer runtime.KeepAlive(f)
	if _, _, errno := unix.Syscall6(unix.SYS_UTIMENSAT, f.Fd(), 0, uintptr(unsafe.Pointer(&times)), 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
