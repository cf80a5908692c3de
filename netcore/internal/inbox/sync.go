package inbox

import (
	"errors"
	"io/fs"
	"os"
)

func (in *Inbox) syncFolders(locals map[string]struct{}) error {
	if in.disk.syncfs && len(locals) > few {
		return syncFilesystem(in.base.dir)
	}
	for local := range locals {
		if err := in.syncFolder(local); err != nil {
			return err
		}
	}
	return nil
}

func (in *Inbox) syncFolder(local string) error {
	if local == "" {
		return syncDir(in.base.dir)
	}
	dir, err := in.base.root.Open((&folder{}).path(local))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // its owner did not want it
	}
	if err != nil {
		return err
	}
	return errors.Join(syncDir(dir), dir.Close())
}

func (in *Inbox) syncFiles(files []*os.File) error {
	if in.disk.syncfs && len(files) > few {
		return syncFilesystem(in.base.dir)
	}
	return syncEach(files)
}
