package inbox

import (
	"errors"
	"io/fs"
	"path/filepath"
	"sync"
	"time"
)

// An Entry is what the sender says of a file, a folder or a symbolic link.
type Entry struct {
	Path    string    // as the sender calls it; must pass CheckPath
	Size    int64     // of a file, in bytes
	ModTime time.Time // zero: the time of arrival
	Exec    bool      // of a file: its owner may execute it
	Link    bool      // it is a symbolic link
	Target  string    // of a link: what it points to; must pass CheckTarget
	// Original are the bytes of the name on the sender's computer where they are
	// no UTF-8. They are for people to read.
	Original string
}

// perm are the permissions for the file, before the umask.
func (e Entry) perm() fs.FileMode {
	if e.Exec {
		return 0o755
	}
	return 0o644
}

// A Delivery is what one peer brings in one transfer. It and its partials
// belong to one goroutine at a time. Its memory does not grow with the number of
// entries.
type Delivery struct {
	in      *Inbox
	sender  string
	journal *journal
	results results
	layout  layout
	walking sync.Mutex // for one step to a folder, which may make it

	// Of the goroutine that the delivery belongs to.
	front    folderCache
	left     int64                 // Inbox.left when unstaged was found out
	unstaged bool                  // there are no partials
	found    map[string]string     // partial key: the name that Lookup found and holds
	used     usable                // what Lookup found last as Final
	writing  map[*Partial]struct{} // created, and not finished

	closed bool

	pipe pipe        // what is finished, on its way to its final name
	back folderCache // of the goroutine that commits
}

func newDelivery(in *Inbox, sender string, j *journal) *Delivery {
	d := &Delivery{
		in:      in,
		sender:  sender,
		journal: j,
		layout:  newLayout(),
		found:   make(map[string]string),
		writing: make(map[*Partial]struct{}),
		left:    -1,
	}
	d.front.d, d.back.d = d, d
	d.pipe.changed.L = &d.pipe.mu
	return d
}

// Folder makes sure that the folder e is there, with its parents. If the transfer
// has made it, it gets the time of e with the last Commit. A folder must be given to
// Folder before anything that is in it is made.
func (d *Delivery) Folder(e Entry) error {
	if err := CheckPath(e.Path); err != nil {
		return err
	}
	d.results.appear(e.Path)
	f, err := d.folder(e)
	if err != nil {
		return unwritten(err)
	}
	d.results.landed(e.Path, f.local)
	if e.Original != "" {
		d.results.original(e.Path, f.local, e.Original)
	}
	return nil
}

// folder enters the folder e, and uses it if it has not made it.
func (d *Delivery) folder(e Entry) (*folder, error) {
	f, err := d.front.enterAt(e.Path, true, e.ModTime)
	if err != nil || f.fresh {
		return f, err
	}
	parent, _ := split(f.local)
	d.touchLocal(parent) // see Use
	err = d.use(d.in.base.root, filepath.FromSlash(f.local), f.local)
	if errors.Is(err, fs.ErrNotExist) {
		// Somebody removed it just now. Make it again.
		d.front.forget()
		return d.front.enterAt(e.Path, true, e.ModTime)
	}
	return f, err
}

// InPlace is [Inbox.InPlace].
func (d *Delivery) InPlace() error { return d.in.InPlace() }

// Close ends the delivery. What has not been committed stays as partials.
// A second call does nothing.
func (d *Delivery) Close() error {
	if d.closed {
		return nil
	}
	d.closed = true
	var errs []error
	for p := range d.writing {
		errs = append(errs, p.Keep())
	}
	for _, p := range d.stop() {
		errs = append(errs, p.leave())
	}
	for key := range d.found {
		d.drop(key)
	}
	d.front.forget()
	d.back.forget()
	if err := d.journal.leave(); err != nil {
		errs = append(errs, unwritten(err))
	}
	return errors.Join(errs...)
}
