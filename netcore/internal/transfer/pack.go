package transfer

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// packMagic begins a packed ledger. What follows it is compressed, as in the file of a source, each number a uvarint:
//
//	the pages of the list, without times, and a 0 that ends them
//	how many entries in a row have the same mark, the fate and the code (a
//	string; empty unless it failed), until there is one for each entry
//	how many could not be offered, and path, local path and code of each
//	the BLAKE3 hash of all before it
const packMagic = "ferry files 1\n"

// ErrTooLong is returned by Pack for what does not fit its limit.
var ErrTooLong = errors.New("the list of files takes too much room to be kept")

// Pack returns a form of the ledger that lasts, of so many bytes at most.
func (l *Ledger) Pack(limit int) ([]byte, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.list == nil {
		return nil, errNoList
	}
	packed := &bounded{left: limit}
	io.WriteString(packed, packMagic)
	z, err := flate.NewWriter(packed, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	w := newRecordWriter(z)
	if err := l.packList(w); err != nil {
		return nil, err
	}
	l.packFates(w)
	w.number(len(l.unlisted))
	for _, one := range l.unlisted {
		w.string(one.Path)
		w.string(one.Local)
		w.string(string(fault.CodeOf(one.Err)))
	}
	if err := errors.Join(w.end(), z.Close()); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

func (l *Ledger) packList(w *recordWriter) error {
	var page wire.Page
	c := l.list.cursor()
	for range l.list.Entries() {
		e, err := c.next()
		if err != nil {
			return err
		}
		e.ModTime = time.Unix(0, 0)
		if !page.Add(e) {
			w.bytes(page.Body())
			page.Reset()
			page.Add(e) // one always fits an empty page
		}
		if w.err != nil {
			return w.err
		}
	}
	if page.Len() > 0 {
		w.bytes(page.Body())
	}
	w.number(0)
	return w.err
}

func (l *Ledger) packFates(w *recordWriter) {
	for i, all := int64(0), l.list.Entries(); i < all; {
		mark, first := l.mark(i), i
		for i < all && l.mark(i) == mark {
			i++
		}
		f, code := Fate(mark>>fateShift), fault.Code("")
		if f.failed() {
			code = fault.Numbered(mark & codeBits)
		}
		w.number(int(i - first))
		w.number(int(f))
		w.string(string(code))
	}
}

// bounded is a buffer with a limit.
type bounded struct {
	bytes.Buffer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, ErrTooLong
	}
	return b.Buffer.Write(p)
}

// Unpack is the way back from Pack. dir is for the list's temporary file. What is packed is not trusted: it passes the same
// checks as what a peer sends. The error wraps fault.Internal if it is damaged.
func Unpack(packed []byte, dir string) (*Ledger, error) {
	rest, ok := bytes.CutPrefix(packed, []byte(packMagic))
	if !ok {
		return nil, fmt.Errorf("%w: no list of files of this version", fault.Internal)
	}
	r := newRecordReader(flate.NewReader(bytes.NewReader(rest)))
	l := new(Ledger)
	m := NewManifest(dir)
	r.pages(m)
	r.fail(m.Seal())
	if r.err == nil {
		l.attach(m, nil)
		l.unpackFates(r, m.Entries())
	}
	for range r.number(MaxFailures) {
		one := Failure{Path: r.string(), Local: r.string(), index: notListed}
		one.Err = fault.Code(r.string()).Kind()
		if r.err == nil {
			l.unlisted = append(l.unlisted, one)
		}
	}
	err := errors.Join(r.end(), m.Close())
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func (l *Ledger) unpackFates(r *recordReader, all int64) {
	for i := int64(0); i < all && r.err == nil; {
		run, f, code := r.number(uint64(all-i)), Fate(r.number(uint64(FailedThere))), fault.Code(r.string())
		if run == 0 {
			r.fail(errors.New("a run of nothing"))
		}
		mark := byte(f) << fateShift
		if f.failed() {
			mark |= code.Number()
		}
		for end := i + int64(run); i < end; i++ {
			l.put(i, mark)
		}
	}
}
