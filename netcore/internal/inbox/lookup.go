package inbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"ferry/netcore/internal/fault"
)

// Where tells what Lookup found.
type Where uint8

// The places.
const (
	None  Where = iota
	Final       // a file under the final name, or one with a number, of the right size
	Found       // a partial of an earlier attempt
)

// maxSiblings is how many numbered names are looked at for a file that is there
// already: "x (1)", "x (2)" and so on, up to the first that is not there.
const maxSiblings = 16

// A usable is a file that Lookup has found under a final name.
type usable struct {
	wire  string
	local string // its name, in the folder that wire is in
}

// Lookup finds what is there for the file e already, opened for reading: a
// regular file with the size of e under its final name, or one with its
// size and time under that name with a number ([Final]), or the partial
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
	key := ""
	if len(d.found) > 0 || !d.nothingStaged() { // mostly there is nothing to be found
		key = partialKey(d.sender, e)
		d.drop(key)
	}
	final, sameTime := d.openFinal(e)
	if sameTime {
		return final, Final, e.Size, nil
	}
	if key == "" || d.nothingStaged() {
		// There is none of e.
	} else if name, part, length := d.in.find(key, e.Size); part != nil {
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

// nothingStaged reports whether there was no partial at all when the delivery
// first asked, and none was left in this process since.
func (d *Delivery) nothingStaged() bool {
	if left := d.in.left.Load(); d.left != left {
		d.left = left
		s := d.in.stagingIfThere()
		d.unstaged = s == nil || !s.hasPartials()
	}
	return d.unstaged
}

// timeSlack is how coarse the times of a filesystem may be: 2 s on FAT.
const timeSlack = 2 * time.Second

// openFinal opens the file that is likeliest to be e of those that have the
// name of e and its size, and remembers it for Use.
func (d *Delivery) openFinal(e Entry) (f *os.File, sameTime bool) {
	parent, part := split(e.Path)
	folder, err := d.front.enter(parent, false)
	if err != nil || folder.fresh {
		return nil, false
	}
	name := d.in.names.local(part)
	for n := range maxSiblings + 1 {
		local := d.in.names.numbered(name, n)
		sibling, info, err := d.openRegular(folder, local, e)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			continue
		}
		sameTime = sameTimeAs(info, e)
		if n > 0 && !sameTime {
			_ = sibling.Close() // nothing was written to it, nor to the one below
			continue
		}
		if f != nil {
			_ = f.Close()
		}
		f, d.used = sibling, usable{e.Path, local}
		if sameTime {
			return f, true
		}
	}
	return f, false
}

// mayBe reports whether the file of info can be e, by its size.
func mayBe(info fs.FileInfo, e Entry) bool { return info.Mode().IsRegular() && info.Size() == e.Size }

// sameTimeAs reports whether the file of info has the time of e.
func sameTimeAs(info fs.FileInfo, e Entry) bool {
	return info.ModTime().Sub(e.ModTime).Abs() < timeSlack
}

// openRegular opens the file local for reading, if it can be e: a regular file
// of its size, which is no other entry. The error is fs.ErrNotExist if
// there is nothing of that name, and errInTheWay if it cannot.
func (d *Delivery) openRegular(at *folder, local string, e Entry) (*os.File, fs.FileInfo, error) {
	info, err := at.root.Lstat(local)
	if err != nil {
		return nil, nil, err
	}
	if !mayBe(info, e) {
		return nil, nil, errInTheWay
	}
	f, err := at.root.OpenFile(local, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, nil, errors.Join(errInTheWay, err)
	}
	// It may be a link that was put there just now.
	if opened, err := f.Stat(); err != nil || !os.SameFile(info, opened) || !d.owns(e.Path, join(at.local, local), d.in.fileID(f, info)) {
		_ = f.Close() // nothing was written to it
		return nil, nil, errInTheWay
	}
	return f, info, nil
}

// Use says that the file that the last Lookup found as [Final] is what the sender
// has. It stays as it is, counts as delivered, and no Undo of another transfer
// removes it. A partial that e has left is removed. If the file is gone since
// Lookup, [Results.Failures] says so.
func (d *Delivery) Use(e Entry) {
	if CheckPath(e.Path) != nil || d.used.wire != e.Path {
		return // Lookup has said so
	}
	parent, part := split(e.Path)
	f, err := d.front.enter(parent, false)
	if err == nil {
		err = d.use(f.root, d.used.local, join(f.local, d.used.local))
	}
	if err != nil {
		d.results.fail(e, unused(err))
		return
	}
	d.touch(f) // an attempt that was killed may have given it its name, and not synced that
	d.discard(e)
	d.arrived(e, f, part, d.used.local)
}

// unused gives err, for which a file could not be used, its kind.
func unused(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errInTheWay) {
		return fmt.Errorf("%w: %w", fault.Changed, err)
	}
	return unwritten(err)
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

// drop gives back the partial that Lookup found for key, and reports whether there is one.
func (d *Delivery) drop(key string) bool {
	name, ok := d.found[key]
	if ok {
		delete(d.found, key)
		d.in.release(name)
	}
	return ok
}
