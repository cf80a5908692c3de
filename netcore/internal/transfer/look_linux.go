package transfer

import (
	"io/fs"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// lookAt looks at some of what is in the open folder dir, but not at its folders. It does not
// walk there from the root for each, which package os would.
func lookAt(dir *os.File, batch []fs.DirEntry, seen []sight) {
	defer runtime.KeepAlive(dir)
	fd, infos := int(dir.Fd()), make([]rawInfo, len(batch))
	for i, d := range batch {
		if d.IsDir() {
			continue
		}
		info := &infos[i]
		_, err := again(func() (int, error) {
			return 0, unix.Fstatat(fd, d.Name(), &info.stat, unix.AT_SYMLINK_NOFOLLOW)
		})
		seen[i] = sight{info, err}
	}
}
