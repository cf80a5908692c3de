//go:build darwin || freebsd

package inbox

import (
	"errors"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

func inspect(*os.File) disk { return disk{names: unixNames(255)} }

// space returns how many bytes this user can write to the filesystem of dir, and
// its size.
func space(dir string) (free, size int64, known bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, 0, false
	}
	blocks, block := int64(st.Bavail), int64(st.Bsize) // blocks may be below 0 on FreeBSD: what is reserved is in use
	if block <= 0 || st.Blocks > math.MaxInt64/uint64(block) {
		return 0, 0, false
	}
	return max(blocks, 0) * block, int64(st.Blocks) * block, true
}

// syncFilesystem is never called: inspect says so.
func syncFilesystem(*os.File) error { return errors.ErrUnsupported }

func startWriteback(*os.File, int64, int64) {}
