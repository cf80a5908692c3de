package transfer

import (
	"io/fs"
	"syscall"
	"time"
)

// inodeOf returns which file info is of, and when something of it was last changed,
// which no program can set.
func inodeOf(info fs.FileInfo) (inode uint64, changed time.Time) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, time.Time{}
	}
	return stat.Ino, time.Unix(stat.Ctim.Unix())
}
