//go:build !windows

package identity

import (
	"io/fs"
	"os"
)

// closeToOthers takes away what rights others than the owner have on path.
func closeToOthers(path string, info fs.FileInfo) (repaired bool, err error) {
	if info.Mode().Perm()&0o077 == 0 {
		return false, nil
	}
	return true, os.Chmod(path, 0o600)
}
