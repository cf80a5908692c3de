package transfer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"
	"sync/atomic"

	"github.com/zeebo/blake3"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/inbox"
	"ferry/netcore/internal/wire"
)

// MaxTop is how many top-level entries a Manifest remembers by themselves.
const MaxTop = 1000

// errTwice is returned for an entry that has the path of the one before it.
var errTwice = errors.New("an entry is in the list twice")

// A Manifest is the list of what an offer holds, at either end. It is filled
// once, then read only; several may read it at the same time.
type Manifest struct {
	Files   int64
	Folders int64
	Links   int64
	Bytes   int64 // the sizes of all files
	Holes   int64 // of those, bytes in the holes of large files, as far as its sender knows
	// Top are the entries that were picked, without what is in them; the Size
	// of a folder is the sum of all in it. At most MaxTop.
	Top []wire.Entry

	digest  *blake3.Hasher // of the pages
	names   *blake3.Hasher // of kinds, paths and targets
	scrap   []byte         // what goes into names
	page    wire.Page
	spool   spool
	marks   []pageMark   // in order
	spooled int64        // entries
	users   atomic.Int32 // besides the one that made it
	paths   int64        // bytes of all paths
	last    string       // path of the entry that was added last
}

// NewManifest returns an empty manifest. A long one is kept in a temporary
// file in dir (empty: the system's folder for such files).
func NewManifest(dir string) *Manifest {
	return &Manifest{digest: blake3.New(), names: blake3.New(), spool: spool{dir: dir}}
}

// Digest tells manifests apart: two that are filled with the same pages have the same one.
func (m *Manifest) Digest() [wire.HashSize]byte { return [wire.HashSize]byte(m.digest.Sum(nil)) }

// Names tells manifests apart by the kinds, paths and targets of their entries, in order: those
// that differ in sizes and times only have the same one.
func (m *Manifest) Names() [wire.HashSize]byte { return [wire.HashSize]byte(m.names.Sum(nil)) }

// Entries is the number of entries.
func (m *Manifest) Entries() int64 { return m.Files + m.Folders + m.Links }

// Add appends e, which is of this computer. The error wraps fault.BadName if
// only e is wrong, and fault.TooLarge if there is no place for more.
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

// AddPage appends the entries of the body of an Entries frame, which a peer
// sent. The manifest is of no use after an error; one of the peer wraps
// fault.Protocol or fault.BadName.
func (m *Manifest) AddPage(body []byte) error {
	err := wire.ReadEntries(body, m.count)
	if err == nil {
		m.digest.Write(body)
		err = m.spool.append(body)
		m.spooled = m.Entries()
		m.markPage()
	}
	if errors.Is(err, fault.TooLarge) || errors.Is(err, errTwice) {
		return fmt.Errorf("%w: %w", fault.Protocol, err)
	}
	return err
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
	m.digest.Write(m.page.Body())
	err := m.spool.append(m.page.Body())
	m.spooled += int64(m.page.Len())
	m.markPage()
	m.page.Reset()
	return err
}

// count takes e into the totals after it has passed the gate for names. If it
// does not, nothing has changed.
func (m *Manifest) count(e wire.Entry) error {
	if err := inbox.CheckPath(e.Path); err != nil {
		return err
	}
	if err := e.Check(); err != nil {
		return err
	}
	switch {
	case e.Path == m.last:
		return errTwice
	case m.Entries() >= wire.MaxEntries:
		return fmt.Errorf("%w: more than %d files, folders and links", fault.TooLarge, wire.MaxEntries)
	case m.paths+int64(len(e.Path)) > wire.MaxPaths:
		return fmt.Errorf("%w: the names of all files take more than %d MiB", fault.TooLarge, wire.MaxPaths>>20)
	case e.Size > math.MaxInt64-m.Bytes:
		return fmt.Errorf("%w: sizes add up to more than a number holds", fault.TooLarge)
	}
	switch {
	case e.Folder:
		m.Folders++
	case e.Link:
		m.Links++
	default:
		m.Files++
		m.Bytes += e.Size
	}
	m.countTop(e)
	m.countName(e)
	m.paths += int64(len(e.Path))
	m.last = e.Path
	return nil
}

// countName takes e into names.
func (m *Manifest) countName(e wire.Entry) {
	kind := byte('f')
	switch {
	case e.Folder:
		kind = 'd'
	case e.Link:
		kind = 'l'
	}
	b := append(m.scrap[:0], kind)
	b = append(binary.AppendUvarint(b, uint64(len(e.Path))), e.Path...)
	b = append(binary.AppendUvarint(b, uint64(len(e.Target))), e.Target...)
	m.names.Write(b) // a hash never fails
	m.scrap = b
}

// countTop takes e into Top: as an entry of its own, or into the size of the
// folder that it is in.
func (m *Manifest) countTop(e wire.Entry) {
	name, _, inside := strings.Cut(e.Path, "/")
	last, _, _ := strings.Cut(m.last, "/")
	switch {
	case name == last && inside:
		if n := len(m.Top); n > 0 && m.Top[n-1].Path == name {
			m.Top[n-1].Size += e.Size
		}
	case len(m.Top) < MaxTop:
		top := e
		top.Path, top.Folder = name, e.Folder || inside
		m.Top = append(m.Top, top)
	}
}

// sendPages calls send with the body of each page.
func (m *Manifest) sendPages(send func(body []byte) error) error {
	pages := m.spool.pages(0)
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

// hold has the manifest stay open for one more Close.
func (m *Manifest) hold() { m.users.Add(1) }

// Close removes what the manifest keeps on disk, once all who use it have called it.
func (m *Manifest) Close() error {
	if m.users.Add(-1) >= 0 {
		m.spool.release() // the list of what was accepted is not a stranger's any more
		return nil
	}
	return m.spool.close()
}
