package inbox

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// A batch of finished files is committed when it has this many files or bytes:
// bringing many to the disk at once is cheaper than one by one.
const (
	batchFiles = 1024
	batchBytes = 256 << 20
)

// few is up to how many files or folders are synced one by one even if the
// whole filesystem could be synced in one call, which may have a lot of other
// programs' data to write.
const few = 4

// maxTouched is how many folders may wait to be synced.
const maxTouched = 1024

// queue puts a finished file into the batch. The file stays open, and with that
// locked, until the batch is committed.
func (d *Delivery) queue(p *Partial) {
	d.pending = append(d.pending, p)
	d.bytes += p.entry.Size
	open := d.in.finished.Add(1)
	if len(d.pending) >= batchFiles || d.bytes >= batchBytes || open >= d.in.maxOpen {
		d.flush()
	}
}

// Commit brings to the disk what was finished, and gives it its final names.
// After it returned without an error all of that is there to stay, but for the
// files in [Results.Failures]. An error means that the disk failed.
func (d *Delivery) Commit() error {
	d.flush()
	d.syncFolders()
	err := d.failed
	d.failed = nil
	return err
}

// Err returns the error that the next Commit will return, as far as it is
// known already: the disk has failed, and there is no use in going on.
func (d *Delivery) Err() error { return d.failed }

// flush commits the batch, but for syncing the folders.
func (d *Delivery) flush() {
	batch := d.pending
	if len(batch) == 0 {
		return
	}
	d.pending, d.bytes = nil, 0
	defer d.in.finished.Add(-int32(len(batch)))
	files := make([]*os.File, len(batch))
	for i, p := range batch {
		p.stamp()
		files[i] = p.file
	}
	if err := d.in.syncFiles(files); err != nil {
		d.reject(batch, err)
		return
	}
	d.forget()
	for _, p := range batch {
		d.commit(p)
	}
}

// stamp gives the file the time and the permissions of its entry, as far as the
// filesystem can.
func (p *Partial) stamp() {
	// Not done when it is created: what a partial's time tells is when it was
	// touched.
	if t := p.entry.ModTime; !t.IsZero() && representable(t) {
		_ = setModTime(p.stage, p.name, p.file, t)
	}
	// The permissions are right, unless the sender has changed them since the
	// first attempt.
	if (p.mode&0o100 != 0) != p.entry.Exec {
		mode := p.mode.Perm() &^ 0o111
		if p.entry.Exec {
			mode |= mode & 0o444 >> 2 // for those who may read it
		}
		_ = p.file.Chmod(mode)
	}
}

// representable reports whether t can be said in nanoseconds since 1970, which
// is how systems are told.
func representable(t time.Time) bool { return 1677 < t.Year() && t.Year() < 2262 }

// reject fails a batch that could not be synced. What the system could not
// bring to the disk is not worth keeping: it may read well from memory today.
func (d *Delivery) reject(batch []*Partial, err error) {
	err = unwritten(err)
	d.failed = errors.Join(d.failed, err)
	for _, p := range batch {
		d.results.fail(p.entry, errors.Join(err, p.remove()))
	}
}

// commit gives one file of a synced batch its final name, and closes it.
func (d *Delivery) commit(p *Partial) {
	err := d.place(p)
	if errors.Is(err, fs.ErrNotExist) {
		// Somebody removed the folder just now. Make it again.
		d.forget()
		err = d.place(p)
	}
	if err != nil {
		d.results.fail(p.entry, errors.Join(unwritten(err), p.leave()))
		return
	}
	d.in.release(p.name)
	// The data is synced, so that there is nothing left that close could tell.
	_ = p.file.Close()
}

// place moves a partial to the first of its final names that is free.
func (d *Delivery) place(p *Partial) error {
	parent, part := split(p.entry.Path)
	f, err := d.enter(parent, true)
	if err != nil {
		return err
	}
	name := d.in.names.local(part)
	for n := range maxNumber + 1 {
		local := d.in.names.numbered(name, n)
		err := d.in.moveTo(f, local, p)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		d.touch(f)
		d.arrived(p.entry, f, part, local)
		return nil
	}
	return badName("that name and %d like it are taken", maxNumber)
}

// arrived tells that e is there under the name local in f.
func (d *Delivery) arrived(e Entry, f *folder, part, local string) {
	path := join(f.local, local)
	d.results.landed(e.Path, path)
	if local != part {
		d.renamed(e.Path, path)
	}
}

// touch remembers that f has something new in it.
func (d *Delivery) touch(f *folder) {
	d.touched[f.local] = struct{}{}
	if len(d.touched) >= maxTouched {
		d.syncFolders()
	}
}

// syncFolders makes the new names in the touched folders permanent.
func (d *Delivery) syncFolders() {
	if len(d.touched) == 0 {
		return
	}
	if err := d.in.syncFolders(d.touched); err != nil {
		d.failed = errors.Join(d.failed, unwritten(err))
	}
	clear(d.touched)
}

func (in *Inbox) syncFolders(locals map[string]struct{}) error {
	if in.disk.syncfs && len(locals) > few {
		return syncFilesystem(in.base.dir)
	}
	for local := range locals {
		if err := in.syncFolder(local); err != nil {
			return err
		}
	}
	return nil
}

func (in *Inbox) syncFolder(local string) error {
	if local == "" {
		return syncDir(in.base.dir)
	}
	dir, err := in.base.root.Open((&folder{}).path(local))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // its owner did not want it
	}
	if err != nil {
		return err
	}
	return errors.Join(syncDir(dir), dir.Close())
}

func (in *Inbox) syncFiles(files []*os.File) error {
	if in.disk.syncfs && len(files) > few {
		return syncFilesystem(in.base.dir)
	}
	return syncEach(files)
}
