package inbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"ferry/netcore/internal/fault"
)

// A Partial is a file on its way in. It ends with one of Finish, Keep and
// Discard; after that, its methods return an error that wraps os.ErrClosed.
type Partial struct {
	delivery *Delivery
	entry    Entry
	name     string // in the staging folder; held, and locked through file
	stage    *staging
	file     *os.File    // nil as long as all of it is in small
	small    []byte      // what is in memory
	nameless bool        // file has no name, or shall have none
	mode     fs.FileMode // of file, when it was opened
	at       int64       // bytes in it
	length   int64       // of file; a hole at the end makes it less than at
	hinted   int64       // bytes that the system was asked to write to disk
	sparse   bool        // it has a hole
	done     bool

	// Since stamp.
	id        uint64
	mtime     time.Time
	announced string // local path that the journal has for it
}

const (
	// hintEvery is how many bytes are written before the system is told to begin to
	// bring them to the disk, so that the sync at the end is short.
	hintEvery = 8 << 20
	// minHole is the smallest hole that is worth one: the block of most filesystems.
	minHole = 4 << 10
)

// cut makes the partial end at offset.
func (p *Partial) cut(offset int64) error {
	if p.at > offset {
		if err := p.file.Truncate(offset); err != nil {
			return err
		}
	}
	p.at, p.length, p.hinted = offset, offset, offset
	if offset == 0 {
		return nil
	}
	_, err := p.file.Seek(offset, io.SeekStart)
	return err
}

// Write appends b. An error leaves in the partial what it says has been
// written. Bytes beyond the entry's size are not taken: the error is then of the
// kind fault.Protocol, and nothing of b is written.
func (p *Partial) Write(b []byte) (int, error) {
	if err := p.room(int64(len(b))); err != nil {
		return 0, err
	}
	if p.file == nil {
		p.small = append(p.small, b...)
		p.at += int64(len(b))
		return len(b), nil
	}
	n, err := p.file.Write(b)
	p.at += int64(n)
	if n > 0 {
		p.length = p.at
	}
	if err != nil {
		return n, unwritten(err)
	}
	if p.at-p.hinted >= hintEvery {
		startWriteback(p.file, p.hinted, p.at-p.hinted)
		p.hinted = p.at
	}
	return n, nil
}

// Hole appends n bytes of value 0, which take no space on the disk where the
// filesystem can do that. n must be at least 1; its other errors are those of Write.
//
// Until the next Write, Keep or Finish the hole is not in the length of the
// partial on disk: if the program is killed, it has to come again.
func (p *Partial) Hole(n int64) error {
	if n < 1 {
		return fmt.Errorf("%w: a hole of %d bytes", fault.Protocol, n)
	}
	if err := p.room(n); err != nil {
		return err
	}
	if n < minHole {
		_, err := p.Write(make([]byte, n))
		return err
	}
	if err := p.spill(); err != nil {
		return err
	}
	if !p.sparse {
		p.sparse = true
		markSparse(p.file)
	}
	if _, err := p.file.Seek(p.at+n, io.SeekStart); err != nil {
		return unwritten(err)
	}
	p.at += n
	return nil
}

// room returns the error for n more bytes, if they are too many.
func (p *Partial) room(n int64) error {
	if p.done {
		return p.closed()
	}
	if n > p.entry.Size-p.at {
		return fmt.Errorf("%w: more than the %d bytes that were offered", fault.Protocol, p.entry.Size)
	}
	return nil
}

// spill brings a partial that is in memory into a file. If that fails there may be a
// file with a part of it, and that is what the partial has then.
func (p *Partial) spill() error {
	if p.file != nil {
		return nil
	}
	p.nameless = false
	err := p.delivery.materialise(p, nil)
	if err != nil && p.file != nil {
		p.at = p.length
	}
	return unwritten(err)
}

// extend brings a hole at the end into the length of the file.
func (p *Partial) extend() error {
	if p.file == nil || p.length == p.at {
		return nil
	}
	if err := p.file.Truncate(p.at); err != nil {
		return unwritten(err)
	}
	p.length = p.at
	return nil
}

// Finish says that the content is whole and verified. The file gets its final
// name with the next Commit, or before; how that ended for each file is in
// [Delivery.Results].
func (p *Partial) Finish() error {
	if p.done {
		return p.closed()
	}
	if p.at != p.entry.Size {
		return fmt.Errorf("%w: finished after %d of %d bytes", fault.Internal, p.at, p.entry.Size)
	}
	if err := p.extend(); err != nil {
		return err
	}
	p.end()
	p.delivery.queue(p)
	return nil
}

// Keep closes the partial as it is, for a later attempt.
func (p *Partial) Keep() error {
	if p.done {
		return p.closed()
	}
	p.end()
	return p.leave()
}

// Discard removes the partial.
func (p *Partial) Discard() error {
	if p.done {
		return p.closed()
	}
	p.end()
	return p.remove()
}

// end takes the partial out of those that are being written.
func (p *Partial) end() {
	p.done = true
	delete(p.delivery.writing, p)
}

// leave closes the file and lets it be found again. An empty one is no help to
// anybody.
func (p *Partial) leave() error {
	if p.at == 0 {
		return p.remove()
	}
	if err := p.spill(); err != nil {
		if p.file == nil {
			return err
		}
		return errors.Join(err, p.leave())
	}
	if p.nameless {
		return errors.Join(unwritten(p.admit()), p.file.Close())
	}
	p.delivery.in.left.Add(1)
	defer p.delivery.in.release(p.name)
	err := p.extend()
	if cerr := p.file.Close(); err == nil && cerr != nil {
		err = unwritten(cerr)
	}
	return err
}

func (p *Partial) remove() error {
	if p.file == nil {
		p.delivery.discard(p.entry) // that of an earlier attempt, which it would have replaced
		return nil
	}
	if p.nameless {
		return p.file.Close() // that is the end of it
	}
	defer p.delivery.in.release(p.name)
	if err := p.stage.remove(p.name, p.file); err != nil {
		return unwritten(err)
	}
	return nil
}

func (p *Partial) closed() error {
	return fmt.Errorf("%w: partial: %w", fault.Internal, os.ErrClosed)
}
