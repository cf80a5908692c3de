package transfer

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

const (
	spoolMemory = 1 << 20   // larger lists go to disk
	maxSpool    = 512 << 20 // what one offer's list may take there
)

// spool keeps the pages of a list: in memory while it is short, in a
// temporary file when it is long. Once full it may be read by many at once.
type spool struct {
	dir  string // for the file; empty means the system's folder
	mem  []byte
	file *os.File
	w    *bufio.Writer
	size int64
}

func (s *spool) append(page []byte) error {
	record := binary.AppendUvarint(make([]byte, 0, binary.MaxVarintLen64), uint64(len(page)))
	if s.size += int64(len(record) + len(page)); s.size > maxSpool {
		return fmt.Errorf("the list of files takes more than %d MiB; send fewer at once", maxSpool>>20)
	}
	if s.file == nil && s.size > spoolMemory {
		if err := s.spill(); err != nil {
			return err
		}
	}
	if s.file == nil {
		s.mem = append(append(s.mem, record...), page...)
		return nil
	}
	if _, err := s.w.Write(record); err != nil {
		return err
	}
	_, err := s.w.Write(page)
	return err
}

func (s *spool) spill() error {
	f, err := os.CreateTemp(s.dir, "ferry-list-*.tmp")
	if err != nil {
		return err
	}
	s.file, s.w = f, bufio.NewWriterSize(f, 64<<10)
	_, err = s.w.Write(s.mem)
	s.mem = nil
	return err
}

// seal makes what was appended readable.
func (s *spool) seal() error {
	if s.w == nil {
		return nil
	}
	err := s.w.Flush()
	s.w = nil
	return err
}

// pages returns a reader over all pages from the start. Only after seal.
func (s *spool) pages() *pageReader {
	if s.file == nil {
		return &pageReader{r: bufio.NewReader(bytes.NewReader(s.mem))}
	}
	return &pageReader{r: bufio.NewReaderSize(io.NewSectionReader(s.file, 0, s.size), 64<<10)}
}

func (s *spool) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if rerr := os.Remove(s.file.Name()); err == nil {
		err = rerr
	}
	return err
}

type pageReader struct {
	r   *bufio.Reader
	buf []byte
}

// next returns the next page, valid until the following call, or io.EOF.
func (p *pageReader) next() ([]byte, error) {
	n, err := binary.ReadUvarint(p.r)
	if err != nil {
		return nil, err
	}
	if uint64(cap(p.buf)) < n {
		p.buf = make([]byte, n)
	}
	p.buf = p.buf[:n]
	_, err = io.ReadFull(p.r, p.buf)
	return p.buf, err
}
