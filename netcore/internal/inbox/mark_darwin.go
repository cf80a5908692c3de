package inbox

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// downloaded are the flags of a file that a program has brought and that nobody has opened yet.
const downloaded = 0x0081

var systemMarks = marks{
	set: func(f *os.File, _ string) error {
		defer runtime.KeepAlive(f)
		value := fmt.Sprintf("%04x;%08x;Ferry;", downloaded, time.Now().Unix())
		return unix.Fsetxattr(int(f.Fd()), "com.apple.quarantine", []byte(value), 0)
	},
	refused: func(err error) bool { return errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.EPERM) },
}
