package transfer

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
	"unicode/utf8"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/inbox"
	"ferry/netcore/internal/wire"
)

// Scan lists what paths name, folders with all that is in them. Nothing is read but
// folders and links. A link that is picked itself is followed; one inside a picked
// folder is listed as a link, if it leads to nothing outside of that. What cannot be offered
// (unreadable, a device, a link that leads out) is noted as a failure of its own. dir is for the
// manifest's temporary file. The error is of the list as a whole: the end of
// ctx, fault.TooLarge, or a disk that cannot hold the list. Entries whose paths are without, and all
// that is in them, are left out.
func Scan(ctx context.Context, paths []string, dir string, without ...string) (*Source, error) {
	s := newSource(dir)
	s.leaveOut(without)
	return s.filled(func() error {
		for _, p := range paths {
			if err := s.scan(ctx, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// filled returns s after fill has listed all that is in it.
func (s *Source) filled(fill func() error) (*Source, error) {
	err := fill()
	if err == nil {
		err = s.Manifest.Seal()
	}
	if err != nil {
		return nil, errors.Join(err, s.Manifest.Close())
	}
	return s, nil
}

// scan lists one picked path under its own name.
func (s *Source) scan(ctx context.Context, picked string) error {
	local, err := filepath.Abs(picked)
	if err != nil {
		s.skip(rootName(picked, picked), picked, unreadable(err))
		return nil
	}
	target, info, err := follow(local)
	if err != nil {
		s.skip(rootName(picked, local), local, err)
		return nil
	}
	entry := s.freeName("", rootName(picked, target), info.IsDir())
	return s.addPicked(ctx, entry, local, target, info)
}

// leaveOut leaves the entries of these paths out of the list.
func (s *Source) leaveOut(paths []string) {
	s.without = make(map[string]struct{}, len(paths))
	for _, path := range paths {
		s.without[path] = struct{}{}
	}
}

// addPicked lists what was picked and is at local, perhaps through a link.
func (s *Source) addPicked(ctx context.Context, entry, picked, local string, info fs.FileInfo) error {
	s.root.entry, s.root.name = entry, filepath.Base(picked)
	return s.add(ctx, entry, local, info)
}

// follow finds what a person means who points at local: also through a link.
func follow(local string) (target string, info fs.FileInfo, err error) {
	if target, err = filepath.EvalSymlinks(local); err == nil {
		info, err = os.Stat(target)
	}
	if err != nil {
		return "", nil, unreadable(err)
	}
	return target, info, nil
}

// add lists one entry, and what is in it. One that must not be in a list is a
// failure of its own; so a folder within itself, through a mount, ends where
// paths get too deep.
func (s *Source) add(ctx context.Context, entry, local string, info fs.FileInfo) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if _, ok := s.without[entry]; ok {
		if entry == s.root.entry {
			s.places[entry] = local // another pick of this name still gets a number
		}
		return nil
	}
	e, err := s.describe(entry, local, info)
	if err == nil {
		err = s.Manifest.Add(e)
	}
	switch {
	case errors.Is(err, fault.BadName), errors.Is(err, fault.Skipped), errors.Is(err, fault.Unread):
		s.skip(entry, local, err)
		return nil
	case errors.Is(err, errTwice): // a folder that changes may list a name twice
		return nil
	case err != nil:
		return err
	}
	s.place(e, local)
	if !e.Folder {
		s.Manifest.Holes += holesIn(local, info)
		return nil
	}
	return s.addFolder(ctx, entry, local)
}

// describe returns what an offer says of local, which info is of. The error wraps
// fault.Skipped for what cannot be sent, and fault.Unread.
func (s *Source) describe(entry, local string, info fs.FileInfo) (wire.Entry, error) {
	e := wire.Entry{Path: entry}
	name := filepath.Base(local)
	if entry == s.root.entry {
		name = s.root.name
	}
	if !utf8.ValidString(name) && len(name) <= wire.MaxOriginal {
		e.Original = name
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		e.Folder = true
	case mode.IsRegular():
	case mode&fs.ModeSymlink != 0:
		target, err := readLink(entry, local)
		if err != nil {
			return e, err
		}
		e.Link, e.Target = true, target
	default:
		return e, unsendable(mode)
	}
	refresh(&e, info)
	return e, nil
}

// refresh gives e what may change while it stays the same entry.
func refresh(e *wire.Entry, info fs.FileInfo) {
	e.ModTime = info.ModTime()
	if !e.Folder && !e.Link {
		e.Size = info.Size()
		e.Exec = info.Mode()&0o100 != 0
	}
}

// place remembers where an entry is, if that is not plain from the entry and
// the folder that it is in. What was picked is always remembered.
func (s *Source) place(e wire.Entry, local string) {
	if e.Path == s.root.entry {
		s.Paths = append(s.Paths, local)
		s.places[e.Path] = local
		return
	}
	plain := path.Base(e.Path) == filepath.Base(local) || e.Original != "" && !e.Folder
	if !plain {
		s.places[e.Path] = local
	}
}

// addFolder lists a folder in batches, so that one with a million files is no
// burden; its own folders come after its files.
func (s *Source) addFolder(ctx context.Context, entry, local string) error {
	dir, err := os.OpenFile(local, openFlags, 0)
	if err != nil {
		s.skip(entry, local, unreadable(err))
		return nil
	}
	defer dir.Close()
	var folders []fs.DirEntry
	for {
		batch, err := dir.ReadDir(1024)
		for i, seen := range look(dir, batch) {
			if d := batch[i]; d.IsDir() {
				if d.Name() != inbox.StagingName { // what is still coming in is nobody's yet
					folders = append(folders, d)
				}
			} else if err := s.addChild(ctx, entry, local, d.Name(), seen); err != nil {
				return err
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			s.skip(entry, local, unreadable(err))
			break
		}
	}
	dir.Close() // not one more for each level of depth
	for _, d := range folders {
		info, err := d.Info()
		if err := s.addChild(ctx, entry, local, d.Name(), sight{info, err}); err != nil {
			return err
		}
	}
	return nil
}

// sight is what came of looking at something in a folder.
type sight struct {
	info fs.FileInfo
	err  error
}

// fewEntries is up to how many entries of a folder are looked at by one goroutine.
const fewEntries = 32

// look looks at all that is in a part of the folder dir but the folders; at both halves at once,
// as a look may have to wait for a disk.
func look(dir *os.File, batch []fs.DirEntry) []sight {
	seen := make([]sight, len(batch))
	half := 0
	var other sync.WaitGroup
	if len(batch) > fewEntries {
		half = len(batch) / 2
		other.Go(func() { lookAt(dir, batch[:half], seen[:half]) })
	}
	lookAt(dir, batch[half:], seen[half:])
	other.Wait()
	return seen
}

func (s *Source) addChild(ctx context.Context, entry, local, name string, seen sight) error {
	entry, local = entry+"/"+childName(local, name), filepath.Join(local, name)
	switch {
	case errors.Is(seen.err, fs.ErrNotExist): // gone since it was listed
		return nil
	case seen.err != nil:
		s.skip(entry, local, unreadable(seen.err))
		return nil
	}
	return s.add(ctx, entry, local, seen.info)
}

func (s *Source) skip(entry, local string, err error) {
	s.failed.add(Failure{Path: entry, Local: local, Err: err, index: notListed})
}
