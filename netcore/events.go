package netcore

import "sync"

// events hands events to the Handler, in order and one at a time, without ever
// making those wait who cause them. Progress that the Handler has not been
// told yet is replaced by newer progress.
type events struct {
	handler Handler

	mu       sync.Mutex
	wake     sync.Cond
	queue    []Event
	progress map[TransferID]int // index in queue of progress that may be replaced
	closed   bool
}

func newEvents(h Handler) *events {
	e := &events{handler: h, progress: make(map[TransferID]int)}
	e.wake.L = &e.mu
	return e
}

// put queues an event that must be told.
func (e *events) put(ev Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if t, ok := ev.(TransferChanged); ok {
		delete(e.progress, t.Transfer.ID) // what comes later must not overtake it
	}
	e.queue = append(e.queue, ev)
	e.wake.Signal()
}

// putProgress queues an event that only the latest of matters.
func (e *events) putProgress(ev TransferChanged) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if i, ok := e.progress[ev.Transfer.ID]; ok {
		e.queue[i] = ev
		return
	}
	e.progress[ev.Transfer.ID] = len(e.queue)
	e.queue = append(e.queue, ev)
	e.wake.Signal()
}

// close lets run return once everything has been told.
func (e *events) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	e.wake.Signal()
}

func (e *events) run() {
	for {
		batch := e.take()
		if batch == nil {
			return
		}
		for _, ev := range batch {
			e.handler.Event(ev)
		}
	}
}

func (e *events) take() []Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	for len(e.queue) == 0 {
		if e.closed {
			return nil
		}
		e.wake.Wait()
	}
	batch := e.queue
	e.queue = nil
	clear(e.progress)
	return batch
}
