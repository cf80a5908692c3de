//go:build !linux

package inbox

import (
	"errors"
	"os"
	"time"
)

// Files have names here from the beginning.

func createNameless(*os.File, os.FileMode) (*os.File, error) { return nil, errors.ErrUnsupported }

func (naming) link(_, _ *os.File, _ string) error { return errors.ErrUnsupported }

func setFileTime(*os.File, time.Time) error { return errors.ErrUnsupported }
