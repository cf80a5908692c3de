package inbox

import "path/filepath"

// maxListed is how many of each kind Results lists.
const maxListed = 1000

// Results is what a person is told of a delivery.
type Results struct {
	// Paths are absolute: where the first 1000 top-level files and folders went,
	// in the order in which the delivery was first asked about them. Those of
	// which nothing arrived are left out.
	Paths []string
	// Renames are the first 1000 of RenameCount files and folders that have
	// another name here. What is in a renamed folder is not listed for that.
	Renames     []Rename
	RenameCount int
	// Failures are the first 1000 of FailureCount files that were finished
	// and did not get their final names.
	Failures     []Failure
	FailureCount int
	FailureBytes int64 // their sizes
}

// A Rename is a file or folder that has another name than the sender's.
type Rename struct {
	Path  string // as the sender calls it
	Local string // where it is, relative to the inbox, with slashes
}

// A Failure is why a finished file did not get its final name.
type Failure struct {
	Path string // as the sender calls it
	Err  error  // wraps a kind of package fault
}

// results collects a Results.
type results struct {
	order []string          // top-level names of the sender
	local map[string]string // where they went; "" for those that did not arrive yet
	told  Results
}

// appear is called for every entry that the delivery is asked about.
func (r *results) appear(wire string) {
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
	name := top(wire)
	if known, ok := r.local[name]; ok && known == "" {
		r.local[name] = top(local)
	}
}

func (r *results) fail(e Entry, err error) {
	r.told.FailureCount++
	r.told.FailureBytes += e.Size
	if len(r.told.Failures) < maxListed {
		r.told.Failures = append(r.told.Failures, Failure{Path: e.Path, Err: err})
	}
}

func (d *Delivery) renamed(wire, local string) {
	r := &d.results.told
	r.RenameCount++
	if len(r.Renames) < maxListed {
		r.Renames = append(r.Renames, Rename{Path: wire, Local: local})
	}
}

// Results tells what has become of the delivery up to the last Commit.
func (d *Delivery) Results() Results {
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
