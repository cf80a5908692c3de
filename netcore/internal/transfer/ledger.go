package transfer

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// A Fate is what has become of one entry.
type Fate uint8

// The fates. What is Brought, an earlier attempt of this run has moved; this one has not come to it yet.
const (
	Waiting Fate = iota
	Brought
	Moved   // at the sender: sent; at the receiver: whole and verified
	There   // the receiver had it already
	LeftOut // nobody wants it
	Failed
	FailedThere // the other side said so
)

// A mark is a fate, and of a failure the number of its code.
const (
	fateShift   = 5
	codeBits    = 1<<fateShift - 1
	marksInWord = 4
	bitsOfMark  = 8
)

func (f Fate) failed() bool { return f == Failed || f == FailedThere }

// A Ledger says what has become of each entry of a list, over all attempts of one run. One transfer writes it, any goroutine
// may read. It takes a byte for each entry. The zero Ledger is ready for use.
type Ledger struct {
	mu       sync.RWMutex // held while the list is read, so that it is not closed meanwhile
	list     *Manifest    // nil: none yet, or closed
	unlisted []Failure    // what could not be offered

	marks []atomic.Uint32 // of four entries each; replaced with mu held
}

// errNoList is returned where there is no list to read.
var errNoList = fmt.Errorf("%w: there is no list of files", fault.Unread)

// attach begins an attempt with the list m, which stays open for as long as the ledger needs it. unlisted are the failures of
// what could not be offered. The lists of all attempts have the same entries.
func (l *Ledger) attach(m *Manifest, unlisted []Failure) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if words := int(m.Entries()+marksInWord-1) / marksInWord; len(l.marks) != words {
		l.marks = make([]atomic.Uint32, words)
	}
	for i := range m.Entries() {
		fate := Waiting
		if f := l.fate(i); f == Moved || f == Brought {
			fate = Brought
		}
		l.put(i, byte(fate)<<fateShift)
	}
	m.hold()
	_ = l.drop() // a temporary file that was only read at the end
	l.list, l.unlisted = m, unlisted
}

// Open reports whether there is a list.
func (l *Ledger) Open() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.list != nil
}

// Close gives up the list. Reading ends with an error from then on.
func (l *Ledger) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.drop()
}

// drop closes the list. Callers hold mu.
func (l *Ledger) drop() error {
	m := l.list
	l.list = nil
	if m == nil {
		return nil
	}
	return m.Close()
}

// set notes a fate. What an earlier attempt has brought was not there before.
func (l *Ledger) set(i int64, f Fate) {
	if !l.has(i) {
		return
	}
	l.change(i, func(mark byte) byte {
		switch before := Fate(mark >> fateShift); {
		case before.failed():
			return mark // the receiver said so while the sender was still at it
		case f == There && before == Brought:
			return byte(Moved) << fateShift
		}
		return byte(f) << fateShift
	})
}

// fail notes that an entry failed.
func (l *Ledger) fail(one Failure) {
	if !l.has(one.index) {
		return
	}
	f := Failed
	if one.Remote {
		f = FailedThere
	}
	l.put(one.index, byte(f)<<fateShift|fault.CodeOf(one.Err).Number())
}

// has reports whether entry i is in the list. Only the transfer calls it, which attaches the list.
func (l *Ledger) has(i int64) bool { return i >= 0 && i < int64(len(l.marks))*marksInWord }

func (l *Ledger) put(i int64, mark byte) {
	l.change(i, func(byte) byte { return mark })
}

func (l *Ledger) change(i int64, to func(mark byte) byte) {
	word, shift := &l.marks[i/marksInWord], i%marksInWord*bitsOfMark
	for {
		old := word.Load()
		mark := to(byte(old >> shift))
		if word.CompareAndSwap(old, old&^(0xff<<shift)|uint32(mark)<<shift) {
			return
		}
	}
}

func (l *Ledger) mark(i int64) byte {
	return byte(l.marks[i/marksInWord].Load() >> (i % marksInWord * bitsOfMark))
}

func (l *Ledger) fate(i int64) Fate { return Fate(l.mark(i) >> fateShift) }

// A Line is an entry of a ledger.
type Line struct {
	wire.Entry
	Index int32  // in the list; below 0: it could not be offered
	Local string // of those only, where it is on this computer
	Fate  Fate
	Code  fault.Code // of a failure
}

// Find returns the numbers of the lines that match, for Lines: of the files and links, and of folders that failed. What could
// not be offered comes first. ctx ends it.
func (l *Ledger) Find(ctx context.Context, match func(e wire.Entry, f Fate) bool) ([]int32, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.list == nil {
		return nil, errNoList
	}
	var found []int32
	for i, one := range l.unlisted {
		if match(wire.Entry{Path: one.Path}, Failed) {
			found = append(found, int32(-1-i))
		}
	}
	c := l.list.cursor()
	for i := range l.list.Entries() {
		e, err := c.next()
		if err == nil && i%skipAhead == 0 {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		f := l.fate(i)
		if (!e.Folder || f.failed()) && match(e, f) {
			found = append(found, int32(i))
		}
	}
	return found, nil
}

// Lines returns the lines of these numbers, which Find has returned, in order.
func (l *Ledger) Lines(numbers []int32) ([]Line, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.list == nil {
		return nil, errNoList
	}
	c := l.list.cursor()
	lines := make([]Line, 0, len(numbers))
	for _, n := range numbers {
		line, err := l.unlistedLine(n)
		if i := int64(n); i >= 0 {
			if i < c.index || i-c.index > skipAhead {
				c = l.list.cursorAt(i)
			}
			line, err = l.line(c, i)
		}
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// line returns the line of entry i, which must not lie before c.
func (l *Ledger) line(c *cursor, i int64) (Line, error) {
	if i >= l.list.Entries() {
		return Line{}, errNoList
	}
	e, err := c.at(i, nil)
	line := Line{Entry: e, Index: int32(i), Fate: l.fate(i)}
	if line.Fate.failed() {
		line.Code = fault.Numbered(l.mark(i) & codeBits)
	}
	return line, err
}

// unlistedLine returns the line of what could not be offered.
func (l *Ledger) unlistedLine(n int32) (Line, error) {
	i := int(-1 - n)
	if i < 0 || i >= len(l.unlisted) {
		return Line{}, errNoList
	}
	one := l.unlisted[i]
	return Line{Entry: wire.Entry{Path: one.Path}, Index: n, Local: one.Local, Fate: Failed, Code: fault.CodeOf(one.Err)}, nil
}
