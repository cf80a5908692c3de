package transfer

import (
	"path/filepath"

	"golang.org/x/sys/unix"
)

// A nearby opens files of a source. It keeps the folder of the last ones open, so that
// the next one is found in it without a walk through all the folders above. It
// belongs to one goroutine; its zero value has no folder.
type nearby struct {
	folder string // of the last file
	fd     int    // of that folder; valid if there is one
	there  bool
}

func (n *nearby) open(local string) (sourceFile, error) {
	folder, name := filepath.Split(local)
	if folder != n.folder {
		n.close()
		n.folder = folder
		return openLocal(local) // it may be the only one
	}
	if !n.there {
		fd, err := again(func() (int, error) { return unix.Open(folder, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0) })
		if err != nil {
			return openLocal(local)
		}
		n.fd, n.there = fd, true
	}
	fd, err := again(func() (int, error) { return unix.Openat(n.fd, name, openFlags|unix.O_CLOEXEC, 0) })
	if err != nil {
		return openLocal(local) // which may be in another folder of that name by now, or else tells what is wrong
	}
	return &rawFile{fd: fd, path: local}, nil
}

func (n *nearby) close() {
	if n.there {
		_ = unix.Close(n.fd) // nothing was written to it
	}
	*n = nearby{}
}
