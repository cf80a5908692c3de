package inbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"ferry/netcore/internal/fault"
)

// An Inbox is an open folder that received files land in. Its methods may be
// called from any goroutine.
type Inbox struct {
	dir   string
	base  *folder     // the inbox itself
	info  fs.FileInfo // of the same
	names nameRules
	disk  disk
	moves []move // the ways to give a file its final name, the best first

	marks    marks
	unmarked atomic.Bool // this filesystem has refused a mark

	small int64 // files of up to so many bytes are kept in memory until they are whole

	folds    atomic.Bool  // names that differ in case are known to be one here
	move     atomic.Int32 // the first of moves that this filesystem supports, as far as is known
	named    atomic.Int32 // a naming
	left     atomic.Int64 // partials that deliveries have left
	finished atomic.Int32 // finished files that are open, in all deliveries
	maxOpen  int32        // how many of them there may be

	// undoing is held while a transfer ends, and shared while something that is
	// there is taken into use: either Undo knows of that, or it is found to be gone.
	undoing sync.RWMutex

	mu       sync.Mutex
	stage    *staging            // nil until it is needed
	held     map[string]struct{} // names of partials that a delivery of this Inbox has
	journals map[string]*journal // of the open deliveries
	closed   bool
}

// A disk is what there is to know of the inbox's filesystem.
type disk struct {
	names     nameRules
	syncfs    bool // one call writes all of it to the disk, and says if that failed
	renumbers bool // what tells files apart does not last
}

// Open opens the inbox dir, and creates it if needed. It removes partials and
// journals that nobody has touched for 30 days.
func Open(dir string) (*Inbox, error) { return open(dir, time.Now()) }

func open(dir string, now time.Time) (*Inbox, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, unwritten(err)
	}
	if err := makeInbox(dir); err != nil {
		return nil, unwritten(err)
	}
	in, err := openThere(dir)
	if err != nil {
		return nil, unwritten(err)
	}
	if s := in.stagingIfThere(); s != nil {
		s.sweep(now.Add(-maxAge))
	}
	return in, nil
}

// openThere opens the inbox dir, an absolute path, as it is.
func openThere(dir string) (*Inbox, error) {
	base, info, err := openBase(dir)
	if err != nil {
		return nil, err
	}
	disk := inspect(base.dir)
	return &Inbox{
		dir:     dir,
		base:    base,
		info:    info,
		names:   disk.names,
		disk:    disk,
		marks:   systemMarks,
		moves:   []move{moveExclusive, moveByLink, moveByPlaceholder},
		maxOpen: maxOpenFiles(),
		small:   smallSize,

		held:     make(map[string]struct{}),
		journals: make(map[string]*journal),
	}, nil
}

func openBase(dir string) (*folder, fs.FileInfo, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, err
	}
	info, err := root.Stat(".")
	if err != nil {
		return nil, nil, errors.Join(err, root.Close())
	}
	handle, err := root.Open(".")
	if err != nil {
		return nil, nil, errors.Join(err, root.Close())
	}
	return &folder{root: root, dir: handle}, info, nil
}

// makeInbox makes the folder dir and those that it is in, and brings their names to the disk:
// with a folder whose name is lost, all is lost that was synced in it.
func makeInbox(dir string) error {
	var missing []string
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(at); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		missing = append(missing, at)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, made := range missing {
		parent, err := os.Open(filepath.Dir(made))
		if err != nil {
			continue // it can be written to, but not read; then there is no way
		}
		if err := errors.Join(syncDir(parent), parent.Close()); err != nil {
			return err
		}
	}
	return nil
}

// Dir returns the absolute path of the inbox.
func (in *Inbox) Dir() string { return in.dir }

// InPlace returns an error of the kind fault.Unwritten if the inbox is no longer where it was opened: somebody has moved
// or removed it, and nobody would find there what goes into it now. Where the numbers of files do not last, it
// takes any folder there for the inbox.
func (in *Inbox) InPlace() error {
	info, err := os.Stat(in.dir)
	if err != nil || !info.IsDir() || !in.disk.renumbers && !os.SameFile(info, in.info) {
		return fmt.Errorf("%w: the folder was moved or removed meanwhile", fault.Unwritten)
	}
	return nil
}

// maxReserve is what is left free on a filesystem, if that is no more than a
// hundredth of it: a system with a full disk does strange things.
const maxReserve = 64 << 20

func freeSpace(dir string) int64 {
	free, size, known := space(dir)
	if !known {
		return -1
	}
	return max(free-min(maxReserve, size/100), 0)
}

// Free returns how many bytes this user can still write to the inbox's
// filesystem, less a reserve of 64 MiB or a hundredth of the filesystem, if
// that is less; negative if that is unknown.
func (in *Inbox) Free() int64 { return freeSpace(in.dir) }

// FreeSpace is [Inbox.Free] for a folder that need not exist yet: it asks the
// nearest parent that does.
func FreeSpace(dir string) int64 {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return -1
	}
	for {
		if _, err := os.Stat(dir); err == nil {
			return freeSpace(dir)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return -1
		}
		dir = parent
	}
}

// Begin starts a delivery. sender is the text of the peer's ID: only partials
// that came from the same peer are found again. The Delivery must be closed.
func (in *Inbox) Begin(sender string) *Delivery {
	return newDelivery(in, sender, in.join(newID(), true))
}

// Close removes the staging folder if nothing is left in it, and closes the
// inbox. Its deliveries must have been closed before. A second call does nothing.
func (in *Inbox) Close() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return nil
	}
	in.closed = true
	var err error
	if in.stage != nil {
		err = in.stage.close()
		if here, lerr := in.base.root.Lstat(StagingName); lerr == nil && os.SameFile(here, in.stage.info) {
			// It fails if there are partials in it: then the folder stays.
			_ = in.base.root.Remove(StagingName)
		}
		in.stage = nil
	}
	return errors.Join(err, in.closeHandles())
}

// closeHandles ends an Inbox, and leaves the disk as it is.
func (in *Inbox) closeHandles() error {
	var err error
	if in.stage != nil {
		err = in.stage.close()
		in.stage = nil
	}
	return errors.Join(err, in.base.dir.Close(), in.base.root.Close())
}

// stagedPath returns the absolute path of what is called name in the staging folder.
func (in *Inbox) stagedPath(name string) string { return filepath.Join(in.dir, StagingName, name) }

// hold reserves the partial name for the caller, and reports false if another
// delivery of this Inbox has it.
func (in *Inbox) hold(name string) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if _, ok := in.held[name]; ok {
		return false
	}
	in.held[name] = struct{}{}
	return true
}

func (in *Inbox) release(name string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	delete(in.held, name)
}
