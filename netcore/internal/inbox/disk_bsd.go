//go:build darwin || freebsd

package inbox

import (
	"errors"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

func inspect(*os.File) disk { return disk{names: unixNames(255)} }

func freeSpace(dir string) int64 {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return -1
	}
	blocks, size := int64(st.Bavail), int64(st.Bsize) // blocks may be below 0 on FreeBSD: what is reserved is in use
	if blocks < 0 {
		return 0
	}
	if size <= 0 || blocks > math.MaxInt64/size {
		return -1
	}
	return blocks * size
}

// syncFilesystem is never called: inspect says so.
func syncFilesystem(*os.File) error { return errors.ErrUnsupported }

func startWriteback(*os.File, int64, int64) {}
