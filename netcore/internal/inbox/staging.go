package inbox

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

const (
	// StagingName is the folder in an inbox that partials are in. It has to be
	// on the filesystem of the inbox, for a rename to be enough.
	StagingName = ".ferry-partial"
	stagingPerm = 0o700
	// maxAge is how long a partial waits for its peer.
	maxAge = 30 * 24 * time.Hour
)

// A staging is the open staging folder. Partials and journals lie flat in it.
type staging struct {
	root *os.Root
	dir  *os.File // the same, for what os.Root cannot do
	info fs.FileInfo
}

func (s *staging) close() error {
	return errors.Join(s.dir.Close(), s.root.Close())
}

// staging returns the staging folder, made now if it is not there.
func (in *Inbox) staging() (*staging, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.stagingLocked(true)
}

// stagingIfThere is staging for those who only look.
func (in *Inbox) stagingIfThere() *staging {
	in.mu.Lock()
	defer in.mu.Unlock()
	s, err := in.stagingLocked(false)
	if err != nil {
		return nil
	}
	return s
}

func (in *Inbox) stagingLocked(create bool) (*staging, error) {
	if in.stage != nil {
		return in.stage, nil
	}
	var mkdir func() error
	if create {
		mkdir = func() error { return in.base.root.Mkdir(StagingName, stagingPerm) }
	}
	root, info, _, err := openFolder(in.base.root, StagingName, mkdir)
	if errors.Is(err, errInTheWay) {
		return nil, &fs.PathError{Op: "open", Path: StagingName, Err: err}
	}
	if err != nil {
		return nil, err
	}
	dir, err := root.Open(".")
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	in.stage = &staging{root: root, dir: dir, info: info}
	if shouted, err := in.base.root.Lstat(strings.ToUpper(StagingName)); err == nil && os.SameFile(shouted, info) {
		in.folds.Store(true)
	}
	return in.stage, nil
}

// restage is called when a file cannot be made in the staging folder gone: another
// process found it empty, and removed it. What is left of it is not closed,
// as others may be in a call on it; the garbage collector does that.
func (in *Inbox) restage(gone *staging) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.stage == gone {
		in.stage = nil
	}
}

// A staged is an open and locked file in the staging folder.
type staged struct {
	stage *staging
	file  *os.File
	size  int64
	mode  fs.FileMode
}

// take opens the partial or journal name for writing, made now if it is not there,
// and locks it. The error is errTaken if somebody else has it, or if it is not a
// file that may be written to.
func (in *Inbox) take(name string, perm fs.FileMode) (staged, error) {
	for first := true; ; first = false {
		s, err := in.staging()
		if err != nil {
			return staged{}, err
		}
		taken, err := s.create(name, perm)
		if errors.Is(err, fs.ErrExist) {
			taken, err = s.retake(name)
		}
		if first && errors.Is(err, fs.ErrNotExist) {
			in.restage(s)
			continue
		}
		return taken, err
	}
}

// create makes the file name, and locks it.
func (s *staging) create(name string, perm fs.FileMode) (staged, error) {
	f, err := s.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL|openFlags, perm)
	if err != nil {
		return staged{}, err
	}
	// Nobody takes over an empty partial: until there is something in it, the
	// name is still that of f.
	if !tryLock(f) {
		return staged{}, errors.Join(errTaken, f.Close())
	}
	return staged{stage: s, file: f, mode: perm}, nil
}

// retake takes over what an earlier attempt has left.
func (s *staging) retake(name string) (staged, error) {
	least := int64(0)
	if isPartialName(name) {
		least = 1
	}
	f, err := s.reopen(name, least)
	if err != nil {
		return staged{}, err
	}
	info, err := s.own(f, name)
	if err == nil && links(f, info) != 1 {
		// A second name: a copy made with hard links, or a file under its final
		// name already. It must not change.
		err = errTaken
	}
	if err != nil {
		return staged{}, errors.Join(err, f.Close())
	}
	return staged{stage: s, file: f, size: info.Size(), mode: info.Mode()}, nil
}

// hasPartials reports whether there are any.
func (s *staging) hasPartials() bool { return s.has(isPartialName) }

// has reports whether there is anything whose name matches; true if that is unknown.
func (s *staging) has(match func(name string) bool) bool {
	dir, err := s.root.Open(".")
	if err != nil {
		return true // as far as is known
	}
	defer dir.Close() // nothing was written to it
	for {
		names, err := dir.Readdirnames(64)
		if slices.ContainsFunc(names, match) {
			return true
		}
		if err != nil {
			return err != io.EOF
		}
	}
}

// names returns the names of all that is there.
func (s *staging) names() ([]string, error) {
	dir, err := s.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close() // nothing was written to it
	return dir.Readdirnames(-1)
}

// reopen opens a file that exists and has at least so many bytes: none looks at an
// empty partial, as somebody may just have made it. Opening a device or a pipe
// can have effects, so it has a look first.
func (s *staging) reopen(name string, least int64) (*os.File, error) {
	info, err := s.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() < least {
		return nil, errTaken
	}
	f, err := s.root.OpenFile(name, os.O_RDWR|openFlags, 0)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil, errTaken
	}
	return f, err
}

// own locks f, which was opened under name, and makes sure that name is still
// f: whoever had the lock before may have given the file its final name.
func (s *staging) own(f *os.File, name string) (fs.FileInfo, error) {
	if !tryLock(f) {
		return nil, errTaken
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	there, err := s.root.Lstat(name)
	if err != nil || !there.Mode().IsRegular() || !os.SameFile(info, there) {
		return nil, errTaken
	}
	return info, nil
}

// probe opens the partial name for reading, if it can be gone on with: nobody
// has it, and it holds between 1 and size bytes.
func (s *staging) probe(name string, size int64) (*os.File, int64, bool) {
	f, err := s.reopen(name, 1)
	if err != nil {
		return nil, 0, false
	}
	info, err := s.own(f, name)
	if err == nil && links(f, info) == 1 && 0 < info.Size() && info.Size() <= size {
		unlock(f)
		_ = f.Close() // it was for the lock only; nothing was written
		if f, err = s.root.OpenFile(name, os.O_RDONLY|openFlags, 0); err == nil {
			return f, info.Size(), true
		}
		return nil, 0, false
	}
	_ = f.Close() // nothing was written
	return nil, 0, false
}

// remove removes the partial name, which the caller has taken as f, and closes f.
func (s *staging) remove(name string, f *os.File) error {
	return errors.Join(s.root.Remove(name), f.Close())
}

// sweep removes the partials and journals that were last touched before limit and
// that nobody has. One that cannot be removed stays for the next time.
func (s *staging) sweep(limit time.Time) {
	names, err := s.names()
	if err != nil {
		return
	}
	for _, name := range names {
		if (isPartialName(name) || isJournalName(name)) && touched(s, name).Before(limit) {
			s.expire(name)
		}
	}
	s.sweepUsed()
}

func (s *staging) expire(name string) {
	f, err := s.reopen(name, 0)
	if err != nil {
		return
	}
	if _, err := s.own(f, name); err == nil {
		_ = s.root.Remove(name)
	}
	_ = f.Close()
}
