package inbox

import (
	"errors"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// moveExclusive renames without replacing, between two open folders.
func moveExclusive(_ *Inbox, f *folder, name string, p *Partial) error {
	defer runtime.KeepAlive(f)
	err := unix.Renameat2(int(p.stage.dir.Fd()), p.name, int(f.dir.Fd()), name, unix.RENAME_NOREPLACE)
	if err == nil {
		return nil
	}
	if err == unix.EINVAL {
		// The filesystem does not know the flag; or it does not like the name,
		// which the next move will find out too.
		err = errors.Join(errors.ErrUnsupported, err)
	}
	return &os.LinkError{Op: "renameat2", Old: p.name, New: name, Err: err}
}
