package transfer

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"sync/atomic"
	"syscall"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

const (
	spoolMemory = 1 << 20   // larger lists go to disk
	maxSpool    = 512 << 20 // what one offer's list may take there
)

// A Room is what the temporary files of several lists may take together.
type Room struct{ left atomic.Int64 }

// NewRoom returns a Room of so many bytes.
func NewRoom(bytes int64) *Room {
	r := new(Room)
	r.left.Store(bytes)
	return r
}

// take reports whether there were n bytes left, which then are not any more. A nil Room has no end.
func (r *Room) take(n int64) bool {
	if r == nil || r.left.Add(-n) >= 0 {
		return true
	}
	r.left.Add(n)
	return false
}

func (r *Room) give(n int64) {
	if r != nil {
		r.left.Add(n)
	}
}

// spool keeps the pages of a list: in memory while it is short, in a
// temporary file when it is long. Once full it may be read by many at once.
type spool struct {
	dir  string // for the file; empty means the system's folder
	mem  []byte
	file *os.File
	gone bool // the file has no name any more
	w    *bufio.Writer
	size int64
	room *Room // for the file
	held int64 // bytes of room
}

// append adds a page. The error is fault.TooLarge, fault.Busy if there is no room, or what unwritten makes of one of the disk.
func (s *spool) append(page []byte) error {
	record := binary.AppendUvarint(make([]byte, 0, binary.MaxVarintLen64), uint64(len(page)))
	size := s.size + int64(len(record)+len(page))
	if size > maxSpool {
		return fmt.Errorf("%w: the list of files takes more than %d MiB", fault.TooLarge, maxSpool>>20)
	}
	if size > spoolMemory {
		if !s.room.take(size - s.held) {
			return fmt.Errorf("%w: the lists of other offers take all the room there is", fault.Busy)
		}
		s.held = size
	}
	s.size = size
	if s.file == nil && size > spoolMemory {
		if err := s.spill(); err != nil {
			return unwritten(err)
		}
	}
	if s.file == nil {
		s.mem = append(append(s.mem, record...), page...)
		return nil
	}
	if _, err := s.w.Write(record); err != nil {
		return unwritten(err)
	}
	_, err := s.w.Write(page)
	return unwritten(err)
}

// spill moves what is in memory to a file. Where a file may be removed while
// it is open, it is at once, so that not even a crash leaves it behind.
func (s *spool) spill() error {
	f, err := os.CreateTemp(s.dir, "ferry-list-*.tmp")
	if err != nil {
		return err
	}
	s.file, s.w = f, bufio.NewWriterSize(f, 64<<10)
	if runtime.GOOS != "windows" {
		s.gone = os.Remove(f.Name()) == nil // if not, close tries again
	}
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
	return unwritten(err)
}

// pages returns a reader over all pages from the one on that begins at offset. Only after seal.
func (s *spool) pages(offset int64) *pageReader {
	if s.file == nil {
		return &pageReader{r: bufio.NewReader(bytes.NewReader(s.mem[offset:]))}
	}
	return &pageReader{r: bufio.NewReaderSize(io.NewSectionReader(s.file, offset, s.size-offset), 64<<10)}
}

// release gives the room back that others wait for.
func (s *spool) release() {
	s.room.give(s.held)
	s.held = 0
}

func (s *spool) close() error {
	s.release()
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.gone {
		return err
	}
	return errors.Join(err, os.Remove(s.file.Name()))
}

// unwritten gives err, which writing the list ended with, its kind; nil stays nil.
func unwritten(err error) error {
	switch {
	case err == nil:
		return nil
	case isFull(err):
		return fmt.Errorf("%w: the list of files: %w", fault.NoSpace, err)
	}
	return fmt.Errorf("%w: the list of files: %w", fault.Unwritten, err)
}

// The errors of a full disk on Windows, which package syscall does not name.
const (
	windowsHandleDiskFull = syscall.Errno(39)
	windowsDiskFull       = syscall.Errno(112)
)

func isFull(err error) bool {
	if runtime.GOOS == "windows" && (errors.Is(err, windowsDiskFull) || errors.Is(err, windowsHandleDiskFull)) {
		return true
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

type pageReader struct {
	r   *bufio.Reader
	buf []byte
}

// next returns the next page, valid until the following call, or io.EOF.
func (p *pageReader) next() ([]byte, error) {
	n, err := binary.ReadUvarint(p.r)
	if err == io.EOF {
		return nil, err
	}
	if err == nil && n > wire.MaxPage {
		err = fmt.Errorf("a page of %d bytes", n)
	}
	if err == nil {
		p.buf = slices.Grow(p.buf[:0], int(n))[:n]
		_, err = io.ReadFull(p.r, p.buf)
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF // the list does not end within a page
	}
	if err != nil {
		return nil, fmt.Errorf("read the list of files back: %w", err)
	}
	return p.buf, nil
}
