package inbox

import (
	"errors"
	"hash/maphash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	// maxFolders is how many folders a delivery keeps open: what is looked up
	// and what arrives may be in different ones, and offers go folder by folder.
	maxFolders = 4
	// maxNumber is the last number that a taken name is tried with.
	maxNumber = 999
	// maxMoved is how many renamed folders a delivery remembers. Those beyond
	// are found anew each time, and not counted.
	maxMoved = 1 << 16
)

// A folder is an open folder in the inbox, or the inbox itself.
type folder struct {
	wire  string // as the sender calls it, "" for the inbox
	local string // where it is, with slashes, relative to the inbox
	root  *os.Root
	dir   *os.File // the same, for what os.Root cannot do; nil in the middle of a walk
}

// path returns the local path of a file in f, in the form that os.Root takes.
func (f *folder) path(name string) string {
	return filepath.FromSlash(join(f.local, name))
}

func (f *folder) close() {
	if f.wire == "" {
		return // the Inbox's own
	}
	_ = f.root.Close() // nothing was written through these handles
	if f.dir != nil {
		_ = f.dir.Close()
	}
}

// openFolder opens the folder name in parent, made now if it is not there and
// create says so. The error is errInTheWay for anything but a real folder on the
// filesystem of parent.
func openFolder(parent *os.Root, name string, perm fs.FileMode, create bool) (root *os.Root, info fs.FileInfo, created bool, err error) {
	info, err = parent.Lstat(name)
	if create && errors.Is(err, fs.ErrNotExist) {
		if err = parent.Mkdir(name, perm); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, nil, false, err
		}
		created = err == nil
		info, err = parent.Lstat(name)
	}
	if err != nil {
		return nil, nil, false, err
	}
	if !info.IsDir() {
		return nil, nil, false, errInTheWay
	}
	root, err = parent.OpenRoot(name)
	if err != nil {
		return nil, nil, false, err
	}
	// OpenRoot follows a link that stays inside, if one was put there just now.
	if opened, err := root.Stat("."); err != nil || !os.SameFile(info, opened) {
		return nil, nil, false, errors.Join(errInTheWay, root.Close())
	}
	return root, info, created, nil
}

// enter returns the folder that wire, a path of the sender, goes to: made now
// with all its parents if create says so, else fs.ErrNotExist. It is good until
// the next call of a method of d.
func (d *Delivery) enter(wire string, create bool) (*folder, error) {
	if wire == "" {
		return d.in.base, nil
	}
	for i, f := range d.folders {
		if f.wire == wire {
			copy(d.folders[1:i+1], d.folders[:i])
			d.folders[0] = f
			return f, nil
		}
	}
	if create {
		d.absent = ""
	} else if wire == d.absent {
		return nil, fs.ErrNotExist
	}
	f, err := d.walk(wire, create)
	if err != nil {
		if !create && errors.Is(err, fs.ErrNotExist) {
			d.absent = wire
		}
		return nil, err
	}
	if len(d.folders) == maxFolders {
		d.folders[maxFolders-1].close()
		d.folders = d.folders[:maxFolders-1]
	}
	d.folders = slices.Insert(d.folders, 0, f)
	return f, nil
}

// forget closes the folders that are kept open, so that the next one is looked
// for from the inbox down: somebody may have moved it away.
func (d *Delivery) forget() {
	for _, f := range d.folders {
		f.close()
	}
	d.folders = d.folders[:0]
	d.absent = ""
}

func (d *Delivery) walk(wire string, create bool) (*folder, error) {
	if create {
		// With it there, a folder that would be the staging folder under some
		// other spelling is recognised.
		if _, err := d.in.staging(); err != nil {
			return nil, err
		}
	}
	at := d.in.base
	for end := 0; end < len(wire); end++ {
		if i := strings.IndexByte(wire[end:], '/'); i >= 0 {
			end += i
		} else {
			end = len(wire)
		}
		next, err := d.step(at, wire[:end], create)
		at.close()
		if err != nil {
			return nil, err
		}
		at = next
	}
	var err error
	if at.dir, err = at.root.Open("."); err != nil {
		at.close()
		return nil, err
	}
	return at, nil
}

// step goes from a folder down to the one that wire, a path one part longer,
// goes to: the first choice of a name that is a real folder, or is free. For the
// rest of the delivery it stays with that choice.
func (d *Delivery) step(at *folder, wire string, create bool) (*folder, error) {
	_, part := split(wire)
	name := d.in.names.local(part)
	id := maphash.String(d.seed, wire)
	for n := d.moved[id]; n <= maxNumber; n++ {
		local := d.in.names.numberedFolder(name, n)
		root, created, err := d.in.openIn(at, local, create)
		if errors.Is(err, errInTheWay) {
			continue
		}
		if err != nil {
			return nil, err
		}
		next := &folder{wire: wire, local: join(at.local, local), root: root}
		if created {
			d.touch(at)
		}
		if local != part {
			d.movedFolder(id, n, next)
		}
		return next, nil
	}
	return nil, badName("that name and %d like it are taken", maxNumber)
}

// openIn is openFolder for a folder that a peer named: the staging folder and
// what a rename cannot reach are in the way.
func (in *Inbox) openIn(at *folder, name string, create bool) (*os.Root, bool, error) {
	root, info, created, err := openFolder(at.root, name, 0o777, create)
	if err != nil {
		return nil, false, err
	}
	isStaging := false
	if at == in.base {
		s := in.stagingIfThere()
		isStaging = s != nil && os.SameFile(s.info, info)
	}
	if isStaging || !sameDevice(in.info, info) {
		return nil, false, errors.Join(errInTheWay, root.Close())
	}
	return root, created, nil
}

// movedFolder remembers, and tells once, that a folder has another name here.
func (d *Delivery) movedFolder(id uint64, n int, f *folder) {
	if known, ok := d.moved[id]; ok && known == n || !ok && len(d.moved) == maxMoved {
		return
	}
	d.moved[id] = n
	d.renamed(f.wire, f.local)
}
