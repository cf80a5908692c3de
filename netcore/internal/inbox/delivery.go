package inbox

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"os"
	"time"

	"ferry/netcore/internal/fault"
)

// An Entry is what the sender says of a file or a folder.
type Entry struct {
	Path    string    // as the sender calls it; must pass CheckPath
	Size    int64     // bytes; not looked at for a folder
	ModTime time.Time // zero: the time of arrival. Not looked at for a folder
	Exec    bool      // its owner may execute it. Not looked at for a folder
}

// perm are the permissions for the file, before the umask.
func (e Entry) perm() fs.FileMode {
	if e.Exec {
		return 0o755
	}
	return 0o644
}

// Where tells what Lookup found.
type Where uint8

// The places.
const (
	None  Where = iota
	Final       // a file under the final name, of the right size
	Found       // a partial of an earlier attempt
)

// A Delivery is what one peer brings in one transfer. It and its partials
// belong to one goroutine at a time. Its memory does not grow with the number of
// entries.
type Delivery struct {
	in     *Inbox
	sender string

	found   map[string]string     // partial key: the name that Lookup found and holds
	writing map[*Partial]struct{} // created, and not finished
	pending []*Partial            // finished, and not committed
	bytes   int64                 // the sizes of pending

	folders []*folder           // kept open, the last used first
	absent  string              // the last folder that was looked for and is not there
	seed    maphash.Seed        // for moved
	moved   map[uint64]int      // hash of a folder's path: the number its name got
	touched map[string]struct{} // local paths of folders that have something new in them

	failed  error // that a batch could not be committed; for Commit to return
	results results
}

func newDelivery(in *Inbox, sender string) *Delivery {
	return &Delivery{
		in:      in,
		sender:  sender,
		found:   make(map[string]string),
		writing: make(map[*Partial]struct{}),
		seed:    maphash.MakeSeed(),
		moved:   make(map[uint64]int),
		touched: make(map[string]struct{}),
	}
}

// Folder makes sure that the folder e is there, with its parents.
func (d *Delivery) Folder(e Entry) error {
	if err := CheckPath(e.Path); err != nil {
		return err
	}
	d.results.appear(e.Path)
	f, err := d.enter(e.Path, true)
	if err != nil {
		return unwritten(err)
	}
	d.results.landed(e.Path, f.local)
	return nil
}

// Lookup finds what is there for the file e already, opened for reading: a
// regular file under its final name with the size of e ([Final]), or the partial
// of an earlier attempt, of length bytes, 1 <= length <= e.Size ([Found]). f is
// nil for [None], and else the caller's to close, before the next call for e.
//
// What cannot be read counts as not there, as does a partial that somebody else
// is writing. The only error is that of [CheckPath].
//
// If there are both, the final file is preferred if it has the time of e, for then
// it is likely to be e; else the partial, for then an attempt that left it
// has found the final file to be another.
func (d *Delivery) Lookup(e Entry) (f *os.File, where Where, length int64, err error) {
	if err := CheckPath(e.Path); err != nil {
		return nil, None, 0, err
	}
	d.results.appear(e.Path)
	key := partialKey(d.sender, e)
	d.drop(key)
	final, sameTime := d.openFinal(e)
	if sameTime {
		return final, Final, e.Size, nil
	}
	if name, part, length := d.in.find(key, e.Size); part != nil {
		d.found[key] = name
		if final != nil {
			_ = final.Close() // nothing was written to it
		}
		return part, Found, length, nil
	}
	if final != nil {
		return final, Final, e.Size, nil
	}
	return nil, None, 0, nil
}

// timeSlack is how coarse the times of a filesystem may be: 2 s on FAT.
const timeSlack = 2 * time.Second

