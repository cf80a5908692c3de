package inbox

import (
	"os"
	"testing"
)

// mkfifo: there are no pipes in the folders of Windows. A folder is not a
// regular file either.
func mkfifo(name string) error { return os.Mkdir(name, 0o700) }

// onDisk: how much space a file takes is not told in a simple way.
func onDisk(testing.TB, string) int64 { return 0 }
