package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/zeebo/blake3"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// compare reads what the receiver has already, and checks each claim against
// the source: only bytes that are the same on both sides are not sent. That takes as
// long as the disk does; the receiver is listened to meanwhile, as far as to the first frame
// that it says when all is compared.
func (s *sender) compare(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	told := newHaves()
	go func() {
		var first frame
		first.err = s.hear(func() (err error) {
			if err = s.readHaves(told); err == nil {
				first.t, _, err = s.c.Next()
			}
			return err
		})
		if first.err != nil {
			cancel(first.err)
		}
		s.first <- first
	}()
	err := s.compareAll(ctx, told)
	if err == nil {
		err = s.compared()
	}
	if err == nil {
		return nil
	}
	told.end()
	s.stopHearing(err)
	if first := <-s.first; first.err != nil && errors.Is(err, context.Canceled) {
		return first.err
	}
	return err
}

// compareAll checks all claims that are told. It ends with context.Canceled if not all are, or when ctx ends while a
// source is read: what the receiver has said before its end is judged all the same.
func (s *sender) compareAll(ctx context.Context, told *haves) error {
	cur := s.m.cursor()
	for decided := int64(0); decided < s.m.Entries(); {
		body, ok := told.take()
		if !ok {
			return context.Canceled
		}
		var err error
		decided, err = wire.ReadHave(body, func(it wire.HaveItem) error {
			e, err := cur.at(it.Index, nil)
			if err != nil {
				return err
			}
			return s.have(ctx, e, it)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// compared tells what of the list is not wanted.
func (s *sender) compared() (err error) {
	if s.out.Compared == nil {
		return nil
	}
	told := Unwanted{Totals: s.spared}
	if told.Totals != (Totals{}) {
		told.Paths, err = s.unwantedPaths()
	}
	s.out.Compared(told)
	return err
}

func (s *sender) have(ctx context.Context, e wire.Entry, it wire.HaveItem) error {
	file := !e.Folder && !e.Link
	switch {
	case it.Kind == wire.HaveRefused:
		s.skip.set(it.Index)
		s.failed.add(Failure{index: it.Index, Err: it.Code.Kind(), Remote: true})
		return nil
	case it.Kind == wire.HaveUnwanted:
		s.skip.set(it.Index)
		s.unwanted.set(it.Index)
		s.meter.Ledger.set(it.Index, LeftOut)
		s.spared.add(e)
		return nil
	case !file || it.Length <= 0 || it.Length > e.Size:
		return fmt.Errorf("%w: have %d bytes of entry %d", fault.Protocol, it.Length, it.Index)
	}
	h := blake3.New()
	same, err := s.sameStart(ctx, e, it, h)
	if err != nil || !same {
		// A source that cannot be read will say so when its turn comes.
		return ctx.Err()
	}
	s.meter.foundAhead(it.Length, it.Length == e.Size)
	if it.Length == e.Size {
		s.whole.set(it.Index)
		return nil
	}
	s.offsets[it.Index] = it.Length
	if len(s.hashers) < keptHashers {
		s.hashers[it.Index] = h
	}
	return nil
}

// sameStart reports whether the source begins with what the receiver has, and
// leaves the hash of that beginning in h.
func (s *sender) sameStart(ctx context.Context, e wire.Entry, it wire.HaveItem, h *blake3.Hasher) (bool, error) {
	f, err := s.src.open(&s.near, e)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if err := s.hashStart(ctx, f, h, it.Length); err != nil {
		return false, err
	}
	return [wire.HashSize]byte(h.Sum(nil)) == it.Hash, nil
}

// hashStart takes the first n bytes of f into h.
func (s *sender) hashStart(ctx context.Context, f io.ReaderAt, h *blake3.Hasher, n int64) error {
	if n == 0 {
		return nil
	}
	start := contextReader{ctx, io.NewSectionReader(f, 0, n)}
	copied, err := io.CopyBuffer(onlyWriter{h}, start, s.buf)
	if err == nil && copied < n {
		err = fault.Changed
	}
	return err
}

// onlyWriter hides other methods, so that io.CopyBuffer uses the buffer.
type onlyWriter struct{ io.Writer }
