package wire

import (
	"encoding/binary"
	"fmt"
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
	// MaxTarget is the longest target of a link, in bytes.
	MaxTarget = 4096
	// MaxOriginal is the longest original name of an entry, in bytes.
	MaxOriginal = 1024
)

// An Entry is one file, folder or symbolic link of an offer.
type Entry struct {
	Path    string // slash-separated, relative; not checked here beyond its length
	Folder  bool
	Link    bool
	Exec    bool  // the owner may execute it; of a file only
	Size    int64 // bytes; 0 for a folder and a link
	ModTime time.Time
	Target  string // of a link: what it points to; not checked here beyond its length
	// Original is the last part of the path as the sender's computer has it,
	// any bytes, if that is no UTF-8; empty otherwise.
	Original string
}

// Check reports an entry that an Entries frame cannot hold. The error wraps
// fault.BadName.
func (e Entry) Check() error {
	switch {
	case len(e.Path) == 0 || len(e.Path) > MaxPath:
		return fmt.Errorf("%w: a path of %d bytes", fault.BadName, len(e.Path))
	case e.Link && (len(e.Target) == 0 || len(e.Target) > MaxTarget):
		return fmt.Errorf("%w: a link to a path of %d bytes", fault.BadName, len(e.Target))
	case len(e.Original) > MaxOriginal:
		return fmt.Errorf("%w: an original name of %d bytes", fault.BadName, len(e.Original))
	}
	return nil
}

// content reports whether e has any, and with it a size.
func (e Entry) content() bool { return !e.Folder && !e.Link }

const (
	flagFolder = 1 << iota
	flagExec
	flagLink
	flagOriginal
	knownFlags = flagFolder | flagExec | flagLink | flagOriginal
)

// flags returns the first byte of e. A link is neither of the first two.
func (e Entry) flags() byte {
	var flags byte
	if e.Folder {
		flags |= flagFolder
	}
	if e.Exec {
		flags |= flagExec
	}
	if e.Link {
		flags = flagLink
	}
	if e.Original != "" {
		flags |= flagOriginal
	}
	return flags
}

// A Page collects entries for the body of an Entries frame. The zero Page is
// empty and ready for use.
type Page struct {
	body []byte
	prev string
	n    int
}

// Add appends e, which must pass [Entry.Check]. It reports false, and leaves the page as it was, when e does not fit
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
	b = append(b, e.flags())
	if e.content() {
		b = binary.AppendUvarint(b, uint64(e.Size))
	}
	b = binary.AppendVarint(b, e.ModTime.Unix())
	b = binary.AppendUvarint(b, uint64(e.ModTime.Nanosecond()))
	shared := sharedPrefix(prev, e.Path)
	b = binary.AppendUvarint(b, uint64(shared))
	b = appendString(b, e.Path[shared:])
	if e.Link {
		b = appendString(b, e.Target)
	}
	if e.Original != "" {
		b = appendString(b, e.Original)
	}
	return b
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
	entry Entry  // the one that Next has read, without its strings
	path  []byte // of that entry

	// Of that entry, parts of the page.
	target, original []byte
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
	if flags&^knownFlags != 0 || flags&flagLink != 0 && flags&(flagFolder|flagExec) != 0 {
		d.fail("flags %#02x", flags)
	}
	e := Entry{Folder: flags&flagFolder != 0, Exec: flags&flagExec != 0, Link: flags&flagLink != 0}
	if e.content() {
		e.Size = d.int63("size")
	}
	sec, nsec := d.varint(), d.uvarint()
	if nsec >= uint64(time.Second) {
		d.fail("%d nanoseconds", nsec)
	}
	e.ModTime = time.Unix(sec, int64(nsec))
	r.entry = e
	r.readPath()
	r.target, r.original = nil, nil
	if e.Link {
		r.target = d.filled("target", MaxTarget)
	}
	if flags&flagOriginal != 0 {
		r.original = d.filled("original name", MaxOriginal)
	}
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

// Entry returns the entry that Next has gone to. It allocates its strings, and
// nothing else.
func (r *EntryReader) Entry() Entry {
	e := r.entry
	e.Path = string(r.path)
	e.Target, e.Original = string(r.target), string(r.original)
	return e
}

// Err returns what ended the page early; it wraps fault.Protocol.
func (r *EntryReader) Err() error { return r.d.err }
