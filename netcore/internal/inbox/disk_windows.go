package inbox

import (
	"errors"
	"math"
	"os"

	"golang.org/x/sys/windows"
)

func inspect(*os.File) disk { return disk{names: windowsNames} }

func freeSpace(dir string) int64 {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return -1
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, nil, nil); err != nil || free > math.MaxInt64 {
		return -1
	}
	return int64(free)
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
