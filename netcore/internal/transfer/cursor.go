package transfer

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// cursor walks a manifest from its start. It holds one page, packed.
type cursor struct {
	pages *pageReader
	page  wire.EntryReader
	index int64 // of the entry that next returns
}

func (m *Manifest) cursor() *cursor { return m.cursorAt(0) }

// A pageMark is where a page begins, so that a cursor need not begin with the first.
type pageMark struct {
	entries int64 // before it
	offset  int64 // in the spool
}

// skipAhead is how many entries there are between two marks, at least: whoever makes the pages small must not fill the memory.
const skipAhead = 1024

// markPage notes where the next page begins.
func (m *Manifest) markPage() {
	last := int64(0)
	if n := len(m.marks); n > 0 {
		last = m.marks[n-1].entries
	}
	if m.spooled-last >= skipAhead {
		m.marks = append(m.marks, pageMark{m.spooled, m.spool.size})
	}
}

// cursorAt returns a cursor that is at index, or not far before it.
func (m *Manifest) cursorAt(index int64) *cursor {
	n, found := slices.BinarySearchFunc(m.marks, index, func(p pageMark, i int64) int { return cmp.Compare(p.entries, i) })
	if found {
		n++
	}
	if n == 0 {
		return &cursor{pages: m.spool.pages(0)}
	}
	return &cursor{pages: m.spool.pages(m.marks[n-1].offset), index: m.marks[n-1].entries}
}

// next returns the entry at index and advances, or io.EOF.
func (c *cursor) next() (wire.Entry, error) {
	if err := c.advance(); err != nil {
		return wire.Entry{}, err
	}
	return c.page.Entry(), nil
}

// advance is next without unpacking the entry, which page has then.
func (c *cursor) advance() error {
	for !c.page.Next() {
		if err := c.page.Err(); err != nil {
			return err
		}
		body, err := c.pages.next()
		if err != nil {
			return err
		}
		c.page.Reset(body)
	}
	c.index++
	return nil
}

// at returns entry index, which must not lie before the cursor. Entries in
// between are given to pass, if that is not nil.
func (c *cursor) at(index int64, pass func(int64, wire.Entry) error) (wire.Entry, error) {
	if index < c.index {
		return wire.Entry{}, fmt.Errorf("%w: entry %d comes after %d", fault.Protocol, index, c.index-1)
	}
	for {
		i := c.index
		err := c.advance()
		if errors.Is(err, io.EOF) {
			return wire.Entry{}, fmt.Errorf("%w: there is no entry %d", fault.Protocol, index)
		}
		if err != nil {
			return wire.Entry{}, err
		}
		if i == index {
			return c.page.Entry(), nil
		}
		if pass != nil {
			if err := pass(i, c.page.Entry()); err != nil {
				return wire.Entry{}, err
			}
		}
	}
}