func (d *Delivery) openFinal(e Entry) (f *os.File, sameTime bool) {
	parent, part := split(e.Path)
	folder, err := d.enter(parent, false)
	if err != nil {
		return nil, false
	}
	name := d.in.names.local(part)
	info, err := folder.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() != e.Size {
		return nil, false
	}
	f, err = folder.root.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, false
	}
	if opened, err := f.Stat(); err != nil || !os.SameFile(info, opened) {
		_ = f.Close() // a link that was put there just now; nothing was written
		return nil, false
	}
	return f, info.ModTime().Sub(e.ModTime).Abs() < timeSlack
}

// Use says that the file that Lookup found as [Final] is what the sender has. It
// stays as it is, and counts as delivered. A partial that e has left is removed.
func (d *Delivery) Use(e Entry) {
	if CheckPath(e.Path) != nil {
		return // Lookup has said so
	}
	d.discard(e)
	parent, part := split(e.Path)
	f, err := d.enter(parent, false)
	if err != nil {
		return // somebody has moved the folder away since Lookup
	}
	d.arrived(e, f, part, d.in.names.local(part))
}

// Create opens the partial of e for writing from offset on, where
// 0 <= offset <= the length that Lookup returned with [Found], and 0 otherwise.
// What is behind offset in it is cut off. It makes the folder that e will be in,
// so that an inbox that cannot be written to is noticed before the data comes.
func (d *Delivery) Create(e Entry, offset int64) (*Partial, error) {
	if err := CheckPath(e.Path); err != nil {
		return nil, err
	}
	if e.Size < 0 || offset < 0 || offset > e.Size {
		return nil, fmt.Errorf("%w: offset %d in a file of %d bytes", fault.Protocol, offset, e.Size)
	}
	d.results.appear(e.Path)
	parent, _ := split(e.Path)
	if _, err := d.enter(parent, true); err != nil {
		return nil, unwritten(err)
	}
	p, err := d.claim(e, offset)
	if err != nil {
		return nil, unwritten(err)
	}
	p.delivery = d
	d.writing[p] = struct{}{}
	if err := p.cut(offset); err != nil {
		return nil, errors.Join(unwritten(err), p.Keep())
	}
	return p, nil
}

// claim returns the partial that Lookup found, or else the first that is free.
func (d *Delivery) claim(e Entry, offset int64) (*Partial, error) {
	key := partialKey(d.sender, e)
	if name, ok := d.found[key]; ok {
		delete(d.found, key)
		p, err := d.in.open(name, e)
		if err == nil && p.at >= offset {
			return p, nil
		}
		d.in.release(name)
		if err == nil {
			err = errors.Join(errTaken, p.file.Close()) // another process was at it since Lookup
		}
		if offset > 0 || !errors.Is(err, errTaken) {
			return nil, err
		}
	}
	p, err := d.in.claim(key, e)
	if err == nil && p.at < offset {
		d.in.release(p.name)
		return nil, errors.Join(errTaken, p.file.Close())
	}
	return p, err
}

// discard removes the partial of e, if there is one that nobody has. One that
// cannot be removed is swept in 30 days.
func (d *Delivery) discard(e Entry) {
	key := partialKey(d.sender, e)
	d.drop(key)
	name, f, _ := d.in.find(key, e.Size)
	if f == nil {
		return
	}
	_ = f.Close() // opened for reading
	if p, err := d.in.open(name, e); err == nil {
		_ = p.stage.remove(name, p.file)
	}
	d.in.release(name)
}

// drop gives back the partial that Lookup found for key.
func (d *Delivery) drop(key string) {
	if name, ok := d.found[key]; ok {
		delete(d.found, key)
		d.in.release(name)
	}
}

// Close ends the delivery. What has not been committed stays as partials.
func (d *Delivery) Close() error {
	var errs []error
	for p := range d.writing {
		errs = append(errs, p.Keep())
	}
	for _, p := range d.pending {
		errs = append(errs, p.leave())
	}
	d.in.finished.Add(-int32(len(d.pending)))
	d.pending, d.bytes = nil, 0
	for key := range d.found {
		d.drop(key)
	}
	d.forget()
	return errors.Join(errs...)
}
