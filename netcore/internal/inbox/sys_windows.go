package inbox

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"runtime"
	"syscall"
	"time"
	"unsafe"

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

// changeTime returns when f was last changed in any way, in a unit of the system.
func changeTime(f *os.File) (int64, error) {
	defer runtime.KeepAlive(f)
	var info struct {
		created, accessed, written, changed int64
		attributes, _                       uint32
	}
	err := windows.GetFileInformationByHandleEx(windows.Handle(f.Fd()), windows.FileBasicInfo, (*byte)(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info)))
	return info.changed, err
}

// setModTime goes through f: set in another way, the time would be overwritten
// when f, which was written to, is closed.
func setModTime(_ *staging, _ string, f *os.File, t time.Time) error {
	defer runtime.KeepAlive(f)
	mtime, err := filetime(t)
	if err != nil {
		return err
	}
	return windows.SetFileTime(windows.Handle(f.Fd()), nil, nil, &mtime)
}

// filetime counts in 100 ns since 1601.
func filetime(t time.Time) (windows.Filetime, error) {
	const seconds, perSecond = 11644473600, 10_000_000
	sec := t.Unix() + seconds
	if sec < 0 || sec >= math.MaxInt64/perSecond {
		return windows.Filetime{}, windows.ERROR_INVALID_PARAMETER
	}
	n := uint64(sec)*perSecond + uint64(t.Nanosecond()/100)
	return windows.Filetime{LowDateTime: uint32(n), HighDateTime: uint32(n >> 32)}, nil
}

// setTimeAt gives what is called name in the open folder dir the time t. It does
// not follow a link.
func setTimeAt(dir *os.File, name string, t time.Time) error {
	defer runtime.KeepAlive(dir)
	mtime, err := filetime(t)
	if err != nil {
		return err
	}
	object, err := windows.NewNTUnicodeString(name)
	if err != nil {
		return err
	}
	attributes := windows.OBJECT_ATTRIBUTES{ObjectName: object, RootDirectory: windows.Handle(dir.Fd())}
	attributes.Length = uint32(unsafe.Sizeof(attributes))
	const (
		access  = windows.FILE_WRITE_ATTRIBUTES | windows.SYNCHRONIZE
		share   = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
		options = windows.FILE_OPEN_REPARSE_POINT | windows.FILE_SYNCHRONOUS_IO_NONALERT | windows.FILE_OPEN_FOR_BACKUP_INTENT
	)
	var handle windows.Handle
	var status windows.IO_STATUS_BLOCK
	if err := windows.NtCreateFile(&handle, access, &attributes, &status, nil, 0, share, windows.FILE_OPEN, options, 0, 0); err != nil {
		return err
	}
	return errors.Join(windows.SetFileTime(handle, nil, nil, &mtime), windows.CloseHandle(handle))
}

// fileID tells a file from all others that its filesystem has now; 0 if it is unknown.
func fileID(f *os.File, _ fs.FileInfo) uint64 {
	defer runtime.KeepAlive(f)
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &info); err != nil {
		return 0
	}
	return uint64(info.FileIndexHigh)<<32 | uint64(info.FileIndexLow)
}

// nameID is fileID for what is called name in the folder root; info is from its
// Lstat. 0 if it is unknown, as it is for a link.
func nameID(root *os.Root, name string, info fs.FileInfo) uint64 {
	if info.Mode()&fs.ModeSymlink != 0 {
		return 0
	}
	f, err := root.Open(name)
	if err != nil {
		return 0
	}
	defer f.Close() // nothing was written
	return fileID(f, nil)
}

// markSparse makes what is sought over take no space, if the filesystem can.
func markSparse(f *os.File) {
	defer runtime.KeepAlive(f)
	var n uint32
	_ = windows.DeviceIoControl(windows.Handle(f.Fd()), windows.FSCTL_SET_SPARSE, nil, 0, nil, 0, &n, nil)
}

// cannotSymlink reports whether err, of a symbolic link, means that there are
// none here, or not for this user.
func cannotSymlink(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, windows.ERROR_PRIVILEGE_NOT_HELD) ||
		errors.Is(err, windows.ERROR_INVALID_FUNCTION) || errors.Is(err, windows.ERROR_NOT_SUPPORTED)
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
