//go:build !linux && !darwin

package transfer

import (
	"errors"
	"io"
	"io/fs"
)

// On other systems files have no holes, as far as this package knows.

func stored(fs.FileInfo) (bytes int64, known bool) { return 0, false }

func nextData(io.Seeker, int64) (int64, error) { return 0, errors.ErrUnsupported }

func nextHole(io.Seeker, int64) (int64, error) { return 0, errors.ErrUnsupported }
