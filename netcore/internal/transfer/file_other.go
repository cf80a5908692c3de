//go:build !linux

package transfer

import "os"

func openLocal(local string) (sourceFile, error) { return os.OpenFile(local, openFlags, 0) }
