package inbox

import (
	"fmt"
	"io/fs"
	"os"

	"ferry/netcore/internal/fault"
)

// A Partial is a file on its way in. It ends with one of Finish, Keep and
// Discard; after that, its methods return an error that wraps os.ErrClosed.
type Partial struct {
	delivery *Delivery
	entry    Entry
	name     string // in the staging folder; held, and locked through file
	stage    *staging
	file     *os.File
	mode     fs.FileMode // of file, when it was opened
	at       int64       // bytes in it
	hinted   int64       // bytes of them that the system was asked to write to disk
	done     bool
}

// hintEvery is how many bytes are written before the system is told to begin to
// bring them to the disk, so that the sync at the end is short.
const hintEvery = 8 << 20

// cut makes the partial end at offset.
func (p *Partial) cut(offset int64) error {
	if p.at > offset {
		if err := p.file.Truncate(offset); err != nil {
			return err
		}
	}
	p.at, p.hinted = offset, offset
	if offset == 0 {
		return nil
	}
	_, err := p.file.Seek(offset, 0)
	return err
}

// Write appends b. An error leaves in the partial what it says has been
// written. Bytes beyond the entry's size are not taken: the error is then of the
// kind fault.Protocol, and nothing of b is written.
func (p *Partial) Write(b []byte) (int, error) {
	if p.done {
		return 0, p.closed()
	}
	if int64(len(b)) > p.entry.Size-p.at {
		return 0, fmt.Errorf("%w: more than the %d bytes that were offered", fault.Protocol, p.entry.Size)
	}
	n, err := p.file.Write(b)
	p.at += int64(n)
	if err != nil {
		return n, unwritten(err)
	}
	if p.at-p.hinted >= hintEvery {
		startWriteback(p.file, p.hinted, p.at-p.hinted)
		p.hinted = p.at
	}
	return n, nil
}

// Finish says that the content is whole and verified. The file gets its final
// name with the next Commit, which Finish calls for when much is pending; how
// that ended for each file is in [Delivery.Results].
func (p *Partial) Finish() error {
	if p.done {
		return p.closed()
	}
	if p.at != p.entry.Size {
		return fmt.Errorf("%w: finished after %d of %d bytes", fault.Internal, p.at, p.entry.Size)
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
	defer p.delivery.in.release(p.name)
	if err := p.file.Close(); err != nil {
		return unwritten(err)
	}
	return nil
}

func (p *Partial) remove() error {
	defer p.delivery.in.release(p.name)
	if err := p.stage.remove(p.name, p.file); err != nil {
		return unwritten(err)
	}
	return nil
}

func (p *Partial) closed() error {
	return fmt.Errorf("%w: partial: %w", fault.Internal, os.ErrClosed)
}
