//go:build linux || darwin || freebsd

package inbox

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// openFlags are for opening a file that is regular, or should be: nothing waits
// then, not even if it is a pipe, and package os asks the system less.
const openFlags = unix.O_NONBLOCK

// tryLock locks f for this opening of it, and reports false if it is locked
// already. On a filesystem that knows no locks it reports true: transfers of
// this process still stay apart.
func tryLock(f *os.File) bool {
	err := flock(f, unix.LOCK_EX|unix.LOCK_NB)
	return !errors.Is(err, unix.EWOULDBLOCK)
}

func unlock(f *os.File) { _ = flock(f, unix.LOCK_UN) }

func flock(f *os.File, how int) error {
	defer runtime.KeepAlive(f)
	for {
		if err := unix.Flock(int(f.Fd()), how); err != unix.EINTR {
			return err
		}
	}
}

// links returns how many names f has; info is from f.
func links(_ *os.File, info fs.FileInfo) uint64 {
	return uint64(info.Sys().(*syscall.Stat_t).Nlink)
}

func sameDevice(a, b fs.FileInfo) bool {
	return a.Sys().(*syscall.Stat_t).Dev == b.Sys().(*syscall.Stat_t).Dev
}

// touched returns when the partial name was last changed in any way; now if
// that is unknown.
func touched(s *staging, name string) time.Time {
	defer runtime.KeepAlive(s)
	var st unix.Stat_t
	if err := unix.Fstatat(int(s.dir.Fd()), name, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return time.Now()
	}
	// Not the mtime, which may be the sender's by now.
	return time.Unix(st.Ctim.Unix())
}

// changeTime returns when f was last changed in any way, in a unit of the system.
func changeTime(f *os.File) (int64, error) {
	defer runtime.KeepAlive(f)
	var st unix.Stat_t
	if err := unix.Fstat(int(f.Fd()), &st); err != nil {
		return 0, err
	}
	return st.Ctim.Nano(), nil
}

func setModTime(s *staging, name string, _ *os.File, t time.Time) error {
	return setTimeAt(s.dir, name, t)
}

// setTimeAt gives what is called name in the open folder dir the time t. It does
// not follow a link.
func setTimeAt(dir *os.File, name string, t time.Time) error {
	defer runtime.KeepAlive(dir)
	ts, err := unix.TimeToTimespec(t)
	if err != nil {
		return err
	}
	return unix.UtimesNanoAt(int(dir.Fd()), name, []unix.Timespec{ts, ts}, unix.AT_SYMLINK_NOFOLLOW)
}

// fileID tells a file from all others that its filesystem has now; info is from f.
func fileID(_ *os.File, info fs.FileInfo) uint64 { return uint64(info.Sys().(*syscall.Stat_t).Ino) }

// nameID is fileID for what is called name in the folder root; info is from its
// Lstat. 0 if it is unknown.
func nameID(_ *os.Root, _ string, info fs.FileInfo) uint64 { return fileID(nil, info) }

// markSparse: what is sought over takes no space anyway, if the filesystem can.
func markSparse(*os.File) {}

// cannotSymlink reports whether err, of a symbolic link, means that there are
// none here, or not for this user.
func cannotSymlink(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, unix.EPERM)
}

// maxOpenFiles leaves three quarters of what this process may have open to others.
func maxOpenFiles() int32 {
	const enough = 1 << 14
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return few
	}
	return int32(max(few, min(uint64(limit.Cur)/4, enough)))
}

func isNoSpace(err error) bool {
	return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT)
}

func isBadName(err error) bool {
	return errors.Is(err, unix.ENAMETOOLONG) || errors.Is(err, unix.EILSEQ) || errors.Is(err, unix.EINVAL)
}

// cannotLink reports whether err, of a link, means that there are no links here.
func cannotLink(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, unix.EPERM) || errors.Is(err, unix.EMLINK)
}

// syncDir makes the names in an open folder permanent, where there is such a call.
func syncDir(dir *os.File) error {
	err := dir.Sync()
	if errors.Is(err, unix.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}
