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

	roots  map[string]string // name of a top-level entry -> its local path
	strays map[string]string // entry path -> local path, where they spell differently
	failed failures
}

// Scan lists what paths name, folders with all that is in them. Nothing is read but
// folders. What cannot be offered (unreadable, a link, a device) is noted
// as a failure of its own. dir is for the manifest's temporary file.
func Scan(ctx context.Context, paths []string, dir string) (*Source, error) {
	s := &Source{
		Manifest: NewManifest(dir),
		roots:    make(map[string]string),
		strays:   make(map[string]string),
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
		name := s.freeName(rootName(p, abs))
		s.roots[name] = abs
		s.Paths = append(s.Paths, abs)
		if err := s.add(ctx, name, abs, info); err != nil {
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
func (s *Source) freeName(name string) string {
	free := name
	ext := path.Ext(name)
	for n := 1; ; n++ {
		if _, taken := s.roots[free]; !taken {
			return free
		}
		free = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ext), n, ext)
	}
}

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
	err := s.Manifest.Add(e)
	if errors.Is(err, fault.BadName) {
		s.skip(local, err)
		return nil
	}
	if err != nil || !e.Folder {
		return err
	}
	return s.addFolder(ctx, entry, local)
}

// addFolder lists a folder in batches, so that one with a million files is no
// burden; its own folders come after its files.
func (s *Source) addFolder(ctx context.Context, entry, local string) error {
	dir, err := os.Open(local)
	if err != nil {
		s.skip(local, unreadable(err))
		return nil
	}
	defer dir.Close()
	var folders []fs.FileInfo
	for {
		batch, err := dir.ReadDir(1024)
		for _, d := range batch {
			info, err := d.Info()
			switch {
			case errors.Is(err, fs.ErrNotExist): // gone since it was listed
			case err != nil:
				s.skip(filepath.Join(local, d.Name()), unreadable(err))
			case info.IsDir():
				folders = append(folders, info)
			case info.Mode().IsRegular():
				if err := s.addChild(ctx, entry, local, info); err != nil {
					return err
				}
			default:
				s.skip(filepath.Join(local, d.Name()), fault.Skipped)
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
	for _, info := range folders {
		if err := s.addChild(ctx, entry, local, info); err != nil {
			return err
		}
	}
	return nil
}

func (s *Source) addChild(ctx context.Context, entry, local string, info fs.FileInfo) error {
	name := readable(info.Name())
	child, childLocal := entry+"/"+name, filepath.Join(local, info.Name())
	if _, stray := s.strays[entry]; stray || name != info.Name() {
		s.strays[child] = childLocal
	}
	return s.add(ctx, child, childLocal, info)
}

func (s *Source) skip(local string, err error) {
	s.failed.add(Failure{Path: local, Err: err, index: -1})
}

// local returns where the entry is on this computer.
func (s *Source) local(entry string) string {
	if local, ok := s.strays[entry]; ok {
		return local
	}
	name, rest, inside := strings.Cut(entry, "/")
	if !inside {
		return s.roots[name]
	}
	return filepath.Join(s.roots[name], filepath.FromSlash(rest))
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

// readable makes a name that can travel out of a local one: bytes that are no
// UTF-8 are shown as %XX.
func readable(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, "%%%02X", name[i])
		} else {
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}
