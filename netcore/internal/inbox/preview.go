package inbox

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// maxExamples is how many Examples a Preview has.
const maxExamples = 100

// A Preview is what the entries of an offer would meet in an inbox.
type Preview struct {
	Free     int64    // as of [FreeSpace]
	There    int      // files that seem to be there: of this name, size and time. Only Lookup and their content tell
	Bytes    int64    // their sizes
	Clashes  int      // entries that would get a number, since something else has their name; what is in a folder counts with it
	Renamed  int      // entries whose names cannot be used as they are, or are none in UTF-8
	Examples []Rename // the first 100 of those
}

// Look tells what entries would meet in the inbox dir, by the rules that a [Delivery] keeps to. Nothing
// is changed or made: dir need not be there. The entries are ranged over twice; the second value is whether it is a
// folder. An error is the end of ctx, or that dir cannot be looked at.
func Look(ctx context.Context, dir string, entries iter.Seq2[Entry, bool]) (Preview, error) {
	in, there, err := glimpse(dir)
	if err != nil {
		return Preview{}, unwritten(err)
	}
	defer in.closeHandles()
	o := outlook{d: newDelivery(in, "", nil), told: Preview{Free: FreeSpace(dir)}}
	o.folders = []spot{{}}
	if there {
		o.folders[0].at = in.base
	}
	err = o.all(ctx, entries)
	return o.told, err
}

// glimpse opens the inbox dir to look at; if it is not there, the folder that it would be made in, which has
// the same rules.
func glimpse(dir string) (in *Inbox, there bool, err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, false, err
	}
	for at := dir; ; at = filepath.Dir(at) {
		in, err := openThere(at)
		if err == nil && folds(at, in.info) {
			in.folds.Store(true)
		}
		if !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at) {
			return in, at == dir, err
		}
	}
}

// folds reports whether the folder dir, of which info is, is found under its name in other letters.
func folds(dir string, info fs.FileInfo) bool {
	parent, name := filepath.Split(dir)
	other := strings.ToUpper(name)
	if other == name {
		other = strings.ToLower(name)
	}
	there, err := os.Stat(filepath.Join(parent, other))
	return err == nil && other != name && os.SameFile(there, info)
}

// An outlook goes through a list as a delivery would. It has one for what that remembers of names.
type outlook struct {
	d       *Delivery
	folders []spot // from the inbox to the folder of the last entry
	told    Preview
}

// A spot is a folder that entries would go to.
type spot struct {
	wire, local string
	at          *folder // nil: it would be made
}

// all looks at all entries, in the order in which they are made.
func (o *outlook) all(ctx context.Context, entries iter.Seq2[Entry, bool]) error {
	defer o.leave("/")                            // nothing is in that
	for _, content := range []bool{false, true} { // folders and links are made first
		for e, folder := range entries {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if content == !(folder || e.Link) {
				o.entry(e, folder)
			}
		}
	}
	return nil
}

// entry looks at one entry. One that cannot be looked at would meet nothing that is known.
func (o *outlook) entry(e Entry, folder bool) {
	if CheckPath(e.Path) != nil {
		return
	}
	if folder {
		_, _ = o.enter(e.Path)
		return
	}
	parent, part := split(e.Path)
	if in, err := o.enter(parent); err == nil {
		o.file(in, e, part)
	}
}

// enter returns the folder that wire would be. It is good until the next call.
func (o *outlook) enter(wire string) (spot, error) {
	o.leave(wire)
	for {
		at := o.folders[len(o.folders)-1]
		if at.wire == wire {
			return at, nil
		}
		rest := strings.TrimPrefix(wire[len(at.wire):], "/")
		part, _, _ := strings.Cut(rest, "/")
		down, err := o.step(at, wire[:len(wire)-len(rest)+len(part)])
		if err != nil {
			return spot{}, err
		}
		o.folders = append(o.folders, down)
	}
}

