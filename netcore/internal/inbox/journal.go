package inbox

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"

	"ferry/netcore/internal/fault"
)

const (
	journalExt = ".journal"
	idLength   = 32 // hex digits of a transfer's ID
	// journalBuffer is how many bytes of records may wait to be written.
	journalBuffer = 64 << 10
)

// A journal lists what a transfer makes, in order, so that it can be undone and
// folders can get their times. It lies in the staging folder. What is about to
// get a final name is written to it before, but not synced: it survives the end of
// this program, and after a loss of power it may lack the last seconds.
//
// All deliveries of one transfer in an Inbox share it.
type journal struct {
	in    *Inbox
	id    string
	users int  // guarded by in.mu
	brief bool // it goes with its last user

	mu      sync.Mutex
	file    *os.File // nil until it is needed; locked
	stage   *staging
	size    int64
	buf     []byte
	folders bool // it may name folders that have not got their times
}

func journalName(id string) string { return id + journalExt }

func isJournalName(name string) bool {
	id, ok := strings.CutSuffix(name, journalExt)
	return ok && checkID(id) == nil
}

func checkID(id string) error {
	if _, err := hex.DecodeString(id); err != nil || len(id) != idLength {
		return fmt.Errorf("%w: the ID of a transfer has %d hexadecimal digits", fault.Internal, idLength)
	}
	return nil
}

// newID returns an ID for a delivery that has none.
func newID() string {
	var b [idLength / 2]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// join returns the journal of the transfer id for one more delivery.
func (in *Inbox) join(id string, brief bool) *journal {
	in.mu.Lock()
	defer in.mu.Unlock()
	j := in.journals[id]
	if j == nil {
		j = &journal{in: in, id: id, brief: brief}
		in.journals[id] = j
	}
	j.users++
	return j
}

// leave is called when a delivery ends.
func (j *journal) leave() error {
	j.in.mu.Lock()
	defer j.in.mu.Unlock()
	if j.users--; j.users > 0 {
		return nil
	}
	delete(j.in.journals, j.id)
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	if j.brief {
		_ = j.stage.retire(journalName(j.id), j.file, j.size) // else it is swept one day
		return nil
	}
	return errors.Join(j.flush(), j.file.Close())
}

// add appends r. It is written one day.
func (j *journal) add(r record) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.append(r)
}

// announce appends r and writes what has been appended.
func (j *journal) announce(r record) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.append(r); err != nil {
		return err
	}
	return j.flush()
}

// write writes what has been appended.
func (j *journal) write() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.flush()
}

func (j *journal) append(r record) error {
	j.folders = j.folders || r.kind == folderMade
	j.buf = r.appendTo(j.buf)
	if len(j.buf) < journalBuffer {
		return nil
	}
	return j.flush()
}

// flush writes the buffer behind what is known to be whole: what an error or a
// kill has left there is overwritten.
func (j *journal) flush() error {
	if len(j.buf) == 0 {
		return nil
	}
	if j.file == nil {
		if err := j.create(); err != nil {
			return err
		}
	}
	if _, err := j.file.WriteAt(j.buf, j.size); err != nil {
		return err
	}
	j.size += int64(len(j.buf))
	j.buf = j.buf[:0]
	return nil
}

func (j *journal) create() error {
	s, err := j.in.take(journalName(j.id), 0o600)
	if err == nil {
		j.adopt(s)
	}
	return err
}

// adopt goes on with a journal that is there, or is new.
func (j *journal) adopt(s staged) {
	j.file, j.stage = s.file, s.stage
	j.size = wholeLines(s.file, s.size)
	j.folders = j.folders || j.size > 0
}

// wholeLines returns how many of the size bytes of f are lines with an end.
func wholeLines(f io.ReaderAt, size int64) int64 {
	lines := backward{from: f, at: size}
	_, start, err := lines.line()
	if err != nil {
		return size
	}
	return start
}

// eachFolder calls do with the folders that the transfer has made and that shall
// have a time, unless none was added since the last call.
func (j *journal) eachFolder(do func(record)) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil && len(j.buf) == 0 {
		// An earlier attempt may have made folders that this one has just found.
		s, err := j.in.openJournal(j.id)
		if s.file == nil {
			return err
		}
		j.adopt(s)
	}
	if err := j.flush(); err != nil || !j.folders {
		return err
	}
	j.folders = false
	return readJournal(j.file, j.size, string(folderMade), func(r record) {
		if !r.time.IsZero() {
			do(r)
		}
	})
}

// readJournal calls do with the records of these kinds in the first size bytes of f,
// the last one first. Lines that are no records are left out.
func readJournal(f io.ReaderAt, size int64, kinds string, do func(record)) error {
	lines := backward{from: f, at: size}
	for {
		line, _, err := lines.line()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if len(line) == 0 || strings.IndexByte(kinds, line[0]) < 0 {
			continue
		}
		if r, err := parseRecord(string(line)); err == nil {
			do(r)
		}
	}
}

// openJournal opens and locks the journal of the transfer id; there is no file if
// there is none.
func (in *Inbox) openJournal(id string) (staged, error) {
	s := in.stagingIfThere()
	if s == nil {
		return staged{}, nil
	}
	if _, err := s.root.Lstat(journalName(id)); errors.Is(err, fs.ErrNotExist) {
		return staged{}, nil
	}
	return s.retake(journalName(id))
}
