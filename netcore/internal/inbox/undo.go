package inbox

import (
	"errors"
	"fmt"
	"hash/maphash"
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

// Settle says that the transfer id is done, and need not be undone. The partials that it has left are of
// files that changed before they were whole, and are removed; unless keepPartials says that files failed, which
// another transfer may bring. No delivery of it may be open.
func (in *Inbox) Settle(id string, keepPartials bool) error {
	return in.end(id, func(name string, j staged) error {
		if !keepPartials {
			if err := in.disposeAll(name, j); err != nil {
				return errors.Join(err, j.file.Close())
			}
		}
		return j.stage.retire(name, j.file, j.size)
	})
}

// disposeAll removes the partials that the journal j, called name, has and no other one.
func (in *Inbox) disposeAll(name string, j staged) error {
	if !j.stage.hasPartials() {
		return nil
	}
	others, err := j.stage.others(name)
	if err != nil {
		return err
	}
	return readJournal(j.file, j.size, string(partialBegun), func(r record) {
		if begun, there := others.partials[r.path]; there && !begun {
			in.dispose(j.stage, r.path)
		}
	})
}

// Undo takes back what the transfer id has brought in all its attempts: partials;
// files and links, unless keepFiles says otherwise; and then its folders, if they are
// empty. What was there before the transfer stays, as do files that are not
// exactly what was delivered any more, by inode, size and time; what another
// transfer has found and used, whether that is done or not; and the partials that one
// that is not done goes on with. In doubt a thing stays. No delivery of the transfer may be open.
//
// If something could not be removed the error wraps the first reason, and Undo can
// be called again. A transfer of which nothing is known needs no undoing.
func (in *Inbox) Undo(id string, keepFiles bool) error {
	return in.end(id, func(name string, j staged) error {
		if err := in.excluding(func() error { return in.takeBack(name, j, keepFiles) }); err != nil {
			return errors.Join(err, j.file.Close())
		}
		err := j.stage.remove(name, j.file)
		j.stage.sweepUsed()
		return err
	})
}

// takeBack removes what the journal j, called name, says.
func (in *Inbox) takeBack(name string, j staged, keepFiles bool) error {
	others, err := j.stage.others(name)
	if err != nil {
		return err
	}
	u := undo{stage: j.stage, keep: keepFiles, others: others, settled: make(map[uint64]struct{}), walker: walker{in: in}}
	defer u.walker.close()
	if err := readJournal(j.file, j.size, allKinds, u.record); err != nil {
		return err
	}
	return u.result()
}

// end opens the journal of id for do, which closes it.
func (in *Inbox) end(id string, do func(name string, journal staged) error) error {
	if err := checkID(id); err != nil {
		return err
	}
	id = strings.ToLower(id)
	in.undoing.Lock()
	defer in.undoing.Unlock()
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
	return unwritten(do(journalName(id), j))
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
	others *others
	walker walker

	settled map[uint64]struct{} // hashes of paths of which a record tells what came of the intents before it
	failed  int
	first   error
}

// maxSettled is how many paths of outcomes Undo remembers. When there are more, it
// acts on no intent any more: one that needs it was cut short by the end of an attempt,
// so that of the last attempt it is among the first records that are read.
const maxSettled = 1 << 16

func (u *undo) record(r record) {
	switch r.kind {
	case partialBegun:
		if !u.others.partials[r.path] {
			u.walker.in.dispose(u.stage, r.path)
		}
	case fileMade:
		u.remove(r)
	case fileIntent:
		if r.id != 0 {
			u.remove(r)
		}
	case linkMade, folderMade:
		u.settle(r.path)
		u.remove(r)
	case notMade, inUse:
		u.settle(r.path)
	case linkIntent, folderIntent:
		// Where nothing lasting tells the link or folder from one that somebody has
		// made, only an outcome counts.
		if !u.walker.in.disk.renumbers && !u.isSettled(r.path) {
			u.remove(r)
		}
	}
}

func (u *undo) settle(path string) {
	if len(u.settled) < maxSettled {
		u.settled[maphash.String(u.others.seed, path)] = struct{}{}
	}
}

// isSettled reports whether a record tells, or may tell, what came of an intent.
func (u *undo) isSettled(path string) bool {
	_, ok := u.settled[maphash.String(u.others.seed, path)]
	return ok || len(u.settled) == maxSettled
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
	if u.keep && !folder || u.others.use(r.path) {
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
	case fileIntent, fileMade:
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
