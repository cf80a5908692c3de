package transfer

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/zeebo/blake3"

	"ferry/netcore/internal/fault"
)

// sourceMagic begins the file of a source. What follows it, each string and each
// page with its length before it, each number a uvarint:
//
//	the pages of the manifest, and a 0 that ends them
//	how many picked paths there are, and the paths
//	how many places there are, and entry and local path of each
//	how many failures there were, how many of them are listed, and path,
//	local path, code and text of each
//	the BLAKE3 hash of all before it
const sourceMagic = "ferry source 1\n"

// Save writes the source to the file path, which [Load] reads: all of it or
// nothing, and for the owner's eyes only. It is not synced, as transfers wait for it: after a
// loss of power in the seconds that follow, it may be missing or torn, which Load notices. It may be called at any time, also
// while others use the source. The error wraps fault.NoSpace or fault.Unwritten.
func (s *Source) Save(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*.tmp")
	if err != nil {
		return unwritten(err)
	}
	err = errors.Join(s.write(f), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return unwritten(errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

func (s *Source) write(f io.Writer) error {
	w := newRecordWriter(f)
	io.WriteString(w, sourceMagic)
	err := s.Manifest.sendPages(func(body []byte) error {
		w.bytes(body)
		return w.err
	})
	if err != nil {
		return err
	}
	w.number(0)
	w.number(len(s.Paths))
	for _, p := range s.Paths {
		w.string(p)
	}
	w.number(len(s.places))
	for entry, local := range s.places {
		w.string(entry)
		w.string(local)
	}
	count, list := s.failed.snapshot()
	w.number(int(count))
	w.number(len(list))
	for _, one := range list {
		w.string(one.Path)
		w.string(one.Local)
		w.string(string(fault.CodeOf(one.Err)))
		w.string(one.Err.Error())
	}
	return w.end()
}

// A recordWriter writes a file of records, and its hash. Its first error sticks.
type recordWriter struct {
	w    *bufio.Writer
	hash *blake3.Hasher
	err  error
}

func newRecordWriter(w io.Writer) *recordWriter {
	hash := blake3.New()
	return &recordWriter{w: bufio.NewWriterSize(io.MultiWriter(w, hash), 64<<10), hash: hash}
}

func (w *recordWriter) Write(b []byte) (n int, err error) {
	if w.err == nil {
		n, w.err = w.w.Write(b)
	}
	return n, w.err
}

func (w *recordWriter) number(n int) {
	w.Write(binary.AppendUvarint(nil, uint64(n)))
}

func (w *recordWriter) bytes(b []byte) {
	w.number(len(b))
	w.Write(b)
}

func (w *recordWriter) string(s string) { w.bytes([]byte(s)) }

// end writes the hash of all that was written.
func (w *recordWriter) end() error {
	if w.err == nil {
		w.err = w.w.Flush()
	}
	w.Write(w.hash.Sum(nil))
	if w.err == nil {
		w.err = w.w.Flush()
	}
	return w.err
}
