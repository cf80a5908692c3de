package inbox

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/windows"
)

// openFlags are for opening a file that is regular, or should be.
const openFlags = 0

// lockByte is where tryLock locks: locks are mandatory on Windows, and at this
// offset no file has data.
const lockByte = 1 << 30 // times 4 GiB

// tryLock locks f for this opening of it, and reports false if it is locked
// already. On a filesystem that knows no locks it reports true: transfers of
// this process still stay apart.
func tryLock(f *os.File) bool {
	defer runtime.KeepAlive(f)
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	at := windows.Overlapped{OffsetHigh: lockByte}
	err := windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &at)
	return err != windows.ERROR_LOCK_VIOLATION && err != windows.ERROR_IO_PENDING
}

func unlock(f *os.File) {
	defer runtime.KeepAlive(f)
	at := windows.Overlapped{OffsetHigh: lockByte}
	_ = windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, &at)
}

// links returns how many names f has; 0 if that is unknown.
func links(f *os.File, _ fs.FileInfo) uint64 {
	defer runtime.KeepAlive(f)
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &info); err != nil {
		return 0
	}
	return uint64(info.NumberOfLinks)
}

// sameDevice: what leads to another volume is no folder to package os.
func sameDevice(_, _ fs.FileInfo) bool { return true }

// touched returns when the partial name was last changed, as far as Windows
// tells; now if that is unknown.
func touched(s *staging, name string) time.Time {
	info, err := s.root.Lstat(name)
	if err != nil {
		return time.Now()
	}
	// The mtime may be the sender's by now; the partial was made here.
	made := time.Now()
	if data, ok := info.Sys().(*syscall.Win32FileAttributeData); ok {
		made = time.Unix(0, data.CreationTime.Nanoseconds())
	}
	if made.After(info.ModTime()) {
		return made
	}
	return info.ModTime()
}

// setModTime goes through f: set in another way, the time would be overwritten
// when f, which was written to, is closed.
func setModTime(_ *staging, _ string, f *os.File, t time.Time) error {
	defer runtime.KeepAlive(f)
	mtime := windows.NsecToFiletime(t.UnixNano())
	return windows.SetFileTime(windows.Handle(f.Fd()), nil, nil, &mtime)
}

func maxOpenFiles() int32 { return 1 << 14 }

func isNoSpace(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) ||
		errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED)
}

func isBadName(err error) bool {
	return errors.Is(err, windows.ERROR_INVALID_NAME) || errors.Is(err, windows.ERROR_FILENAME_EXCED_RANGE)
}

// cannotLink reports whether err, of a link, means that there are no links here.
func cannotLink(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, windows.ERROR_INVALID_FUNCTION) ||
		errors.Is(err, windows.ERROR_TOO_MANY_LINKS)
}
