package inbox

import (
	"path/filepath"
	"sync"
)

// maxListed is how many of each kind Results lists.
const maxListed = 1000

// Results is what a person is told of a delivery.
type Results struct {
	// Paths are absolute: where the first 1000 top-level entries went,
	// in the order in which the delivery was first asked about them. Those of
	// which nothing arrived are left out.
	Paths []string
	// Renames are the first 1000 of RenameCount entries that have another name
	// here, or that have an Entry.Original. What is in a renamed folder is not
	// listed for that.
	Renames     []Rename
	RenameCount int
	// Failures are the first 1000 of FailureCount files that were finished
	// and did not get their final names, or were gone when they were to be used.
	Failures     []Failure
	FailureCount int
	FailureBytes int64 // their sizes
}

// A Rename is an entry that has another name than the sender's.
type Rename struct {
	Path     string // as the sender calls it
	Local    string // where it is, relative to the inbox, with slashes
	Original string // Entry.Original
}

// A Failure is why a file is not there that was finished or found.
type Failure struct {
	Path string // as the sender calls it
	Err  error  // wraps a kind of package fault
}

// results collects a Results.
type results struct {
	mu    sync.Mutex
	order []string          // top-level names of the sender
	local map[string]string // where they went; "" for those that did not arrive yet
	told  Results
}

// appear is called for every entry that the delivery is asked about.
func (r *results) appear(wire string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := top(wire)
	if _, ok := r.local[name]; ok || len(r.order) == maxListed {
		return
	}
	if r.local == nil {
		r.local = make(map[string]string)
	}
	r.order = append(r.order, name)
	r.local[name] = ""
}

// landed is called for every entry that is there, under the path local.
func (r *results) landed(wire, local string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := top(wire)
	if known, ok := r.local[name]; ok && known == "" {
		r.local[name] = top(local)
	}
}

func (r *results) fail(e Entry, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told.FailureCount++
	r.told.FailureBytes += e.Size
	if len(r.told.Failures) < maxListed {
		r.told.Failures = append(r.told.Failures, Failure{Path: e.Path, Err: err})
	}
}

// renamed is called for an entry that has another name here, or had one that was
// no text.
func (r *results) renamed(wire, local, original string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told.RenameCount++
	if len(r.told.Renames) < maxListed {
		r.told.Renames = append(r.told.Renames, Rename{Path: wire, Local: local, Original: original})
	}
}

// original is called for a folder that had a name that was no text; renamed may
// just have been called for it.
func (r *results) original(wire, local, original string) {
	r.mu.Lock()
	last := len(r.told.Renames) - 1
	if last >= 0 && r.told.Renames[last].Path == wire {
		r.told.Renames[last].Original = original
		r.mu.Unlock()
		return
	}
	r.mu.Unlock()
	r.renamed(wire, local, original)
}

// Results tells what has become of the delivery up to the last Commit.
func (d *Delivery) Results() Results {
	d.results.mu.Lock()
	defer d.results.mu.Unlock()
	r := d.results.told
	r.Renames = append([]Rename(nil), r.Renames...)
	r.Failures = append([]Failure(nil), r.Failures...)
	for _, name := range d.results.order {
		if local := d.results.local[name]; local != "" {
			r.Paths = append(r.Paths, filepath.Join(d.in.dir, local))
		}
	}
	return r
}
