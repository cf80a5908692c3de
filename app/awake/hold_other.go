//go:build !linux && !windows && !darwin

package awake

import (
	"context"
	"errors"
)

// hold knows no way on this system.
func hold(context.Context) (release func() error, err error) {
	return nil, errors.ErrUnsupported
}
