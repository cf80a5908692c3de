package inbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"ferry/netcore/internal/fault"
)

// undoingName is a file in the staging folder that is there, and locked, while an Undo is under way: what a
// delivery of another process takes into use meanwhile, that Undo may not know of. Who dies leaves it unlocked.
const undoingName = "undoing"

const (
	// maxUndoing is how long others wait for an Undo.
	maxUndoing = 10 * time.Second
	// lookAgain is how often they look.
	lookAgain = 20 * time.Millisecond
)

// excluding calls do while no other process undoes anything. On a disk that has no room for another file, it does without
// that: an Undo makes room, and who takes something into use needs some.
func (in *Inbox) excluding(do func() error) error {
	var lock staged
	err := patiently(func() (err error) {
		lock, err = in.take(undoingName, 0o600)
		return err
	})
	switch {
	case isNoSpace(err):
		return do()
	case err != nil:
		return err
	}
	return errors.Join(do(), lock.stage.remove(undoingName, lock.file))
}

// stillThere is asked after it was noted that name in root is used. It waits for the end of an Undo that may not
// know of that; the error is fs.ErrNotExist if name is gone then.
func (in *Inbox) stillThere(root *os.Root, name string) error {
	s := in.stagingIfThere()
	if s == nil || !s.undoing() {
		return nil
	}
	err := patiently(func() error {
		lock, err := s.retake(undoingName)
		switch {
		case err == nil:
			return s.remove(undoingName, lock.file) // of one that died
		case !s.undoing():
			return nil
		}
		return err
	})
	if err == nil {
		_, err = root.Lstat(name)
	}
	return err
}

// undoing reports whether an Undo is under way, or was when its process died.
func (s *staging) undoing() bool {
	_, err := s.root.Lstat(undoingName)
	return !errors.Is(err, fs.ErrNotExist)
}

// patiently calls take until it is not errTaken.
func patiently(take func() error) error {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for limit := time.After(maxUndoing); ; {
		err := take()
		if !errors.Is(err, errTaken) {
			return err
		}
		select {
		case <-tick.C:
		case <-limit:
			return fmt.Errorf("%w: another program undoes a transfer: %w", fault.Busy, err)
		}
	}
}
