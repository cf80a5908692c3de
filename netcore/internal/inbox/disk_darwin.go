package inbox

import (
	"errors"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// syncEach hands each file to the drive, and lets the drive empty its cache
// once, with the last: os.File.Sync does both for each, which takes a drive tens
// of milliseconds.
func syncEach(files []*os.File) error {
	last := len(files) - 1
	for _, f := range files[:last] {
		err := unix.Fsync(int(f.Fd()))
		runtime.KeepAlive(f)
		if err != nil {
			return os.NewSyscallError("fsync", err)
		}
	}
	return files[last].Sync()
}

// moveExclusive renames without replacing, between two open folders.
func moveExclusive(_ *Inbox, f *folder, name string, p *Partial) error {
	defer runtime.KeepAlive(f)
	err := unix.RenameatxNp(int(p.stage.dir.Fd()), p.name, int(f.dir.Fd()), name, unix.RENAME_EXCL)
	if err == nil {
		return nil
	}
	if err == unix.EINVAL {
		err = errors.Join(errors.ErrUnsupported, err)
	}
	return &os.LinkError{Op: "renameatx_np", Old: p.name, New: name, Err: err}
}
