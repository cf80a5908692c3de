package inbox

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// maxFolders is how many folders a folderCache keeps open: what is looked up
	// and what arrives may be in different ones, offers go folder by folder, and a batch
	// is gone through twice.
	maxFolders = 16
	// maxNumber is the last number that a taken name is tried with.
	maxNumber = 999
)

// A folder is an open folder in the inbox, or the inbox itself.
type folder struct {
	wire  string // as the sender calls it, "" for the inbox
	local string // where it is, with slashes, relative to the inbox
	root  *os.Root
	dir   *os.File // the same, for what os.Root cannot do; nil before open
	fresh bool     // the delivery made it when it was opened: only the delivery puts anything into it
}

// path returns the local path of a file in f, in the form that os.Root takes.
func (f *folder) path(name string) string {
	return filepath.FromSlash(join(f.local, name))
}

// open makes sure that there is f.dir.
func (f *folder) open() error {
	if f.dir != nil {
		return nil
	}
	var err error
	f.dir, err = f.root.Open(".")
	return err
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

// openFolder opens the folder name in parent, made with mkdir if it is not there and
// mkdir is not nil. The error is errInTheWay for anything but a real folder on the
// filesystem of parent.
func openFolder(parent *os.Root, name string, mkdir func() error) (root *os.Root, info fs.FileInfo, created bool, err error) {
	info, err = parent.Lstat(name)
	if mkdir != nil && errors.Is(err, fs.ErrNotExist) {
		if err = mkdir(); err != nil && !errors.Is(err, fs.ErrExist) {
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

// openIn is openFolder for a folder that a peer named: the staging folder and
// what a rename cannot reach are in the way.
func (in *Inbox) openIn(at *folder, name string, mkdir func() error) (*os.Root, fs.FileInfo, bool, error) {
	root, info, created, err := openFolder(at.root, name, mkdir)
	if err != nil {
		return nil, nil, false, err
	}
	isStaging := false
	if at == in.base {
		s := in.stagingIfThere()
		isStaging = s != nil && os.SameFile(s.info, info)
	}
	if isStaging || !sameDevice(in.info, info) {
		return nil, nil, false, errors.Join(errInTheWay, root.Close())
	}
	return root, info, created, nil
}

// A folderCache is what one goroutine of a delivery keeps open of the folders.
type folderCache struct {
	d       *Delivery
	folders []*folder // the last used first
	absent  string    // the last folder that was looked for and is not there
}

// enter returns the folder that wire, a path of the sender, goes to: made now
// with all its parents if create says so, else fs.ErrNotExist. It is good until
// the next call of a method of c.
func (c *folderCache) enter(wire string, create bool) (*folder, error) {
	return c.enterAt(wire, create, time.Time{})
}

// enterAt is enter for a folder that shall have the time mtime if it is made now.
func (c *folderCache) enterAt(wire string, create bool, mtime time.Time) (*folder, error) {
	if wire == "" {
		return c.d.in.base, nil
	}
	for i, f := range c.folders {
		if f.wire == wire {
			copy(c.folders[1:i+1], c.folders[:i])
			c.folders[0] = f
			return f, nil
		}
	}
	if create {
		c.absent = ""
	} else if wire == c.absent {
		return nil, fs.ErrNotExist
	}
	f, err := c.d.walk(wire, create, mtime)
	if err != nil {
		if !create && errors.Is(err, fs.ErrNotExist) {
			c.absent = wire
		}
		return nil, err
	}
	if len(c.folders) == maxFolders {
		c.folders[maxFolders-1].close()
		c.folders = c.folders[:maxFolders-1]
	}
	c.folders = slices.Insert(c.folders, 0, f)
	return f, nil
}

// forget closes the folders that are kept open, so that the next one is looked
// for from the inbox down: somebody may have moved it away.
func (c *folderCache) forget() {
	for _, f := range c.folders {
		f.close()
	}
	c.folders = c.folders[:0]
	c.absent = ""
}

func (d *Delivery) walk(wire string, create bool, mtime time.Time) (*folder, error) {
	if create {
		// With it there, a folder that would be the staging folder under some
		// other spelling is recognised.
		if _, err := d.in.staging(); err != nil {
			return nil, err
		}
	}
	at := d.in.base
	for end := 0; end < len(wire); end++ {
		of := time.Time{}
		if i := strings.IndexByte(wire[end:], '/'); i >= 0 {
			end += i
		} else {
			end, of = len(wire), mtime
		}
		next, err := d.step(at, wire[:end], create, of)
		at.close()
		if err != nil {
			return nil, err
		}
		at = next
	}
	if err := at.open(); err != nil {
		at.close()
		return nil, err
	}
	return at, nil
}

// step goes from a folder down to the one that wire, a path one part longer,
// goes to: the first choice of a name that is a real folder of no other wire, or is
// free. For the rest of the delivery it stays with that choice.
func (d *Delivery) step(at *folder, wire string, create bool, mtime time.Time) (*folder, error) {
	d.walking.Lock()
	defer d.walking.Unlock()
	_, part := split(wire)
	name := d.in.names.local(part)
	for n := d.numberOf(wire); n <= maxNumber; n++ {
		local := d.in.names.numberedFolder(name, n)
		next, err := d.stepTo(at, wire, local, create, mtime)
		if errors.Is(err, errInTheWay) {
			continue
		}
		if err == nil && local != part {
			d.movedFolder(n, next)
		}
		return next, err
	}
	return nil, badName("that name and %d like it are taken", maxNumber)
}

func (d *Delivery) stepTo(at *folder, wire, local string, create bool, mtime time.Time) (*folder, error) {
	made := record{kind: folderMade, path: join(at.local, local), time: mtime}
	var mkdir func() error
	if create {
		mkdir = func() error { return d.mkdir(at, local, made) }
	}
	root, info, created, err := d.in.openIn(at, local, mkdir)
	if err != nil {
		return nil, err
	}
	next := &folder{wire: wire, local: made.path, root: root, fresh: created}
	made.id = d.in.nameID(at.root, local, info)
	if created {
		d.made(wire, made.path, made.id)
		d.touch(at)
		err = d.journal.add(made)
	} else if !d.owns(wire, made.path, made.id) {
		err = errInTheWay
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return next, nil
}

// mkdir makes a folder, and sees to it that the journal knows.
func (d *Delivery) mkdir(at *folder, local string, made record) error {
	made.kind = folderIntent
	if err := d.journal.announce(made); err != nil {
		return err
	}
	err := at.root.Mkdir(local, 0o755)
	if err == nil {
		return nil
	}
	made.kind = notMade
	return errors.Join(err, d.journal.add(made))
}
