package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// lockOwner takes the lock file that says that this process lives.
func (s *Store) lockOwner() error {
	if err := os.MkdirAll(filepath.Join(s.dir, locksDir), 0o700); err != nil {
		return err
	}
	s.lock = flock.New(s.lockPath(s.owner), flock.SetPermissions(0o600))
	ok, err := s.lock.TryLock()
	if err == nil && !ok {
		err = errors.New("another process has the name " + s.owner)
	}
	return err
}

func (s *Store) unlockOwner() error {
	// The name first: who finds the file must find it locked, or dead.
	err := os.Remove(s.lock.Path())
	return errors.Join(err, s.lock.Unlock())
}

func (s *Store) lockPath(owner string) string {
	return filepath.Join(s.dir, locksDir, owner+".lock")
}

// lives reports whether the process owner has the store open. The lock file of one that
// was killed is removed.
func (s *Store) lives(owner string) (bool, error) {
	if owner == s.owner {
		return true, nil
	}
	path := s.lockPath(owner)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	lock := flock.New(path)
	ok, err := lock.TryLock()
	if err != nil {
		return false, err
	}
	if !ok {
		return true, lock.Close()
	}
	err = os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return false, errors.Join(err, lock.Unlock())
}
