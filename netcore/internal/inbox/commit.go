package inbox

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// A batch of finished files is committed when it has this many files or bytes:
// bringing many to the disk at once is cheaper than one by one. While one batch is
// being committed, the next may grow to maxBatch times as much.
const (
	batchFiles = 1024
	batchBytes = 256 << 20
	maxBatch   = 4
)

// few is up to how many files or folders are synced one by one even if the
// whole filesystem could be synced in one call, which may have a lot of other
// programs' data to write.
const few = 4

// Commit brings to the disk what was finished, gives it its final names, and gives
// the folders that the transfer has made their times. It is meant to be called
// once, at the end. After it returned without an error all of that is there to stay,
// but for the files in [Results.Failures]. An error means that the disk failed.
func (d *Delivery) Commit() error {
	d.drain()
	d.front.forget() // what is there now, it did not know
	d.folderTimes()
	d.syncAllTouched()
	d.pipe.mu.Lock()
	defer d.pipe.mu.Unlock()
	err := d.pipe.failed
	d.pipe.failed = nil
	return err
}

// Err returns the error that the next Commit will return, as far as it is
// known already: the disk has failed, and there is no use in going on.
func (d *Delivery) Err() error {
	d.pipe.mu.Lock()
	defer d.pipe.mu.Unlock()
	return d.pipe.failed
}

// commitBatch gives the files of a batch their final names, but does not sync
// the folders. One goroutine at a time may be in it.
func (d *Delivery) commitBatch(batch []*Partial) {
	if len(batch) == 0 {
		return
	}
	defer d.in.finished.Add(-int32(len(batch)))
	files := make([]*os.File, len(batch))
	for i, p := range batch {
		files[i] = p.file
	}
	if err := d.in.syncFiles(files); err != nil {
		d.reject(batch, err, (*Partial).remove)
		return
	}
	d.back.forget()
	if err := d.announce(batch); err != nil {
		d.reject(batch, err, (*Partial).leave)
		return
	}
	for _, p := range batch {
		d.commit(p)
	}
	if err := d.journal.write(); err != nil {
		d.fail(unwritten(err))
	}
	d.back.forget()
}

// stamp marks the file, gives it the time and the permissions of its entry, as far as the
// filesystem can, and notes what tells it from all others then.
func (p *Partial) stamp() {
	p.mark()
	// Not done when it is created: what a partial's time tells is when it was
	// touched.
	if sane(p.entry.ModTime) {
		_ = p.setTime()
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
	if info, err := p.file.Stat(); err == nil {
		p.id, p.mtime = p.delivery.in.fileID(p.file, info), info.ModTime()
	}
}

func (p *Partial) setTime() error {
	if p.nameless {
		return setFileTime(p.file, p.entry.ModTime)
	}
	return setModTime(p.stage, p.name, p.file, p.entry.ModTime)
}

// sane reports whether a file or folder shall get the time t: not if the
// sender has none, or one that programs are not made for.
func sane(t time.Time) bool {
	return !t.IsZero() && 1 <= t.Year() && t.Year() <= 9999
}

// announce tells the journal the names that the files of a batch are likely to get.
func (d *Delivery) announce(batch []*Partial) error {
	for _, p := range batch {
		parent, part := split(p.entry.Path)
		f, err := d.back.enter(parent, true)
		if err != nil {
			continue // commit will have the same to say
		}
		if err := d.journal.add(p.named(join(f.local, d.in.names.local(part)))); err != nil {
			return err
		}
	}
	return d.journal.write()
}

// named returns the record that says that p will be found at path.
func (p *Partial) named(path string) record {
	p.announced = path
	return record{kind: fileIntent, path: path, id: p.id, size: p.entry.Size, time: p.mtime}
}

// reject fails a batch. What the system could not bring to the disk is not worth
// keeping, says the caller through end: it may read well from memory today.
func (d *Delivery) reject(batch []*Partial, err error, end func(*Partial) error) {
	err = unwritten(err)
	d.fail(err)
	for _, p := range batch {
		d.results.fail(p.entry, errors.Join(err, end(p)))
	}
}

// commit gives one file of a synced batch its final name, and closes it.
func (d *Delivery) commit(p *Partial) {
	err := d.place(p)
	if errors.Is(err, fs.ErrNotExist) {
		// Somebody removed the folder just now. Make it again.
		d.back.forget()
		err = d.place(p)
	}
	if err != nil {
		d.results.fail(p.entry, errors.Join(unwritten(err), p.leave()))
	}
}

// place moves a partial to the first of its final names that is free, unless
// the same content is there under one of them, and closes it.
func (d *Delivery) place(p *Partial) error {
	parent, part := split(p.entry.Path)
	f, err := d.back.enter(parent, true)
	if err != nil {
		return err
	}
	name := d.in.names.local(part)
	for n := range maxNumber + 1 {
		local := d.in.names.numbered(name, n)
		err := d.placeAs(p, f, local)
		if errors.Is(err, fs.ErrExist) {
			if n > maxSiblings || !d.isThere(p, f, local) {
				continue
			}
			if err = d.use(f.root, local, join(f.local, local)); err == nil {
				err = p.remove()
			}
		}
		if err != nil {
			return err
		}
		d.arrived(p.entry, f, part, local)
		return nil
	}
	return badName("that name and %d like it are taken", maxNumber)
}

// placeAs gives p the name local in f, and closes it.
func (d *Delivery) placeAs(p *Partial, f *folder, local string) error {
	path := join(f.local, local)
	if p.announced != path {
		if err := d.journal.announce(p.named(path)); err != nil {
			return err
		}
	}
	if err := d.in.moveTo(f, local, p); err != nil {
		return err
	}
	d.touch(f)
	d.made(p.entry.Path, path, p.id)
	if !p.nameless {
		d.in.release(p.name)
	}
	// The data is synced, so that there is nothing left that close could tell.
	_ = p.file.Close()
	if p.id != 0 {
		return nil
	}
	// Nothing else tells p from what somebody has put there. If this is not
	// written, the file stays when the transfer is undone.
	made := p.named(path)
	made.kind = fileMade
	if err := d.journal.add(made); err != nil {
		d.fail(unwritten(err))
	}
	return nil
}

// arrived tells that e is there under the name local in f.
func (d *Delivery) arrived(e Entry, f *folder, part, local string) {
	path := join(f.local, local)
	d.results.landed(e.Path, path)
	if local != part || e.Original != "" {
		d.results.renamed(e.Path, path, e.Original)
	}
}

// folderTimes gives the folders that the transfer has made their times, now that
// nothing more is put into them.
func (d *Delivery) folderTimes() {
	w := walker{in: d.in}
	defer w.close()
	err := d.journal.eachFolder(func(r record) {
		f, name, info, err := w.find(r.path)
		if err == nil && sane(r.time) && w.is(r, f, name, info) && f.open() == nil {
			_ = setTimeAt(f.dir, name, r.time) // as far as the filesystem can
			if d.in.disk.syncfs {
				d.touchLocal(r.path) // elsewhere it would take a call for each
			}
		}
	})
	if err != nil {
		d.fail(unwritten(err))
	}
}
