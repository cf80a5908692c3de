package transfer

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/inbox"
)

// readLink returns what the link local points to, as the entry says it. The error
// wraps fault.Skipped if that is outside of what is sent.
func readLink(entry, local string) (string, error) {
	target, err := os.Readlink(local)
	if err != nil {
		return "", unreadable(err)
	}
	if filepath.IsAbs(target) {
		return "", fmt.Errorf("%w: a link to a fixed place on this computer", fault.Skipped)
	}
	parts := strings.Split(filepath.ToSlash(target), "/")
	for i, part := range parts {
		parts[i] = readable(part) // as what it names is called
	}
	target = strings.Join(parts, "/")
	if err := inbox.CheckTarget(entry, target); err != nil {
		return "", err
	}
	return target, nil
}

// unsendable says of what mode is of why it is not sent.
func unsendable(mode fs.FileMode) error {
	what := "something else"
	switch {
	case mode&fs.ModeNamedPipe != 0:
		what = "a pipe"
	case mode&fs.ModeSocket != 0:
		what = "a socket"
	case mode&fs.ModeDevice != 0:
		what = "a device"
	}
	return fmt.Errorf("%w: %s", fault.Skipped, what)
}
