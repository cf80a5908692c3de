package inbox

import (
	"errors"
	"sync"

	"ferry/netcore/internal/fault"
)

const (
	// smallSize is up to how many bytes a file is kept in memory until it is
	// whole. It is written in one go then, and by others than who receives it, so
	// that many small files keep two processors busy.
	smallSize = 256 << 10
	// maxQueued and maxQueuedBytes are how much of small files may wait for a writer.
	maxQueued      = 256
	maxQueuedBytes = 8 << 20
	// maxSpare is how many bytes of buffers are kept for the next small files.
	maxSpare = 1 << 20
	// maxWriters is how many goroutines write small files.
	maxWriters = 2
	// writerBatch is how many small files a writer takes at a time.
	writerBatch = 16
)

// A pipe is the way of finished files to their final names. Those that are in
// memory are written into the staging folder by writers; what is there waits
// until it makes a batch; a batch is committed by one goroutine while the next one
// is written. The goroutines end when there is nothing to do, and stop waits for that.
type pipe struct {
	mu      sync.Mutex
	changed sync.Cond // anything below

	queued      []*Partial // in memory
	queuedBytes int64      // of them, and of those that are being written
	writers     int
	spare       [][]byte // buffers for small files
	spareBytes  int

	pending    []*Partial // in the staging folder, open and with that locked
	bytes      int64      // their sizes
	nameless   int64      // the sizes of those without a name
	committing bool
	failed     error // that the disk failed; for Commit to return
}

// buffer returns an empty buffer for size bytes.
func (p *pipe) buffer(size int64) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if last := len(p.spare) - 1; last >= 0 {
		b := p.spare[last]
		p.spare = p.spare[:last]
		p.spareBytes -= cap(b)
		// One that is far too large would make what is queued take far more
		// memory than it counts.
		if size <= int64(cap(b)) && int64(cap(b)) <= 2*size+4<<10 {
			return b[:0]
		}
	}
	return make([]byte, 0, size)
}

// queue sends a finished file on its way.
func (d *Delivery) queue(p *Partial) {
	open := d.in.finished.Add(1)
	if p.file == nil {
		d.enqueue(p)
	} else {
		p.stamp()
		d.pend(p)
	}
	if open >= d.in.maxOpen {
		d.drain()
	}
}

// enqueue gives p to the writers. It waits if they are behind.
func (d *Delivery) enqueue(p *Partial) {
	w := &d.pipe
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.queued) >= maxQueued || w.queuedBytes >= maxQueuedBytes {
		w.changed.Wait()
	}
	w.queued = append(w.queued, p)
	w.queuedBytes += p.entry.Size
	if w.writers < maxWriters && len(w.queued) > w.writers*writerBatch {
		w.writers++
		go d.write()
	}
}

// write is a writer.
func (d *Delivery) write() {
	w := &d.pipe
	var batch []*Partial
	for {
		w.mu.Lock()
		w.recycle(batch)
		n := min(len(w.queued), writerBatch)
		if n == 0 {
			w.writers--
			w.changed.Broadcast()
			w.mu.Unlock()
			return
		}
		batch = append(batch[:0], w.queued[:n]...)
		w.queued = append(w.queued[:0], w.queued[n:]...)
		w.mu.Unlock()
		d.writeAll(batch)
	}
}

// recycle takes back what the files of batch had in memory. The caller holds mu.
func (p *pipe) recycle(batch []*Partial) {
	for _, b := range batch {
		p.queuedBytes -= b.entry.Size
		if p.spareBytes+cap(b.small) <= maxSpare {
			p.spare = append(p.spare, b.small)
			p.spareBytes += cap(b.small)
		}
		b.small = nil
	}
	p.changed.Broadcast()
}

// writeAll brings a batch of small files into the staging folder.
func (d *Delivery) writeAll(batch []*Partial) {
	announced := make(map[string]bool, len(batch))
	for _, p := range batch {
		if p.nameless {
			continue
		}
		p.name = partialKey(d.sender, p.entry)
		announced[p.name] = true
		if err := d.journal.add(record{kind: partialBegun, path: p.name}); err != nil {
			clear(announced) // each will try again
		}
	}
	if err := d.journal.write(); err != nil {
		clear(announced)
	}
	for _, p := range batch {
		write := d.writeNameless
		if !p.nameless {
			write = func(p *Partial) error { return d.materialise(p, announced) }
		}
		if err := write(p); err != nil {
			d.lose(p, err)
			continue
		}
		p.stamp()
		d.pend(p)
	}
}

// materialise brings the partial p, which is in memory, into a file. The journal
// knows of the names in announced.
func (d *Delivery) materialise(p *Partial, announced map[string]bool) error {
	begin := func(name string) error {
		if announced[name] {
			return nil
		}
		return d.begin(name)
	}
	claimed, err := d.in.claim(partialKey(d.sender, p.entry), p.entry, begin)
	if err != nil {
		return err
	}
	p.name, p.stage, p.file, p.mode = claimed.name, claimed.stage, claimed.file, claimed.mode
	if claimed.at > 0 {
		err = p.file.Truncate(0)
	}
	n := 0
	if err == nil {
		n, err = p.file.Write(p.small)
	}
	p.length, p.hinted = int64(n), int64(n)
	return err
}

// lose gives up the small file p.
func (d *Delivery) lose(p *Partial, err error) {
	d.in.finished.Add(-1)
	if p.file != nil {
		p.at = p.length
		err = errors.Join(err, p.leave())
	}
	err = unwritten(err)
	if errors.Is(err, fault.NoSpace) {
		d.fail(err)
	}
	d.results.fail(p.entry, err)
}

// pend puts a file that is in the staging folder into the batch. It waits if that
// is as large as can be, and the one before it is still being committed.
func (d *Delivery) pend(p *Partial) {
	w := &d.pipe
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pending = append(w.pending, p)
	w.bytes += p.entry.Size
	if p.nameless {
		w.nameless += p.entry.Size
	}
	if !w.full(1) {
		return
	}
	if !w.committing {
		w.committing = true
		go d.commitFull()
	}
	for w.committing && w.full(maxBatch) {
		w.changed.Wait()
	}
}

// full reports whether n batches, or one of n times the size, are pending; or as much as may
// be without a name.
func (p *pipe) full(n int) bool {
	return p.nameless >= maxNameless || len(p.pending) >= n*batchFiles || p.bytes >= int64(n)*batchBytes
}

// take returns the batch, and begins another. The caller holds mu.
func (p *pipe) take() []*Partial {
	batch := p.pending
	p.pending, p.bytes, p.nameless = nil, 0, 0
	p.changed.Broadcast()
	return batch
}

// commitFull commits batches as long as there are full ones.
func (d *Delivery) commitFull() {
	w := &d.pipe
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.full(1) {
		batch := w.take()
		w.mu.Unlock()
		d.commitBatch(batch)
		w.mu.Lock()
	}
	w.committing = false
	w.changed.Broadcast()
}

// stop waits until the pipe does nothing any more, and returns what is in it.
func (d *Delivery) stop() []*Partial {
	w := &d.pipe
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.writers > 0 || len(w.queued) > 0 || w.committing {
		w.changed.Wait()
	}
	batch := w.take()
	w.spare, w.spareBytes = nil, 0
	return batch
}

// drain commits all that is finished.
func (d *Delivery) drain() { d.commitBatch(d.stop()) }

// fail remembers that the disk has failed.
func (d *Delivery) fail(err error) {
	d.pipe.mu.Lock()
	defer d.pipe.mu.Unlock()
	d.pipe.failed = errors.Join(d.pipe.failed, err)
}
