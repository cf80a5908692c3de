package inbox

import (
	"errors"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// The attribute is that of freedesktop.org's common extended attributes.
const (
	markName  = "user.xdg.origin.url"
	markValue = "ferry:"
)

var systemMarks = marks{
	set: func(f *os.File, _ string) error {
		defer runtime.KeepAlive(f)
		return unix.Fsetxattr(int(f.Fd()), markName, []byte(markValue), 0)
	},
	refused: func(err error) bool {
		return errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSYS)
	},
}
