package identity

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Replace gives dir a new identity. The key that was there is kept under another name, which
// is returned; empty if there was none. It must not be called while a node uses dir: that one goes on
// being who it was.
func Replace(dir string) (id *Identity, aside string, err error) {
	path := filepath.Join(dir, KeyFile)
	aside = path + ".old-" + time.Now().UTC().Format("20060102-150405.000")
	switch err := os.Rename(path, aside); {
	case errors.Is(err, fs.ErrNotExist):
		aside = ""
	case err != nil:
		return nil, "", err
	}
	id, _, err = Open(dir)
	return id, aside, err
}
