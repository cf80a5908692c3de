package transfer

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/zeebo/blake3"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// maxRecord is the longest string in the file of a source, in bytes. Windows has
// paths of 32,767 characters.
const maxRecord = 128 << 10

// Load opens what [Source.Save] wrote, in another run of the program. The source
// does not need the file any more then; a long list gets a temporary file beside
// it. What is in the file is not trusted: it passes the same checks as what a peer
// sends. The error wraps fault.Unread if the file cannot be read (and
// fs.ErrNotExist if there is none), and fault.Internal if it is damaged.
func Load(path string) (*Source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(err)
	}
	defer f.Close() // it was opened for reading
	s := newSource(filepath.Dir(path))
	return s.filled(func() error { return s.read(f) })
}

func (s *Source) read(f io.Reader) error {
	r := newRecordReader(f)
	if magic := r.bytes(uint64(len(sourceMagic))); string(magic) != sourceMagic {
		r.fail(errors.New("it is no list of this version"))
	}
	r.pages(s.Manifest)
	for range r.number(wire.MaxEntries) {
		if p := r.string(); r.err == nil {
			s.Paths = append(s.Paths, p)
		}
	}
	for range r.number(wire.MaxEntries) {
		if entry, local := r.string(), r.string(); r.err == nil {
			s.places[entry] = local
		}
	}
	s.readFailures(r)
	return r.end()
}

func (s *Source) readFailures(r *recordReader) {
	s.failed.count = int64(r.number(math.MaxInt64))
	for range r.number(MaxFailures) {
		one := Failure{Path: r.string(), Local: r.string(), index: notListed}
		kind, text := fault.Code(r.string()).Kind(), r.string()
		one.Err = &earlier{kind, text}
		if r.err == nil {
			s.failed.list = append(s.failed.list, one)
		}
	}
	if s.failed.count < int64(len(s.failed.list)) {
		r.fail(errors.New("more failures than there were"))
	}
}

// earlier is an error of another run.
type earlier struct {
	kind error
	text string
}

func (e *earlier) Error() string { return e.text }
func (e *earlier) Unwrap() error { return e.kind }

// A recordReader reads what a recordWriter wrote. Its first error sticks.
type recordReader struct {
	r    *bufio.Reader
	hash *blake3.Hasher
	buf  []byte
	err  error
}

func newRecordReader(r io.Reader) *recordReader {
	return &recordReader{r: bufio.NewReaderSize(r, 64<<10), hash: blake3.New()}
}

// pages reads pages into m, up to the 0 that ends them.
func (r *recordReader) pages(m *Manifest) {
	for n := r.number(wire.MaxPage); n > 0; n = r.number(wire.MaxPage) {
		if page := r.bytes(n); r.err == nil {
			r.fail(m.AddPage(page))
		}
	}
}

// fail notes what is wrong; nil is nothing.
func (r *recordReader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// ReadByte implements io.ByteReader.
func (r *recordReader) ReadByte() (byte, error) {
	b, err := r.r.ReadByte()
	if err == nil {
		r.hash.Write([]byte{b}) // a hash never fails
	}
	return b, err
}

// number reads a number, which is at most limit. It is 0 after an error.
func (r *recordReader) number(limit uint64) uint64 {
	if r.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(r)
	if err == nil && n > limit {
		err = fmt.Errorf("%d where at most %d may be", n, limit)
	}
	if r.fail(err); err != nil {
		return 0
	}
	return n
}

// bytes reads n bytes, which are valid until the next call.
func (r *recordReader) bytes(n uint64) []byte {
	if r.err != nil {
		return nil
	}
	if uint64(cap(r.buf)) < n {
		r.buf = make([]byte, n)
	}
	b := r.buf[:n]
	if _, err := io.ReadFull(r.r, b); err != nil {
		r.fail(err)
		return nil
	}
	r.hash.Write(b)
	return b
}

func (r *recordReader) string() string { return string(r.bytes(r.number(maxRecord))) }

// end checks the hash, behind which nothing may follow, and returns what was
// wrong.
func (r *recordReader) end() error {
	if r.err == nil {
		var sum [wire.HashSize + 1]byte
		n, err := io.ReadFull(r.r, sum[:])
		if n != wire.HashSize || string(sum[:n]) != string(r.hash.Sum(nil)) {
			r.fail(errors.Join(errors.New("its checksum is another one"), err))
		}
	}
	return damaged(r.err)
}

// damaged gives err, which reading the file of a source ended with, its kind. What a
// peer would have done wrong is not said of one.
func damaged(err error) error {
	var failed *os.PathError
	switch {
	case err == nil, errors.Is(err, fault.NoSpace), errors.Is(err, fault.Unwritten):
		return err
	case errors.As(err, &failed):
		return unreadable(err)
	}
	return fmt.Errorf("%w: the list that was kept is damaged: %v", fault.Internal, err)
}
