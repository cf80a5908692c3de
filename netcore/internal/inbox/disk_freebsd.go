package inbox

import (
	"errors"
	"os"
)

func syncEach(files []*os.File) error {
	for _, f := range files {
		if err := f.Sync(); err != nil {
			return err
		}
	}
	return nil
}

// moveExclusive: FreeBSD cannot rename without replacing.
func moveExclusive(*Inbox, *folder, string, *Partial) error { return errors.ErrUnsupported }
