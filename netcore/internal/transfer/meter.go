package transfer

import "sync/atomic"

// A Meter counts a transfer's progress. One goroutine counts, any may read.
type Meter struct {
	files, bytes, found, foundFiles atomic.Int64

	// Ledger says what has become of each entry.
	Ledger Ledger

	// Of the file under way: how much of it was found, whether that was all of
	// it, and how much has moved.
	fileFound int64
	fileWhole bool
	fileMoved int64
	index     atomic.Int64 // which entry it is, and 1
	fileBytes atomic.Int64 // found and moved
}

// File is which entry is under way, and how many bytes of it are there; below 0: none is.
func (m *Meter) File() (index, bytes int64) { return m.index.Load() - 1, m.fileBytes.Load() }

// Files is the number of files that are whole.
func (m *Meter) Files() int64 { return m.files.Load() }

// Bytes is the number of bytes that are there, moved or found.
func (m *Meter) Bytes() int64 { return m.bytes.Load() }

// Found is the part of Bytes that was there before.
func (m *Meter) Found() int64 { return m.found.Load() }

// FoundFiles is the number of files that were there before, whole and the same. Empty ones are
// not among them: nothing is said of those before their turn comes.
func (m *Meter) FoundFiles() int64 { return m.foundFiles.Load() }

// reset starts the count anew: an attempt finds what those before it moved.
func (m *Meter) reset() {
	m.files.Store(0)
	m.bytes.Store(0)
	m.found.Store(0)
	m.foundFiles.Store(0)
	m.begin(none, 0, false)
}

// none is the index of no entry.
const none = -1

// foundAhead counts n bytes of a file whose turn is still to come, and the file
// if that is all of it.
func (m *Meter) foundAhead(n int64, whole bool) {
	m.found.Add(n)
	m.bytes.Add(n)
	if whole {
		m.foundFiles.Add(1)
	}
}

// unfound takes back a whole file that foundAhead has counted. It may be called
// beside the goroutine that counts.
func (m *Meter) unfound() { m.foundFiles.Add(-1) }

// begin starts with a file, which is entry index, and of which foundAhead has counted found bytes.
func (m *Meter) begin(index, found int64, whole bool) {
	m.fileFound, m.fileWhole, m.fileMoved = found, whole, 0
	m.index.Store(index + 1)
	m.fileBytes.Store(found)
}

func (m *Meter) moved(n int64) {
	m.fileMoved += n
	m.fileBytes.Add(n)
	m.bytes.Add(n)
}

// whole ends the file: all of it is there.
func (m *Meter) whole() {
	m.files.Add(1)
	fate := Moved
	if m.fileWhole {
		fate = There
	}
	m.Ledger.set(m.index.Load()-1, fate)
	m.begin(none, 0, false)
}

// drop has nothing of the file count. It may begin anew.
func (m *Meter) drop() {
	m.found.Add(-m.fileFound)
	m.bytes.Add(-m.fileFound - m.fileMoved)
	if m.fileWhole {
		m.unfound()
	}
	m.begin(m.index.Load()-1, 0, false)
}

// settle replaces the count by what the receipt says.
func (m *Meter) settle(files, bytes int64) {
	m.files.Store(files)
	m.bytes.Store(bytes)
	m.found.Store(min(m.found.Load(), bytes))
	m.foundFiles.Store(min(m.foundFiles.Load(), files))
}
