package transfer

import "sync/atomic"

// A Meter counts a transfer's progress. One goroutine counts, any may read.
type Meter struct {
	files, bytes, found atomic.Int64
}

// Files is the number of files that are whole.
func (m *Meter) Files() int64 { return m.files.Load() }

// Bytes is the number of bytes that are there, moved or found.
func (m *Meter) Bytes() int64 { return m.bytes.Load() }

// Found is the part of Bytes that was there before.
func (m *Meter) Found() int64 { return m.found.Load() }

// reset starts the count anew: an attempt finds what those before it moved.
func (m *Meter) reset() {
	m.files.Store(0)
	m.bytes.Store(0)
	m.found.Store(0)
}

func (m *Meter) moved(n int64) { m.bytes.Add(n) }

func (m *Meter) foundBytes(n int64) {
	m.found.Add(n)
	m.bytes.Add(n)
}

// lost takes back n bytes that turned out to be of no use.
func (m *Meter) lost(n int64) { m.bytes.Add(-n) }

func (m *Meter) file() { m.files.Add(1) }
