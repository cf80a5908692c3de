package transfer

import (
	"context"
	"errors"
	"io"
	"os"

	"ferry/netcore/internal/wire"
)

// Revise returns a source of the same entries in the same order, with the
// sizes and times that they have now: their [Manifest.Names] are the same. changed is
// how many files have another size or time. If nothing at all is different, revised is s;
// otherwise it is a source of its own, and both must be closed. What is gone, or
// is no longer of its kind, keeps what it had: sending it will say so. dir is
// for the manifest's temporary file.
func (s *Source) Revise(ctx context.Context, dir string) (revised *Source, changed int64, err error) {
	now := newSource(dir)
	now.Paths, now.places, now.openAt = s.Paths, s.places, s.openAt
	now.failed.from(&s.failed)
	if changed, err = s.reviseInto(ctx, now.Manifest); err == nil {
		err = now.Manifest.Seal()
	}
	if err != nil {
		return nil, 0, errors.Join(err, now.Close())
	}
	if now.Manifest.Digest() == s.Manifest.Digest() {
		s.Manifest.Holes = now.Manifest.Holes // the file of a source does not have it
		return s, 0, now.Close()
	}
	return now, changed, nil
}

func (s *Source) reviseInto(ctx context.Context, m *Manifest) (changed int64, err error) {
	c := s.Manifest.cursor()
	for {
		e, err := c.next()
		if err == io.EOF {
			return changed, nil
		}
		if err == nil && ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return changed, err
		}
		now, holes := s.asItIs(e)
		m.Holes += holes
		if now.Size != e.Size || !now.Folder && !now.Link && !now.ModTime.Equal(e.ModTime) {
			changed++
		}
		if err := m.Add(now); err != nil {
			return changed, err
		}
	}
}

// asItIs returns e with the size and time that it has now, and what holesIn says of it.
func (s *Source) asItIs(e wire.Entry) (now wire.Entry, holes int64) {
	local := s.local(e)
	info, err := os.Lstat(local)
	if err != nil {
		return e, 0
	}
	mode := info.Mode()
	same := mode.IsRegular()
	switch {
	case e.Folder:
		same = mode.IsDir()
	case e.Link:
		same = mode&os.ModeSymlink != 0
	}
	if !same {
		return e, 0
	}
	refresh(&e, info)
	return e, holesIn(local, info)
}
