package inbox

import (
	"errors"
	"io/fs"
)

const (
	// namelessSize is up to how many bytes a file is written without a name. What has none
	// is gone if the program is killed, and has to come again.
	namelessSize = 8 << 10
	// maxNameless is how much of such files may wait to be committed, and be
	// committed at a time.
	maxNameless = 3 << 20
)

// A naming gives files names that have none: a tiny file is written to the disk whole, and
// gets its final name from nothing. It was never a partial, which saves a third of what a
// file costs: its name in the staging folder, its lock, and taking both away.
type naming int32

const (
	namingUnknown naming = iota
	namingNone           // this system, or the filesystem, does not have that
	namingByFile         // of an open file
	namingByProc         // by way of /proc
)

// naming returns how files get names, and finds that out with one that is of no other use: a
// way that works gets as far as to see that the name is taken.
func (in *Inbox) naming() naming {
	if n := naming(in.named.Load()); n != namingUnknown {
		return n
	}
	n := in.tryNaming()
	in.named.Store(int32(n))
	return n
}

func (in *Inbox) tryNaming() naming {
	if _, err := in.staging(); err != nil || !in.disk.syncfs {
		return namingNone // on other filesystems nobody knows what becomes of it
	}
	f, err := createNameless(in.base.dir, 0o600)
	if err != nil {
		return namingNone
	}
	defer f.Close() // nothing was written to it
	for _, n := range []naming{namingByFile, namingByProc} {
		if errors.Is(n.link(f, in.base.dir, StagingName), fs.ErrExist) {
			return n
		}
	}
	return namingNone
}

// writeNameless brings the partial p, which is in memory, into a file without a name.
func (d *Delivery) writeNameless(p *Partial) error {
	var err error
	if p.file, err = createNameless(d.in.base.dir, p.entry.perm()); err != nil {
		return err
	}
	p.mode = p.entry.perm()
	n, err := p.file.Write(p.small)
	p.length, p.hinted = int64(n), int64(n)
	return err
}

// moveNameless gives the nameless partial p the name in the folder f, as a move does.
func (in *Inbox) moveNameless(f *folder, name string, p *Partial) error {
	err := in.naming().link(p.file, f.dir, name)
	if err != nil && !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) && !isNoSpace(err) {
		in.named.Store(int32(namingNone)) // it does not work here after all
	}
	return err
}

// admit makes a partial of a nameless file, for a later attempt. If its name is taken, by
// another transfer of the same file, that does as well.
func (p *Partial) admit() error {
	d := p.delivery
	name := partialKey(d.sender, p.entry)
	if !d.in.hold(name) {
		return nil
	}
	defer d.in.release(name)
	s, err := d.in.staging()
	if err == nil {
		err = d.begin(name)
	}
	if err == nil {
		err = d.in.naming().link(p.file, s.dir, name)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err == nil {
		d.in.left.Add(1)
	}
	return err
}
