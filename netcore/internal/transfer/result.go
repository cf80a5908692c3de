package transfer

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"sync"

	"ferry/netcore/internal/inbox"
	"ferry/netcore/internal/wire"
)

// MaxFailures is how many failed entries are remembered by themselves.
const MaxFailures = 1000

// A Failure is an entry that did not arrive though the transfer went on.
type Failure struct {
	Path   string // as the sender calls it, also if it could not be offered at all
	Local  string // where it is on this computer; at the sender only
	Err    error
	Remote bool // the other side said it

	index int64 // in the manifest, or notListed
}

// notListed is the index of what could not be offered.
const notListed = -1

// A Result is how a transfer ended.
type Result struct {
	Receipt     wire.Receipt
	FailedCount int64
	Failures    []Failure // the first MaxFailures
	Delivered   inbox.Results
}

// failures collects what failed. It may be used by several goroutines.
type failures struct {
	mu      sync.Mutex
	count   int64
	list    []Failure
	entries bitmap  // that are in the manifest
	ledger  *Ledger // hears of each; may be nil
}

// from starts with what failed before.
func (f *failures) from(earlier *failures) *failures {
	earlier.mu.Lock()
	defer earlier.mu.Unlock()
	f.count, f.list = earlier.count, slices.Clone(earlier.list)
	return f
}

// add takes one in. An entry fails once: both sides may give it up at the same time.
func (f *failures) add(one Failure) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if one.index != notListed {
		if f.entries.has(one.index) {
			return
		}
		f.entries.set(one.index)
	}
	if f.ledger != nil {
		f.ledger.fail(one)
	}
	f.count++
	if len(f.list) < MaxFailures {
		f.list = append(f.list, one)
	}
}

// more counts n failures of which no more is known.
func (f *failures) more(n int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count += n
}

func (f *failures) total() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

// snapshot returns how many there are, and those that are listed.
func (f *failures) snapshot() (count int64, list []Failure) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count, slices.Clone(f.list)
}

// named returns the failures in the order of the entries, with the paths that m has for their indexes,
// and where local says that they are; nil: nowhere here.
func (f *failures) named(m *Manifest, local func(wire.Entry) string) ([]Failure, error) {
	_, list := f.snapshot()
	slices.SortStableFunc(list, func(a, b Failure) int { return cmp.Compare(a.index, b.index) })
	c := m.cursor()
	var e wire.Entry
	for i := range list {
		one := &list[i]
		if one.index == notListed {
			continue
		}
		for c.index <= one.index {
			var err error
			if e, err = c.next(); errors.Is(err, io.EOF) {
				return list, nil
			} else if err != nil {
				return list, err
			}
		}
		one.Path = e.Path
		if local != nil {
			one.Local = local(e)
		}
	}
	return list, nil
}
