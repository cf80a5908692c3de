package main

import (
	"net/netip"
	"sync"
	"time"

	"ferry/netcore"
)

// A queue hands the events of a node on to a goroutine that may be slow, so
// that the node never waits. Progress that has not been fetched yet is
// replaced by newer progress of the same transfer; everything else is kept,
// in order.
type queue struct {
	mu     sync.Mutex
	more   sync.Cond
	items  []happening
	closed bool
}

// A happening is an event and when it was told. what is a netcore.Event,
// an offerMade, a comparisonBegun or a nodeOpened.
type happening struct {
	at   time.Time
	what any
}

// offerMade is an offer that the node asks about.
type offerMade struct{ offer netcore.Offer }

// comparisonBegun is a comparison of codes that the node asks for.
type comparisonBegun struct {
	peer  netcore.Peer
	asked bool // by the peer
}

// nodeOpened is told first, of a node that can be sent to.
type nodeOpened struct {
	self   netcore.Peer
	listen netip.AddrPort
	dir    string // the config folder
	inbox  string
}

func newQueue() *queue {
	q := new(queue)
	q.more.L = &q.mu
	return q
}

// push adds what happened now. It does nothing on a closed queue.
func (q *queue) push(what any) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	item := happening{time.Now(), what}
	if i := q.superseded(what); i >= 0 {
		q.items[i] = item
		return
	}
	q.items = append(q.items, item)
	q.more.Signal()
}

// superseded returns the index of the waiting progress that what replaces,
// or -1.
func (q *queue) superseded(what any) int {
	now, ok := what.(netcore.TransferChanged)
	if !ok || now.Transfer.State.Final() {
		return -1
	}
	for i := len(q.items) - 1; i >= 0; i-- {
		last, ok := q.items[i].what.(netcore.TransferChanged)
		if !ok || last.Transfer.ID != now.Transfer.ID {
			continue
		}
		if last.Transfer.State == now.Transfer.State {
			return i
		}
		return -1
	}
	return -1
}

// pop waits for an item and takes it. ok is false when the queue is closed
// and empty.
func (q *queue) pop() (item happening, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && !q.closed {
		q.more.Wait()
	}
	if len(q.items) == 0 {
		return happening{}, false
	}
	item = q.items[0]
	q.items = q.items[1:]
	return item, true
}

// close lets pop end when the queue is empty.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.more.Broadcast()
}
