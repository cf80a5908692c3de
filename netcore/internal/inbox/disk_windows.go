package inbox

import (
	"errors"
	"math"
	"os"

	"golang.org/x/sys/windows"
)

func inspect(*os.File) disk { return disk{names: windowsNames} }

// space returns how many bytes this user can write to the filesystem of dir, and
// its size, as far as it is his.
func space(dir string) (free, size int64, known bool) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, 0, false
	}
	var left, total uint64
	if err := windows.GetDiskFreeSpaceEx(path, &left, &total, nil); err != nil || max(left, total) > math.MaxInt64 {
		return 0, 0, false
	}
	return int64(left), int64(total), true
}

// syncFilesystem is never called: inspect says so.
func syncFilesystem(*os.File) error { return errors.ErrUnsupported }

func syncEach(files []*os.File) error {
	for _, f := range files {
		if err := f.Sync(); err != nil {
			return err
		}
	}
	return nil
}

// syncDir: Windows has no sync of a folder; NTFS journals its names.
func syncDir(*os.File) error { return nil }

func startWriteback(*os.File, int64, int64) {}

// moveExclusive: a rename by path could be led astray by a link. A new link by
// handle, which moveByLink makes, never replaces and cannot.
func moveExclusive(*Inbox, *folder, string, *Partial) error { return errors.ErrUnsupported }
