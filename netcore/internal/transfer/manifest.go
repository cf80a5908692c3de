package transfer

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"

	"github.com/zeebo/blake3"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/inbox"
	"ferry/netcore/internal/wire"
)

// MaxTop is how many top-level entries a Manifest remembers by themselves.
const MaxTop = 1000

// A Manifest is the list of what an offer holds, at either end. It is filled
// once, then read only; several may read it at the same time.
type Manifest struct {
	Files   int64
	Folders int64
	Bytes   int64
	// Top are the entries that were picked, without what is in them; the Size
	// of a folder is the sum of all in it. At most MaxTop.
	Top []wire.Entry

	digest *blake3.Hasher // of the pages
	page   wire.Page
	spool  spool
	last   string // name of the top-level entry that was added last
}

// NewManifest returns an empty manifest. A long one is kept in a temporary
// file in dir (empty: the system's folder for such files).
func NewManifest(dir string) *Manifest {
	return &Manifest{digest: blake3.New(), spool: spool{dir: dir}}
}

// Digest tells manifests apart: two that are filled with the same pages have the same one.
func (m *Manifest) Digest() [wire.HashSize]byte { return [wire.HashSize]byte(m.digest.Sum(nil)) }

// Entries is the number of entries.
func (m *Manifest) Entries() int64 { return m.Files + m.Folders }

// Add appends e.
func (m *Manifest) Add(e wire.Entry) error {
	if err := m.count(e); err != nil {
		return err
	}
	if m.page.Add(e) {
		return nil
	}
	if err := m.flushPage(); err != nil {
		return err
	}
	m.page.Add(e) // one entry always fits an empty page
	return nil
}

// AddPage appends the entries of the body of an Entries frame.
func (m *Manifest) AddPage(body []byte) error {
	if err := wire.ReadEntries(body, m.count); err != nil {
		return err
	}
	m.digest.Write(body)
	return m.spool.append(body)
}

// Seal ends the filling.
func (m *Manifest) Seal() error {
	if err := m.flushPage(); err != nil {
		return err
	}
	return m.spool.seal()
}

func (m *Manifest) flushPage() error {
	if m.page.Len() == 0 {
		return nil
	}
	defer m.page.Reset()
	m.digest.Write(m.page.Body())
	return m.spool.append(m.page.Body())
}

// count takes e into the totals after it has passed the gate for names.
func (m *Manifest) count(e wire.Entry) error {
	if err := inbox.CheckPath(e.Path); err != nil {
		return err
	}
	if m.Entries() >= wire.MaxEntries {
		return fmt.Errorf("%w: more than %d files and folders at once", fault.Busy, wire.MaxEntries)
	}
	if e.Size > math.MaxInt64-m.Bytes {
		return fmt.Errorf("%w: sizes add up to more than a number holds", fault.Protocol)
	}
	if e.Folder {
		m.Folders++
	} else {
		m.Files++
		m.Bytes += e.Size
	}
	name, _, inside := strings.Cut(e.Path, "/")
	switch {
	case name == m.last && inside:
		if n := len(m.Top); n > 0 && m.Top[n-1].Path == name {
			m.Top[n-1].Size += e.Size
		}
	case len(m.Top) < MaxTop:
		top := e
		top.Path, top.Folder = name, e.Folder || inside
		m.Top = append(m.Top, top)
	}
	m.last = name
	return nil
}

// sendPages calls send with the body of each page.
func (m *Manifest) sendPages(send func(body []byte) error) error {
	pages := m.spool.pages()
	for {
		body, err := pages.next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = send(body)
		}
		if err != nil {
			return err
		}
	}
}

// All yields the entries in order. It ends early if the list cannot be read
// back.
func (m *Manifest) All() iter.Seq[wire.Entry] {
	return func(yield func(wire.Entry) bool) {
		c := m.cursor()
		for {
			e, err := c.next()
			if err != nil || !yield(e) {
				return
			}
		}
	}
}

// Close removes what the manifest keeps on disk.
func (m *Manifest) Close() error { return m.spool.close() }

// cursor walks a manifest from its start.
type cursor struct {
	pages *pageReader
	page  []wire.Entry
	read  int   // entries of page that next has returned
	index int64 // of the entry that next returns
}

func (m *Manifest) cursor() *cursor { return &cursor{pages: m.spool.pages()} }

// next returns the entry at index and advances, or io.EOF.
func (c *cursor) next() (wire.Entry, error) {
	for c.read == len(c.page) {
		body, err := c.pages.next()
		if err != nil {
			return wire.Entry{}, err
		}
		c.page, c.read = c.page[:0], 0
		err = wire.ReadEntries(body, func(e wire.Entry) error {
			c.page = append(c.page, e)
			return nil
		})
		if err != nil {
			return wire.Entry{}, err
		}
	}
	e := c.page[c.read]
	c.read++
	c.index++
	return e, nil
}

// at returns entry index, which must not lie before the cursor. Entries in
// between are given to pass, if that is not nil.
func (c *cursor) at(index int64, pass func(int64, wire.Entry) error) (wire.Entry, error) {
	if index < c.index {
		return wire.Entry{}, fmt.Errorf("%w: entry %d comes after %d", fault.Protocol, index, c.index-1)
	}
	for {
		i := c.index
		e, err := c.next()
		if errors.Is(err, io.EOF) {
			return e, fmt.Errorf("%w: there is no entry %d", fault.Protocol, index)
		}
		if err != nil || i == index {
			return e, err
		}
		if pass != nil {
			if err := pass(i, e); err != nil {
				return e, err
			}
		}
	}
}
