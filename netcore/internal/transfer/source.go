package transfer

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// A Source is what a sender picked: the manifest of it, and where on this
// computer each entry is. It is filled once, then read only; several may use it
// at the same time.
type Source struct {
	Manifest *Manifest
	// Paths are the picked paths that are in the manifest, in its order.
	Paths []string

	// places are the local paths of the picked entries, and of the folders that
	// are called otherwise here; all else lies in one of them.
	places map[string]string
	root   struct{ entry, name string } // the pick that is being listed, and its own name here
	failed failures
	// without are the entries that are not to be listed.
	without map[string]struct{}
	// openAt opens the file local, near is the caller's.
	openAt func(near *nearby, local string) (sourceFile, error)
}

// A sourceFile is a file of a source, open for reading.
type sourceFile interface {
	io.ReaderAt
	io.Seeker
	io.Closer
	Stat() (fs.FileInfo, error)
}

// newSource returns an empty source. dir is for the manifest's temporary file.
func newSource(dir string) *Source {
	return &Source{
		Manifest: NewManifest(dir),
		places:   make(map[string]string),
		openAt:   (*nearby).open,
	}
}

// Nothing returns why there is nothing to offer, with a result that lists what
// failed; nil if there is something.
func (s *Source) Nothing() (Result, error) {
	if s.Manifest.Entries() > 0 {
		return Result{}, nil
	}
	count, first := s.Failed()
	result := Result{FailedCount: count, Failures: first}
	if len(first) == 0 {
		return result, fmt.Errorf("%w: nothing was picked", fault.Unread)
	}
	return result, &fault.Error{Op: "scan", Path: first[0].Path, Err: first[0].Err}
}

// Failed returns what could not be offered: how many, and the first MaxFailures
// of them.
func (s *Source) Failed() (count int64, first []Failure) { return s.failed.snapshot() }

// List has l tell of s, which stays open for as long as l needs it.
func (s *Source) List(l *Ledger) {
	_, unlisted := s.failed.snapshot()
	l.attach(s.Manifest, unlisted)
}

// Close removes what the source keeps on disk.
func (s *Source) Close() error { return s.Manifest.Close() }

// local returns where the entry is on this computer; "" if that is not known.
func (s *Source) local(e wire.Entry) string {
	if local, ok := s.places[e.Path]; ok {
		return local
	}
	folder, name := path.Split(e.Path)
	if e.Original != "" {
		name = e.Original
	}
	local := s.localFolder(strings.TrimSuffix(folder, "/"))
	if local == "" || name == ".." || strings.ContainsRune(name, '/') {
		return ""
	}
	return filepath.Join(local, name)
}

// localFolder returns where a folder of entries is; "" if that is not known.
func (s *Source) localFolder(entry string) string {
	for folder := entry; folder != ""; {
		if local, ok := s.places[folder]; ok {
			return filepath.Join(local, filepath.FromSlash(entry[len(folder):]))
		}
		folder = folder[:max(0, strings.LastIndexByte(folder, '/'))]
	}
	return ""
}

// open opens the file of an entry, if it is still the one that was offered. Callers that open
// one file after the other use one near.
func (s *Source) open(near *nearby, e wire.Entry) (sourceFile, error) {
	f, err := s.openAt(near, s.local(e))
	if err != nil {
		return nil, unreadable(err)
	}
	if err := unchanged(f, e); err != nil {
		_ = f.Close() // it was opened for reading
		return nil, err
	}
	return f, nil
}

// unchanged checks that f still is what e says. It is asked before and after the
// content is read. What is open stays open: if somebody puts another file in
// its place meanwhile, the old one goes out whole, as it was offered, and that
// is right. Not seen is a change that leaves size and time as they were: by a
// program that sets the time back, by two writes within one tick of the
// filesystem's clock, or through mapped memory that was not synced yet. Size and
// time are all that an offer says of a file.
func unchanged(f sourceFile, e wire.Entry) error {
	info, err := f.Stat()
	if err != nil {
		return unreadable(err)
	}
	if !info.Mode().IsRegular() || info.Size() != e.Size || !info.ModTime().Equal(e.ModTime) {
		return fault.Changed
	}
	return nil
}

func unreadable(err error) error {
	return fmt.Errorf("%w: %w", fault.Unread, err)
}
