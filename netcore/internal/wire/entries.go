package wire

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"ferry/netcore/internal/fault"
)

const (
	// MaxEntries is the most entries that an offer may have.
	MaxEntries = 4_000_000
	// MaxPath is the longest path of an entry, in bytes.
	MaxPath = 4096
	// MaxPaths is how much the paths of an offer's entries may add up to, in
	// bytes. Its pages are far smaller, as paths share their beginnings.
	MaxPaths = 1 << 30
)

// An Entry is one file or folder of an offer.
type Entry struct {
	Path    string // slash-separated, relative; not checked here beyond its length
	Folder  bool
	Exec    bool  // the owner may execute it
	Size    int64 // bytes; 0 for a folder
	ModTime time.Time
}

const (
	flagFolder = 1 << iota
	flagExec
	knownFlags = flagFolder | flagExec
)

// A Page collects entries for the body of an Entries frame. The zero Page is
// empty and ready for use.
type Page struct {
	body []byte
	prev string
	n    int
}

// Add appends e. It reports false, and leaves the page as it was, when e does not fit
// any more.
func (p *Page) Add(e Entry) bool {
	start := len(p.body)
	p.body = appendEntry(p.body, p.prev, e)
	if len(p.body) > MaxPage {
		p.body = p.body[:start]
		return false
	}
	p.prev = e.Path
	p.n++
	return true
}

// Len returns how many entries are in the page.
func (p *Page) Len() int { return p.n }

// Body returns the body of the frame. It is valid until the page changes.
func (p *Page) Body() []byte { return p.body }

// Reset empties the page and keeps its memory.
func (p *Page) Reset() { p.body, p.prev, p.n = p.body[:0], "", 0 }

func appendEntry(b []byte, prev string, e Entry) []byte {
	var flags byte
	if e.Folder {
		flags |= flagFolder
	}
	if e.Exec {
		flags |= flagExec
	}
	b = append(b, flags)
	if !e.Folder {
		b = binary.AppendUvarint(b, uint64(e.Size))
	}
	b = binary.AppendVarint(b, e.ModTime.Unix())
	b = binary.AppendUvarint(b, uint64(e.ModTime.Nanosecond()))
	shared := sharedPrefix(prev, e.Path)
	b = binary.AppendUvarint(b, uint64(shared))
	b = binary.AppendUvarint(b, uint64(len(e.Path)-shared))
	return append(b, e.Path[shared:]...)
}

func sharedPrefix(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// ReadEntries calls yield for each entry of a page, in order. It stops at the
// first error of yield and returns it.
func ReadEntries(body []byte, yield func(Entry) error) error {
	var r EntryReader
	for r.Reset(body); r.Next(); {
		if err := yield(r.Entry()); err != nil {
			return err
		}
	}
	return r.Err()
}

// An EntryReader takes the entries out of a page one at a time: a page may be
// hundreds of times as large when it is unpacked. The zero EntryReader is at the
// end of an empty page.
type EntryReader struct {
	d     decoder
	entry Entry  // the one that Next has read, without its path
	path  []byte // of that entry
}

// Reset makes r read the page body, which must not change until r is at its end.
func (r *EntryReader) Reset(body []byte) {
	r.d, r.path = decoder{rest: body}, r.path[:0]
}

// Next goes to the next entry. It reports false at the end of the page and
// on an error.
func (r *EntryReader) Next() bool {
	d := &r.d
	if d.err != nil || len(d.rest) == 0 {
		return false
	}
	flags := d.byte()
	e := Entry{Folder: flags&flagFolder != 0, Exec: flags&flagExec != 0}
	if !e.Folder {
		e.Size = d.int63("size")
	}
	sec, nsec := d.varint(), d.uvarint()
	switch {
	case d.err != nil:
	case flags&^knownFlags != 0:
		d.fail("flags %#02x", flags)
	case nsec >= uint64(time.Second):
		d.fail("%d nanoseconds", nsec)
	}
	r.readPath()
	e.ModTime = time.Unix(sec, int64(nsec))
	r.entry = e
	return d.err == nil
}

func (r *EntryReader) readPath() {
	d := &r.d
	shared, suffix := d.uvarint(), d.uvarint()
	if d.err == nil && (shared > uint64(len(r.path)) || suffix > MaxPath || shared+suffix > MaxPath || shared+suffix == 0) {
		d.fail("path of %d + %d bytes", shared, suffix)
	}
	if tail := d.bytes(int(min(suffix, MaxPath))); d.err == nil {
		r.path = append(r.path[:shared], tail...)
	}
}

// Entry returns the entry that Next has gone to. It allocates the path, and
// nothing else.
func (r *EntryReader) Entry() Entry {
	e := r.entry
	e.Path = string(r.path)
	return e
}

// Err returns what ended the page early; it wraps fault.Protocol.
func (r *EntryReader) Err() error { return r.d.err }

// decoder reads the fields of a binary body; its first error sticks.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: "+format, append([]any{fault.Protocol}, args...)...)
	}
}

func (d *decoder) byte() byte {
	if b := d.bytes(1); d.err == nil {
		return b[0]
	}
	return 0
}

func (d *decoder) bytes(n int) []byte {
	if d.err == nil && len(d.rest) < n {
		d.fail("body ends in the middle of an item")
	}
	if d.err != nil {
		return nil
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	return v * d.skip(n)
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.rest)
	return v * int64(d.skip(n))
}

// skip advances over a number of n bytes, as encoding/binary reports it, and
// returns 1, or 0 if there was none.
func (d *decoder) skip(n int) uint64 {
	if n <= 0 {
		d.fail("no number where one must be")
	}
	if d.err != nil {
		return 0
	}
	d.rest = d.rest[n:]
	return 1
}

func (d *decoder) int63(what string) int64 {
	v := d.uvarint()
	if v > math.MaxInt64 {
		d.fail("%s %d", what, v)
		return 0
	}
	return int64(v)
}
