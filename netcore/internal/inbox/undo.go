package inbox

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"ferry/netcore/internal/fault"
)

// BeginTransfer is [Inbox.Begin] for the transfer id, of 32 hexadecimal digits,
// so that it can be undone: by any process, after any number of attempts. One that
// is done should be settled. The error is that of another id.
func (in *Inbox) BeginTransfer(sender, id string) (*Delivery, error) {
	if err := checkID(id); err != nil {
		return nil, err
	}
	return newDelivery(in, sender, in.join(strings.ToLower(id), false)), nil
}

// Settle says that the transfer id is done, and need not be undone. No
// delivery of it may be open.
func (in *Inbox) Settle(id string) error {
	return in.end(id, func(staged) error { return nil })
}

// Undo takes back what the transfer id has brought in all its attempts: partials;
// files and links, unless keepFiles says otherwise; and then its folders, if they are
// empty. What was there before the transfer stays, as do files that are not
// exactly what was delivered any more, by inode, size and time. No delivery of the transfer may be open.
//
// If something could not be removed the error wraps the first reason, and Undo can
// be called again. A transfer of which nothing is known needs no undoing.
func (in *Inbox) Undo(id string, keepFiles bool) error {
	return in.end(id, func(j staged) error {
		u := undo{stage: j.stage, keep: keepFiles, walker: walker{in: in}}
		defer u.walker.close()
		if err := readJournal(j.file, j.size, allKinds, u.record); err != nil {
			return err
		}
		return u.result()
	})
}

// end opens the journal of id for do, and removes it if do returns no error.
func (in *Inbox) end(id string, do func(journal staged) error) error {
	if err := checkID(id); err != nil {
		return err
	}
	id = strings.ToLower(id)
	if in.isOpen(id) {
		return fmt.Errorf("%w: transfer %s has not ended", fault.Busy, id)
	}
	j, err := in.openJournal(id)
	if errors.Is(err, errTaken) {
		return fmt.Errorf("%w: journal of %s: %w", fault.Busy, id, err)
	}
	if err != nil {
		return unwritten(err)
	}
	if j.file == nil {
		return nil
	}
	if err := do(j); err != nil {
		return unwritten(errors.Join(err, j.file.Close()))
	}
	return unwritten(j.stage.remove(journalName(id), j.file))
}

func (in *Inbox) isOpen(id string) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	_, ok := in.journals[id]
	return ok
}

// An undo goes through a journal from its end, so that what is in a folder
// comes before the folder.
type undo struct {
	stage  *staging
	keep   bool // files and links
	walker walker

	resolved string // path of the record before, if that tells what came of an intent
	failed   int
	first    error
}

func (u *undo) record(r record) {
	resolved := u.resolved
	u.resolved = ""
	switch r.kind {
	case partialBegun:
		u.walker.in.dispose(u.stage, r.path)
	case fileNamed:
		u.remove(r)
	case linkMade, folderMade:
		u.resolved = r.path
		u.remove(r)
	case notMade:
		u.resolved = r.path
	case linkIntent, folderIntent:
		if r.path != resolved { // the program was killed before it could say what came of it
			u.remove(r)
		}
	}
}

// dispose removes the partial name, unless somebody has it. One that cannot be
// removed is swept in 30 days.
func (in *Inbox) dispose(s *staging, name string) {
	if in.hold(name) {
		s.expire(name)
		in.release(name)
	}
}

// remove removes what r is of, if it is there and as it was.
func (u *undo) remove(r record) {
	folder := r.kind == folderMade || r.kind == folderIntent
	if u.keep && !folder {
		return
	}
	f, name, info, err := u.walker.find(r.path)
	if err == nil && u.walker.is(r, f, name, info) {
		err = f.root.Remove(name)
	}
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist), errors.Is(err, errInTheWay):
	case folder && errors.Is(err, fs.ErrExist): // it is not empty
	default:
		u.failed++
		if u.first == nil {
			u.first = err
		}
	}
}

// is reports whether what is called name in f is still what r tells of.
func (w *walker) is(r record, f *folder, name string, info fs.FileInfo) bool {
	same := false
	switch r.kind {
	case fileNamed:
		same = info.Mode().IsRegular() && info.Size() == r.size && info.ModTime().Equal(r.time)
	case linkIntent, linkMade:
		target, err := f.root.Readlink(name)
		same = err == nil && filepath.ToSlash(target) == r.target
	case folderIntent, folderMade:
		same = info.IsDir()
	}
	return same && (r.id == 0 || r.id == w.in.nameID(f.root, name, info))
}

func (u *undo) result() error {
	if u.first == nil {
		return nil
	}
	return fmt.Errorf("%d could not be removed, the first because: %w", u.failed, u.first)
}
