package transfer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"strings"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// Totals count entries.
type Totals struct {
	Files, Folders, Links int64
	Bytes                 int64 // sizes of the files
}

// Entries is the number of entries.
func (t Totals) Entries() int64 { return t.Files + t.Folders + t.Links }

func (t *Totals) add(e wire.Entry) {
	switch {
	case e.Folder:
		t.Folders++
	case e.Link:
		t.Links++
	default:
		t.Files++
		t.Bytes += e.Size
	}
}

// A Choice says which entries of a manifest a receiver wants. It does not change.
type Choice struct {
	Wanted, Unwanted Totals
	Top              []string // top-level names of what is wanted, in order; at most MaxTop

	unwanted bitmap
}

// Less returns how much more t counts than other.
func (t Totals) Less(other Totals) Totals {
	return Totals{t.Files - other.Files, t.Folders - other.Folders, t.Links - other.Links, t.Bytes - other.Bytes}
}

// Totals counts all entries.
func (m *Manifest) Totals() Totals { return Totals{m.Files, m.Folders, m.Links, m.Bytes} }

// Whole is the choice of everything.
func (m *Manifest) Whole() *Choice {
	c := &Choice{Wanted: m.Totals()}
	for _, e := range m.Top {
		c.Top = append(c.Top, e.Path)
	}
	return c
}

// choose returns the choice of all but what skip names: entries, and all that is in
// them. Other paths mean nothing. A folder of which nothing is left is not wanted
// either; one that was empty from the start is.
func (m *Manifest) choose(skip []string) (*Choice, error) {
	if len(skip) == 0 {
		return m.Whole(), nil
	}
	c := chooser{skip: make(map[string]struct{}, len(skip)), seed: maphash.MakeSeed(), reduced: make(map[uint64]bool)}
	for _, path := range skip {
		c.skip[path] = struct{}{}
	}
	for _, pass := range []func(int64, wire.Entry){c.leaveOut, c.keepFolders, c.dropFolders} {
		if err := m.each(pass); err != nil {
			return nil, err
		}
	}
	return m.counted(c.unwanted)
}

// A chooser finds out what is wanted in three passes over a list.
type chooser struct {
	skip map[string]struct{}
	seed maphash.Seed
	// reduced are the folders (hashes of their paths) in which something is not wanted:
	// whether something else in them is.
	reduced  map[uint64]bool
	last     string // the folder that keepFolders was in
	unwanted bitmap
}

// leaveOut is the first pass: what skip names.
func (c *chooser) leaveOut(i int64, e wire.Entry) {
	skipped := c.skipped(e.Path)
	if skipped == "" {
		return
	}
	c.unwanted.set(i)
	for folder := parent(skipped); folder != ""; folder = parent(folder) {
		hash := maphash.String(c.seed, folder)
		if _, known := c.reduced[hash]; known {
			return
		}
		c.reduced[hash] = false
	}
}

// skipped returns the path in skip that leaves path out; "" if none does.
func (c *chooser) skipped(path string) string {
	for end := 0; end < len(path); end++ {
		if i := strings.IndexByte(path[end:], '/'); i >= 0 {
			end += i
		} else {
			end = len(path)
		}
		if _, ok := c.skip[path[:end]]; ok {
			return path[:end]
		}
	}
	return ""
}

// keepFolders is the second pass: the folders of what is wanted.
func (c *chooser) keepFolders(i int64, e wire.Entry) {
	if c.unwanted.has(i) {
		return
	}
	if e.Folder {
		if _, reduced := c.reduced[maphash.String(c.seed, e.Path)]; reduced {
			return // what is in it decides
		}
	}
	folder := parent(e.Path)
	if folder == c.last {
		return
	}
	c.last = folder
	for ; folder != ""; folder = parent(folder) {
		hash := maphash.String(c.seed, folder)
		kept, reduced := c.reduced[hash]
		if kept {
			return
		}
		if reduced {
			c.reduced[hash] = true
		}
	}
}

// dropFolders is the third pass: folders of which nothing is left.
func (c *chooser) dropFolders(i int64, e wire.Entry) {
	if !e.Folder {
		return
	}
	if kept, reduced := c.reduced[maphash.String(c.seed, e.Path)]; reduced && !kept {
		c.unwanted.set(i)
	}
}