// leave closes the folders that wire is not in.
func (o *outlook) leave(wire string) {
	for last := len(o.folders) - 1; last > 0; last-- {
		at := o.folders[last]
		if wire == at.wire || strings.HasPrefix(wire, at.wire+"/") {
			return
		}
		if at.at != nil {
			at.at.close()
		}
		o.folders = o.folders[:last]
	}
}

// step is [Delivery.step] for a folder that need not be there.
func (o *outlook) step(at spot, wire string) (spot, error) {
	_, part := split(wire)
	name := o.d.in.names.local(part)
	for n := o.d.numberOf(wire); n <= maxNumber; n++ {
		local := o.d.in.names.numberedFolder(name, n)
		next, err := o.stepTo(at, wire, local)
		if errors.Is(err, errInTheWay) {
			continue
		}
		if err == nil && local != part && !o.known(wire) {
			o.d.movedFolder(n, &folder{wire: wire, local: next.local})
			o.tell(Rename{Path: wire, Local: next.local}, n)
		}
		return next, err
	}
	return spot{}, errInTheWay
}

// known reports whether the folder wire has been told before.
func (o *outlook) known(wire string) bool {
	_, known := o.d.layout.moved[o.d.layout.hash(wire)]
	return known
}

func (o *outlook) stepTo(at spot, wire, local string) (spot, error) {
	next := spot{wire: wire, local: join(at.local, local)}
	if at.at != nil {
		down, err := o.d.stepTo(at.at, wire, local, false, time.Time{})
		if next.at = down; !errors.Is(err, fs.ErrNotExist) {
			return next, err
		}
	}
	if !o.free(wire, next.local) {
		return next, errInTheWay // of an entry before it
	}
	return next, nil
}

// free reports whether the name local, which nothing has, is not yet that of an entry before wire.
func (o *outlook) free(wire, local string) bool {
	id := uint64(0)
	if !o.d.in.folds.Load() && !o.d.in.names.drives {
		id = o.d.layout.hash(local) // names that differ are two
	}
	return o.d.owns(wire, local, id)
}

// file looks at a file or link, called part in the folder in.
func (o *outlook) file(in spot, e Entry, part string) {
	name := o.d.in.names.local(part)
	path := ""
	for n := range maxNumber + 1 {
		local := o.d.in.names.numbered(name, n)
		path = join(in.local, local)
		info, err := in.lstat(local)
		if errors.Is(err, fs.ErrNotExist) && o.free(e.Path, path) {
			if local != part || e.Original != "" {
				o.tell(Rename{Path: e.Path, Local: path, Original: e.Original}, n)
			}
			return
		}
		if err == nil && n <= maxSiblings && o.is(in.at, local, info, e) {
			if !e.Link {
				o.told.There++
				o.told.Bytes += e.Size
			}
			return
		}
	}
	o.tell(Rename{Path: e.Path, Local: path, Original: e.Original}, maxNumber)
}

// lstat looks at what is called local in the folder.
func (s spot) lstat(local string) (fs.FileInfo, error) {
	if s.at == nil {
		return nil, fs.ErrNotExist
	}
	return s.at.root.Lstat(local)
}

// is reports whether what is called local in f seems to be e.
func (o *outlook) is(f *folder, local string, info fs.FileInfo, e Entry) bool {
	if !e.Link {
		return mayBe(info, e) && sameTimeAs(info, e)
	}
	target, err := o.d.in.names.target(e.Target)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		return false
	}
	there, err := f.root.Readlink(local)
	return err == nil && filepath.ToSlash(there) == target
}

// tell counts an entry that would get the nth choice of a name.
func (o *outlook) tell(r Rename, n int) {
	if n > 0 {
		o.told.Clashes++
	} else {
		o.told.Renamed++
	}
	if len(o.told.Examples) < maxExamples {
		o.told.Examples = append(o.told.Examples, r)
	}
}
