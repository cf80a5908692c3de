package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// A Source is what a sender picked: the manifest of it, and where on this
// computer each entry is.
type Source struct {
	Manifest *Manifest
	// Paths are the picked paths that are in the manifest, in its order.
	Paths []string

	// places are the local paths of the top-level entries, and of those that are
	// called otherwise here; all else lies in one of them.
	places map[string]string
	failed failures
}

// Scan lists what paths name, folders with all that is in them. Nothing is read but
// folders. What cannot be offered (unreadable, a link, a device) is noted
// as a failure of its own. dir is for the manifest's temporary file. The error
// is of the list as a whole: the end of ctx, fault.TooLarge, or a disk that cannot
// hold the list.
func Scan(ctx context.Context, paths []string, dir string) (*Source, error) {
	s := &Source{
		Manifest: NewManifest(dir),
		places:   make(map[string]string),
	}
	err := s.scan(ctx, paths)
	if err == nil {
		err = s.Manifest.Seal()
	}
	if err != nil {
		return nil, errors.Join(err, s.Manifest.Close())
	}
	return s, nil
}

// Nothing returns why there is nothing to offer, with a result that lists what
// failed; nil if there is something.
func (s *Source) Nothing() (Result, error) {
	if s.Manifest.Entries() > 0 {
		return Result{}, nil
	}
	result := Result{FailedCount: s.failed.total(), Failures: s.failed.list}
	if len(s.failed.list) == 0 {
		return result, fmt.Errorf("%w: nothing was picked", fault.Unread)
	}
	first := s.failed.list[0]
	return result, &fault.Error{Op: "scan", Path: first.Path, Err: first.Err}
}

func (s *Source) scan(ctx context.Context, paths []string) error {
	for _, p := range paths {
		abs, err := filepath.Abs(p)
		var info fs.FileInfo
		if err == nil {
			// What a person points at is meant, also through a link.
			if abs, err = filepath.EvalSymlinks(abs); err == nil {
				info, err = os.Stat(abs)
			}
		}
		if err != nil {
			s.skip(p, unreadable(err))
			continue
		}
		if !info.IsDir() && !info.Mode().IsRegular() {
			s.skip(p, fault.Skipped)
			continue
		}
		if err := s.add(ctx, s.freeName(rootName(p, abs), info.IsDir()), abs, info); err != nil {
			return err
		}
	}
	return nil
}

