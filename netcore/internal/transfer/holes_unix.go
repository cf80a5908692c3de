//go:build linux || darwin

package transfer

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"syscall"

	"golang.org/x/sys/unix"
)

// stored returns how many bytes a file takes on the disk.
func stored(info fs.FileInfo) (bytes int64, known bool) {
	const block = 512 // whatever that of the filesystem is
	switch stat := info.Sys().(type) {
	case *unix.Stat_t:
		return stat.Blocks * block, true
	case *syscall.Stat_t:
		return stat.Blocks * block, true
	}
	return 0, false
}

// nextData returns where the first data at or behind at begins; past the end of
// the file if there is none.
func nextData(f io.Seeker, at int64) (int64, error) {
	data, err := f.Seek(at, unix.SEEK_DATA)
	if errors.Is(err, unix.ENXIO) {
		return math.MaxInt64, nil
	}
	return data, err
}

// nextHole returns where the data at at ends.
func nextHole(f io.Seeker, at int64) (int64, error) { return f.Seek(at, unix.SEEK_HOLE) }