// parent returns the path of the folder that path is in; "" if there is none.
func parent(path string) string { return path[:max(0, strings.LastIndexByte(path, '/'))] }

// each calls do for each entry, in order.
func (m *Manifest) each(do func(int64, wire.Entry)) error {
	c := m.cursor()
	for i := range m.Entries() {
		e, err := c.next()
		if err != nil {
			return err
		}
		do(i, e)
	}
	return nil
}

// counted returns the choice of all but unwanted.
func (m *Manifest) counted(unwanted bitmap) (*Choice, error) {
	c := &Choice{unwanted: unwanted}
	err := m.each(func(i int64, e wire.Entry) {
		if unwanted.has(i) {
			c.Unwanted.add(e)
			return
		}
		c.Wanted.add(e)
		name, _, _ := strings.Cut(e.Path, "/")
		if n := len(c.Top); n < MaxTop && (n == 0 || c.Top[n-1] != name) {
			c.Top = append(c.Top, name)
		}
	})
	return c, err
}

// Pack returns a form of c that lasts, for [Incoming.ChooseAgain]; nil if all is wanted. It is
// how many entries are wanted, not wanted, wanted, and so on, in turn.
func (c *Choice) Pack() []byte {
	if c.Unwanted == (Totals{}) {
		return nil
	}
	var packed []byte
	run, unwanted := uint64(0), false
	for i := range c.Wanted.Entries() + c.Unwanted.Entries() {
		if c.unwanted.has(i) != unwanted {
			packed = binary.AppendUvarint(packed, run)
			run, unwanted = 0, !unwanted
		}
		run++
	}
	return binary.AppendUvarint(packed, run)
}

var errPacked = errors.New("the choice of files does not fit the list")

// unpack is the way back from Pack, for a list of the same entries.
func (m *Manifest) unpack(packed []byte) (*Choice, error) {
	if len(packed) == 0 {
		return m.Whole(), nil
	}
	var unwanted bitmap
	at := int64(0)
	for not := false; len(packed) > 0; not = !not {
		run, n := binary.Uvarint(packed)
		if n <= 0 || run > uint64(m.Entries()-at) {
			return nil, fmt.Errorf("%w: %w", fault.Internal, errPacked)
		}
		packed = packed[n:]
		for end := at + int64(run); at < end; at++ {
			if not {
				unwanted.set(at)
			}
		}
	}
	return m.counted(unwanted)
}

// Choose says that skip is not wanted: the entries of these paths, and all that is in them. Paths
// that the list does not have mean nothing. Folders of which nothing is left are not wanted either.
func (in *Incoming) Choose(skip []string) error {
	choice, err := in.Manifest.choose(skip)
	if err == nil {
		in.Choice = choice
	}
	return err
}

// ChooseAgain makes the choice that was packed for the same list.
func (in *Incoming) ChooseAgain(packed []byte) error {
	choice, err := in.Manifest.unpack(packed)
	if err == nil {
		in.Choice = choice
	}
	return err
}

// How many paths an [Unwanted] has at most, and how many bytes they may take.
const (
	maxUnwanted      = 1000
	maxUnwantedBytes = 256 << 10
)

// Unwanted is what a receiver does not want of what it was sent.
type Unwanted struct {
	Totals
	// Paths are the entries, without what is in a folder that is one of them; nil if there
	// are more than 1000, or if they take more than 256 KiB.
	Paths []string
}

// unwantedPaths returns the Paths of an Unwanted.
func (s *sender) unwantedPaths() (paths []string, err error) {
	size := 0
	above := "/" // the last folder that is not wanted; no path begins like that
	err = s.m.each(func(i int64, e wire.Entry) {
		if !s.unwanted.has(i) || strings.HasPrefix(e.Path, above) || len(paths) > maxUnwanted {
			return
		}
		paths = append(paths, e.Path)
		size += len(e.Path)
		if e.Folder {
			above = e.Path + "/"
		}
	})
	if len(paths) > maxUnwanted || size > maxUnwantedBytes {
		paths = nil
	}
	return paths, err
}
