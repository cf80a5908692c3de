package inbox

import (
	"errors"
	"fmt"

	"ferry/netcore/internal/fault"
)

var (
	// errInTheWay: there is something of that name, and it is no folder that
	// may be entered.
	errInTheWay = errors.New("something else has that name")
	// errTaken: the partial is another transfer's, or no file to write to.
	errTaken = errors.New("in use by another transfer")
)

// unwritten gives err, which writing ended with, its kind; nil stays nil.
func unwritten(err error) error {
	if err == nil {
		return nil
	}
	kind := fault.Unwritten
	switch {
	case errors.Is(err, fault.BadName):
		return err
	case isNoSpace(err):
		kind = fault.NoSpace
	case isBadName(err):
		kind = fault.BadName
	}
	return fmt.Errorf("%w: %w", kind, err)
}
