package netcore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"ferry/netcore/internal/transfer"
	"ferry/netcore/internal/wire"
)

// FileState is what has become of one file, or link, of a transfer.
type FileState uint8

// The states.
const (
	FileWaiting FileState = iota // its turn is yet to come
	FileMoving                   // it is on its way
	FileSent                     // at the sender, unless the transfer is Done: all of it is sent, and not confirmed
	FileArrived                  // whole and verified at the receiver
	FileThere                    // the receiver had it already, whole and the same
	FileLeftOut                  // the receiver does not want it
	FileFailed                   // Err tells why
	FileMissing                  // the transfer has ended without it, or what it had brought was removed again
)

// arrived reports whether a file is at the receiver, as far as is known here.
func (s FileState) arrived() bool { return s == FileSent || s == FileArrived || s == FileThere }

// A FileInfo is one file or link of a transfer, or a folder that failed.
type FileInfo struct {
	Path     string // as the sender calls it
	Original string // as Entry.Original
	Local    string // where it is on this computer; only of what could not even be offered
	Kind     Kind
	Size     int64
	State    FileState
	Done     int64 // bytes that are there, of the one that is or was moving last; else 0
	Err      error // of a FileFailed: one of the Err kinds
	Remote   bool  // the other side said it
}

// Files are all files of a transfer. Several goroutines may use it; Close must follow. While the transfer is on its way it
// tells how they are at each moment; when it has ended, [Node.Files] must be asked anew.
type Files interface {
	// Find returns the numbers of the files that q chooses, in the order of sending, for At. It takes as long as reading the
	// list does: a second for some million. ctx ends it.
	Find(ctx context.Context, q FileQuery) ([]int32, error)
	// At returns the files of these numbers, in their order. Some hundred in a row take a millisecond.
	At(numbers []int32) ([]FileInfo, error)
	// Close gives back what the list takes.
	Close() error
}

// files are the Files of a ledger.
type files struct {
	ledger *transfer.Ledger
	now    func() Transfer
	meter  *transfer.Meter // nil: it has ended
	close  func() error
}

// maxKeptFiles is how large, packed, the list of files of a transfer that has ended may be to be kept: that of about three million files.
const maxKeptFiles = 16 << 20

// Files returns the files of a transfer that is on its way, or has ended and is remembered. It waits for the disk. The error
// wraps ErrUnread if there is no list: it is not made yet (nobody has said what the receiver is to get), or the next attempt brings it
// (an incoming one, after a restart), or it is not kept any more: only the last ones are, as far as 32 MiB go.
func (n *Node) Files(id TransferID) (Files, error) {
	tr := n.find(id)
	if tr != nil && tr.meter.Ledger.Open() {
		return &files{&tr.meter.Ledger, tr.snapshot, &tr.meter, func() error { return nil }}, nil
	}
	packed, err := n.store.List(id)
	if err == nil && packed == nil {
		err = fmt.Errorf("%w: the list of files is not kept", ErrUnread)
	}
	if err != nil {
		return nil, err
	}
	now := tr.snapshot
	if tr == nil {
		if now, err = n.remembered(id); err != nil {
			return nil, err
		}
	}
	ledger, err := transfer.Unpack(packed, n.cfg.Dir)
	if err != nil {
		return nil, err
	}
	return &files{ledger: ledger, now: now, close: ledger.Close}, nil
}

// remembered returns what tells of a transfer of an earlier run.
func (n *Node) remembered(id TransferID) (func() Transfer, error) {
	s, known, err := n.store.Get(id)
	if err == nil && !known {
		err = fmt.Errorf("%w: no such transfer", ErrUnread)
	}
	if err != nil {
		return nil, err
	}
	t, _, err := fromStore(s)
	return func() Transfer { return t }, err
}

// keepFiles writes down what has become of all files of a transfer that ends, or ends for this run, for as long as that is
// remembered.
func (n *Node) keepFiles(t *tracked) {
	if !t.meter.Ledger.Open() {
		return // nothing was accepted
	}
	packed, err := t.meter.Ledger.Pack(maxKeptFiles)
	if err == nil {
		err = n.store.PutList(t.id, packed)
	}
	switch {
	case errors.Is(err, transfer.ErrTooLong):
		n.log.Info("list of files not kept", "transfer", t.id)
	case err != nil:
		n.unsaved.Do(func() { n.warn(WarnStore, err) })
	}
}

// A FileQuery chooses among files. The zero value chooses all.
type FileQuery struct {
	Text    string // words; each is in the path. Letter case does not matter
	Missing bool   // only those that are not there, for whatever reason
}

func (f *files) Find(ctx context.Context, q FileQuery) ([]int32, error) {
	words := strings.Fields(folded(q.Text))
	words = words[:min(len(words), maxQueryWords)]
	t := f.now()
	return f.ledger.Find(ctx, func(e wire.Entry, fate transfer.Fate) bool {
		if q.Missing && fileState(&t, e.Link, fate).arrived() {
			return false
		}
		return len(words) == 0 || contains(e.Path, words)
	})
}

// contains reports whether each word is in path.
func contains(path string, words []string) bool {
	if isASCII(path) {
		path = strings.ToLower(path) // the same, and much faster
	} else {
		path = folded(path)
	}
	for _, w := range words {
		if !strings.Contains(path, w) {
			return false
		}
	}
	return true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func (f *files) At(numbers []int32) ([]FileInfo, error) {
	lines, err := f.ledger.Lines(numbers)
	if err != nil {
		return nil, err
	}
	t, moving, done := f.now(), int64(-1), int64(0)
	if f.meter != nil {
		moving, done = f.meter.File()
	}
	list := make([]FileInfo, len(lines))
	for i, l := range lines {
		e := entryOf(l.Entry)
		file := FileInfo{
			Path: e.Path, Original: e.Original, Local: l.Local, Kind: e.Kind, Size: e.Size,
			State: fileState(&t, l.Link, l.Fate), Remote: l.Fate == transfer.FailedThere,
		}
		if file.State == FileFailed {
			file.Err = l.Code.Kind()
		}
		if int64(l.Index) == moving && file.State == FileWaiting {
			file.Done = min(done, file.Size)
			if t.State == Running {
				file.State = FileMoving
			}
		}
		list[i] = file
	}
	return list, nil
}

func (f *files) Close() error { return f.close() }

// fileState is what a fate means for the file of a transfer as that is now.
func fileState(t *Transfer, link bool, fate transfer.Fate) FileState {
	switch fate {
	case transfer.There:
		return FileThere
	case transfer.LeftOut:
		return FileLeftOut
	case transfer.Failed, transfer.FailedThere:
		return FileFailed
	case transfer.Moved, transfer.Brought:
		return movedState(t)
	}
	switch {
	case t.State == Done && link: // a sender hears only of those that failed
		return FileArrived
	case t.State.Final():
		return FileMissing
	}
	return FileWaiting
}

// movedState is the state of a file that has gone through.
func movedState(t *Transfer) FileState {
	switch {
	case t.Direction == Outgoing && t.State != Done:
		return FileSent
	case t.State == Cancelled && len(t.Paths) == 0:
		return FileMissing
	}
	return FileArrived
}
