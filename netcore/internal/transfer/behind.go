package transfer

import (
	"sync"

	"ferry/netcore/internal/inbox"
)

// behindBuffers is how many chunks of content may be in memory at a time: one that
// is being written, one that waits, and one that is being read.
const behindBuffers = 3

// behind writes content to a partial while what follows is being read, decrypted and
// hashed. Its methods are for one goroutine. In between buffer and drain, nobody else may use the
// partial, nor its delivery.
type behind struct {
	free    chan []byte // nil: the goroutine has not been started
	jobs    chan behindJob
	pending sync.WaitGroup // jobs
	ended   chan struct{}

	mu  sync.Mutex
	err error // of the first write that failed since the last drain
}

type behindJob struct {
	p     *inbox.Partial
	chunk []byte
}

// buffer returns a buffer of receiveBuffer bytes to read into. It waits if the disk is
// slower than the peer. The buffer goes back by write, or by discard.
func (b *behind) buffer() []byte {
	if b.free == nil {
		b.start()
	}
	return <-b.free
}

func (b *behind) start() {
	b.free = make(chan []byte, behindBuffers)
	for range behindBuffers {
		b.free <- make([]byte, receiveBuffer)
	}
	b.jobs = make(chan behindJob, behindBuffers)
	b.ended = make(chan struct{})
	go b.run()
}

func (b *behind) run() {
	defer close(b.ended)
	for job := range b.jobs {
		if b.failed() == nil {
			_, err := job.p.Write(job.chunk)
			b.fail(err)
		}
		b.discard(job.chunk)
		b.pending.Done()
	}
}

// write appends chunk, the beginning of what buffer returned, to p, now or a little later. The
// error is one of an earlier write; chunk is not written then.
func (b *behind) write(p *inbox.Partial, chunk []byte) error {
	if err := b.failed(); err != nil {
		b.discard(chunk)
		return err
	}
	b.pending.Add(1)
	b.jobs <- behindJob{p, chunk}
	return nil
}

func (b *behind) discard(chunk []byte) { b.free <- chunk[:receiveBuffer] }

// drain waits until all is written, and returns the first error since the last
// drain.
func (b *behind) drain() error {
	b.pending.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	err := b.err
	b.err = nil
	return err
}

func (b *behind) failed() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

func (b *behind) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = err
	}
}

// close ends the goroutine, after a drain, and waits for that.
func (b *behind) close() {
	if b.free != nil {
		close(b.jobs)
		<-b.ended
	}
}
