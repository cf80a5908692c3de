package inbox

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// A move gives the partial p the name in the folder f, without replacing what
// is there: the error is then fs.ErrExist. It is errors.ErrUnsupported where the
// filesystem cannot do it that way.
type move func(in *Inbox, f *folder, name string, p *Partial) error

// moveTo does the first of in.moves that the filesystem supports.
func (in *Inbox) moveTo(f *folder, name string, p *Partial) error {
	if p.nameless {
		return in.moveNameless(f, name, p)
	}
	first := int(in.move.Load())
	var err error
	for i, move := range in.moves[first:] {
		err = move(in, f, name, p)
		if errors.Is(err, errors.ErrUnsupported) {
			continue
		}
		if err == nil && i > 0 {
			in.move.Store(int32(first + i))
		}
		return err
	}
	return err
}

// moveByLink is for systems that cannot rename without replacing.
func moveByLink(in *Inbox, f *folder, name string, p *Partial) error {
	from := filepath.Join(StagingName, p.name)
	if err := in.base.root.Link(from, f.path(name)); err != nil {
		if cannotLink(err) {
			err = errors.Join(errors.ErrUnsupported, err)
		}
		return err
	}
	// The file is in its place. If the other name stays, it is swept one day;
	// having two, it is never written to.
	_ = in.base.root.Remove(from)
	return nil
}

// moveByPlaceholder is for filesystems that have no links either: an empty file
// of our own takes the name, and is replaced. It is the only case in which a
// final name is there before its content, for a moment.
func moveByPlaceholder(in *Inbox, f *folder, name string, p *Partial) error {
	holder, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	info, err := holder.Stat()
	if err = errors.Join(err, holder.Close()); err != nil {
		return errors.Join(err, f.root.Remove(name))
	}
	there, err := f.root.Lstat(name)
	if err != nil || there.Size() != 0 || !os.SameFile(info, there) {
		return &fs.PathError{Op: "rename", Path: name, Err: fs.ErrExist} // somebody has taken it over
	}
	if err := in.base.root.Rename(filepath.Join(StagingName, p.name), f.path(name)); err != nil {
		return errors.Join(err, f.root.Remove(name))
	}
	return nil
}
