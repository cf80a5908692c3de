package inbox

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"os"
	"slices"
	"strings"

	"ferry/netcore/internal/fault"
)

// What a transfer finds and uses may be what another one has brought that is not done
// yet. Its journal says so, for when that one is undone; and when the transfer
// that uses it is done, its journal stays under a name with this ending as long as
// there are other journals.
const usedExt = ".used"

func isUsedName(name string) bool {
	id, ok := strings.CutSuffix(name, usedExt)
	return ok && checkID(id) == nil
}

// use says that the delivery counts on path, which is there under name in root, so
// that no Undo of another transfer takes it away. The error is fs.ErrNotExist
// if it is gone already.
func (d *Delivery) use(root *os.Root, name, path string) error {
	d.in.undoing.RLock()
	defer d.in.undoing.RUnlock()
	if _, err := root.Lstat(name); err != nil {
		return err
	}
	noted, err := d.journal.use(path)
	if err != nil || !noted {
		return err
	}
	return d.in.stillThere(root, name)
}

// use appends and writes that the transfer uses path. Nobody needs to know if there
// is no other journal: one that begins later does not name what is there now. noted is false then.
func (j *journal) use(path string) (noted bool, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil && len(j.buf) == 0 {
		s := j.in.stagingIfThere()
		if s == nil || !s.hasOther(journalName(j.id)) {
			return false, nil
		}
	}
	if err := j.append(record{kind: inUse, path: path}); err != nil {
		return true, err
	}
	return true, j.flush()
}

// hasOther reports whether there may be another journal than that called name.
func (s *staging) hasOther(name string) bool {
	return s.has(func(other string) bool { return other != name && isJournalName(other) })
}

// retire ends the journal name, which the caller has taken as f, of a transfer
// that is done.
func (s *staging) retire(name string, f *os.File, size int64) error {
	uses := false
	if s.hasOther(name) {
		if err := readJournal(f, size, string(inUse), func(record) { uses = true }); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	var err error
	if uses {
		// The name is a new one, as an earlier end of the same transfer may have left some.
		err = errors.Join(s.root.Rename(name, newID()+usedExt), f.Close())
	} else {
		err = s.remove(name, f)
	}
	s.sweepUsed() // the other one may have ended meanwhile
	return err
}

// sweepUsed removes what was kept for other journals, if there are none any more.
// What cannot be removed stays for the next time.
func (s *staging) sweepUsed() {
	names, err := s.names()
	if err != nil || slices.ContainsFunc(names, isJournalName) {
		return
	}
	for _, name := range names {
		if isUsedName(name) {
			_ = s.root.Remove(name)
		}
	}
}

const (
	// maxUses is how many things that other transfers use Undo remembers, in 8 MiB.
	// If there are more, it removes no file, link or folder.
	maxUses = 1 << 20
	// maxReads is how often the journals are read anew because one has ended meanwhile.
	maxReads = 10
)

// others is what transfers other than the one that is undone count on.
type others struct {
	seed     maphash.Seed
	uses     []uint64        // hashes of paths, sorted when they are complete
	partials map[string]bool // those that are there: whether another transfer has begun them
}

// others reads the journals of all transfers but the one whose journal is called own.
func (s *staging) others(own string) (*others, error) {
	for range maxReads {
		o, err := s.readOthers(own)
		if !errors.Is(err, fs.ErrNotExist) {
			return o, err
		}
		// A journal that was there a moment ago may have got another name.
	}
	return nil, fmt.Errorf("%w: other transfers end all the time", fault.Busy)
}

func (s *staging) readOthers(own string) (*others, error) {
	names, err := s.names()
	if err != nil {
		return nil, err
	}
	o := &others{seed: maphash.MakeSeed(), partials: make(map[string]bool)}
	for _, name := range names {
		if isPartialName(name) {
			o.partials[name] = false
		}
	}
	for _, name := range names {
		kinds := ""
		switch {
		case name == own:
		case isJournalName(name):
			kinds = string(inUse) + string(partialBegun)
		case isUsedName(name):
			kinds = string(inUse)
		}
		if kinds == "" {
			continue
		}
		if err := o.read(s, name, kinds); err != nil {
			return nil, err
		}
	}
	slices.Sort(o.uses)
	return o, nil
}

// read adds what the journal name tells, which somebody else may be writing.
func (o *others) read(s *staging, name, kinds string) error {
	info, err := s.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	f, err := s.root.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return err
	}
	defer f.Close() // nothing was written to it
	if info, err = f.Stat(); err != nil {
		return err
	}
	return readJournal(f, info.Size(), kinds, o.add)
}

func (o *others) add(r record) {
	if r.kind == partialBegun {
		if _, there := o.partials[r.path]; there {
			o.partials[r.path] = true
		}
	} else if len(o.uses) <= maxUses {
		o.uses = append(o.uses, maphash.String(o.seed, foldPath(r.path)))
	}
}

// use reports whether one of them uses path, as far as can be told.
func (o *others) use(path string) bool {
	if len(o.uses) == 0 || len(o.uses) > maxUses {
		return len(o.uses) > 0
	}
	_, found := slices.BinarySearch(o.uses, maphash.String(o.seed, foldPath(path)))
	return found
}