// rootName is how the entry for a picked path is called: its own name, also
// when that is the name of a link.
func rootName(picked, abs string) string {
	name := filepath.Base(filepath.Clean(picked))
	if name == "." || name == ".." {
		name = filepath.Base(abs)
	}
	if strings.ContainsAny(name, `/\`) && filepath.Separator == '\\' || name == "/" {
		name = "disk" // the root of a volume has no name
	}
	return readable(name)
}

// freeName keeps two picked entries of one name apart.
func (s *Source) freeName(name string, folder bool) string {
	stem, ext := name, ""
	if !folder {
		stem, ext = splitExt(name)
	}
	free := name
	for n := 1; ; n++ {
		if _, taken := s.places[free]; !taken {
			return free
		}
		free = fmt.Sprintf("%s (%d)%s", stem, n, ext)
	}
}

// splitExt cuts a file's name before its extension. The dot of a hidden file begins none.
func splitExt(name string) (stem, ext string) {
	ext = path.Ext(name)
	if ext == "." || ext == name {
		ext = ""
	}
	return strings.TrimSuffix(name, ext), ext
}

// add lists one entry, and what is in it. One that must not be in a list is a
// failure of its own; so a folder within itself, through a mount, ends where
// paths get too deep.
func (s *Source) add(ctx context.Context, entry, local string, info fs.FileInfo) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	e := wire.Entry{
		Path:    entry,
		Folder:  info.IsDir(),
		ModTime: info.ModTime(),
	}
	if !e.Folder {
		e.Size = info.Size()
		e.Exec = info.Mode()&0o100 != 0
	}
	switch err := s.Manifest.Add(e); {
	case errors.Is(err, fault.BadName):
		s.skip(local, err)
		return nil
	case errors.Is(err, errTwice): // a folder that changes may list a name twice
		return nil
	case err != nil:
		return err
	}
	s.place(entry, local)
	if !e.Folder {
		return nil
	}
	return s.addFolder(ctx, entry, local)
}

// place remembers where an entry of the manifest is, if that is not plain from
// the folder that it is in.
func (s *Source) place(entry, local string) {
	folder, name := path.Split(entry)
	if folder == "" {
		s.Paths = append(s.Paths, local)
	} else if name == filepath.Base(local) {
		return
	}
	s.places[entry] = local
}

// addFolder lists a folder in batches, so that one with a million files is no
// burden; its own folders come after its files.
func (s *Source) addFolder(ctx context.Context, entry, local string) error {
	dir, err := os.OpenFile(local, openFlags, 0)
	if err != nil {
		s.skip(local, unreadable(err))
		return nil
	}
	defer dir.Close()
	var folders []fs.DirEntry
	for {
		batch, err := dir.ReadDir(1024)
		for _, d := range batch {
			if d.IsDir() {
				folders = append(folders, d)
			} else if err := s.addChild(ctx, entry, local, d); err != nil {
				return err
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			s.skip(local, unreadable(err))
			break
		}
	}
	dir.Close() // not one more for each level of depth
	for _, d := range folders {
		if err := s.addChild(ctx, entry, local, d); err != nil {
			return err
		}
	}
	return nil
}

func (s *Source) addChild(ctx context.Context, entry, local string, d fs.DirEntry) error {
	childLocal := filepath.Join(local, d.Name())
	info, err := d.Info()
	switch {
	case errors.Is(err, fs.ErrNotExist): // gone since it was listed
		return nil
	case err != nil:
		s.skip(childLocal, unreadable(err))
		return nil
	case !info.IsDir() && !info.Mode().IsRegular():
		s.skip(childLocal, fault.Skipped)
		return nil
	}
	return s.add(ctx, entry+"/"+childName(local, d.Name()), childLocal, info)
}

func (s *Source) skip(local string, err error) {
	s.failed.add(Failure{Path: local, Err: err, index: -1})
}

// local returns where the entry is on this computer.
func (s *Source) local(entry string) string {
	for folder := entry; ; {
		if local, ok := s.places[folder]; ok {
			return filepath.Join(local, filepath.FromSlash(entry[len(folder):]))
		}
		i := strings.LastIndexByte(folder, '/')
		if i < 0 {
			return ""
		}
		folder = folder[:i]
	}
}

// open opens the file of an entry, if it is still the one that was offered.
func (s *Source) open(e wire.Entry) (*os.File, error) {
	f, err := os.OpenFile(s.local(e.Path), openFlags, 0)
	if err != nil {
		return nil, unreadable(err)
	}
	if err := unchanged(f, e); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// unchanged checks that f still is what e says.
func unchanged(f *os.File, e wire.Entry) error {
	info, err := f.Stat()
	if err != nil {
		return unreadable(err)
	}
	if !info.Mode().IsRegular() || info.Size() != e.Size || !info.ModTime().Equal(e.ModTime) {
		return fault.Changed
	}
	return nil
}

// Close removes what the source keeps on disk.
func (s *Source) Close() error { return s.Manifest.Close() }

func unreadable(err error) error {
	return fmt.Errorf("%w: %w", fault.Unread, err)
}

// childName returns what the entry for a name in the local folder is called.
// No two are called the same: if what readable makes of a name is there as
// well, it gets a mark that readable never makes.
func childName(folder, name string) string {
	entry := readable(name)
	if entry == name {
		return name
	}
	for {
		if _, err := os.Lstat(filepath.Join(folder, entry)); err != nil {
			return entry // there is none, or none can be
		}
		entry = "%~" + entry
	}
}

// readable makes a name that can travel out of a local one: if there are bytes
// that are no UTF-8, they are shown as %XX, and so is each % then. Two names
// that need this never become the same.
func readable(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		if r == '%' || r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, "%%%02X", name[i])
		} else {
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}
