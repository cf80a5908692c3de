package inbox

import (
	"hash/maphash"
	"sync"

	"golang.org/x/text/unicode/norm"
)

const (
	// maxMoved is how many renamed folders a delivery remembers. Those beyond
	// are found anew each time, and not counted.
	maxMoved = 1 << 16
	// maxOwned is how many files and folders a delivery remembers that could be
	// meant by two names.
	maxOwned = 1 << 17
	// maxTouched is how many folders may wait to be synced.
	maxTouched = 1024
)

// A layout is what a delivery remembers of where things went. The goroutines of
// the delivery share it.
type layout struct {
	mu      sync.Mutex
	seed    maphash.Seed        // for the hashes of paths of the sender
	moved   map[uint64]int      // a folder's path: the number its name got
	owned   map[uint64]uint64   // thing: path of the only entry that it may be
	touched map[string]struct{} // local paths of folders that have something new in them
}

func newLayout() layout {
	return layout{
		seed:    maphash.MakeSeed(),
		moved:   make(map[uint64]int),
		owned:   make(map[uint64]uint64),
		touched: make(map[string]struct{}),
	}
}

func (l *layout) hash(wire string) uint64 { return maphash.String(l.seed, wire) }

// numberOf returns the number that the name of the folder wire got.
func (d *Delivery) numberOf(wire string) int {
	d.layout.mu.Lock()
	defer d.layout.mu.Unlock()
	return d.layout.moved[d.layout.hash(wire)]
}

// movedFolder remembers, and tells once, that a folder has another name here.
func (d *Delivery) movedFolder(n int, f *folder) {
	d.layout.mu.Lock()
	defer d.layout.mu.Unlock()
	hash := d.layout.hash(f.wire)
	if known, ok := d.layout.moved[hash]; ok && known == n || !ok && len(d.layout.moved) == maxMoved {
		return
	}
	d.layout.moved[hash] = n
	d.results.renamed(f.wire, f.local, "")
}

// owns reports whether the file, folder or link id, which is there at the path
// local, can be the entry wire, and makes sure that it is no other's from then on: two
// entries whose names differ in case or normalisation stay two, also where
// the filesystem takes their names for one.
func (d *Delivery) owns(wire, local string, id uint64) bool {
	d.layout.mu.Lock()
	defer d.layout.mu.Unlock()
	return d.ownsLocked(wire, local, id)
}

func (d *Delivery) ownsLocked(wire, local string, id uint64) bool {
	if !d.in.ambiguous(wire, local) {
		return true
	}
	thing := d.layout.thing(local, id)
	owner, ok := d.layout.owned[thing]
	if !ok {
		d.own(wire, thing)
		return true
	}
	return owner == d.layout.hash(wire)
}

// made is owns for what the delivery has just made: what had the same ID before is gone.
func (d *Delivery) made(wire, local string, id uint64) {
	d.layout.mu.Lock()
	defer d.layout.mu.Unlock()
	if d.in.ambiguous(wire, local) {
		d.own(wire, d.layout.thing(local, id))
	}
}

// thing returns what tells the file, folder or link id at the path local from
// others: where the filesystem has nothing that lasts, its path.
func (l *layout) thing(local string, id uint64) uint64 {
	if id != 0 {
		return id
	}
	return l.hash(foldPath(local))
}

func (d *Delivery) own(wire string, thing uint64) {
	if len(d.layout.owned) < maxOwned {
		d.layout.owned[thing] = d.layout.hash(wire)
	}
}

// ambiguous reports whether another entry than wire could get the path local.
func (in *Inbox) ambiguous(wire, local string) bool {
	_, part := split(wire)
	_, name := split(local)
	return part != name || in.folds.Load() || in.names.drives || !norm.NFD.IsNormalString(name)
}

// touch remembers that f has something new in it.
func (d *Delivery) touch(f *folder) { d.touchLocal(f.local) }

func (d *Delivery) touchLocal(local string) {
	d.layout.mu.Lock()
	defer d.layout.mu.Unlock()
	d.layout.touched[local] = struct{}{}
	if len(d.layout.touched) >= maxTouched {
		d.syncTouched()
	}
}

func (d *Delivery) syncAllTouched() {
	d.layout.mu.Lock()
	defer d.layout.mu.Unlock()
	d.syncTouched()
}

// syncTouched makes the new names in the touched folders permanent. The caller
// holds the layout.
func (d *Delivery) syncTouched() {
	if len(d.layout.touched) == 0 {
		return
	}
	if err := d.in.syncFolders(d.layout.touched); err != nil {
		d.fail(unwritten(err))
	}
	clear(d.layout.touched)
}
