//go:build !windows

package transfer

import (
	"os"
	"syscall"
)

// A name that has become a link, or a pipe, since it was listed is not
// followed, and not waited for.
const openFlags = os.O_RDONLY | syscall.O_NOFOLLOW | syscall.O_NONBLOCK
