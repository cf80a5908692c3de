package transfer

import (
	"context"
	"errors"
	"io"

	"github.com/zeebo/blake3"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// sendAll sends what is wanted of all files, and that this was all.
func (s *sender) sendAll(ctx context.Context) error {
	cur := s.m.cursor()
	for i := range s.m.Entries() {
		e, err := cur.next()
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		switch {
		case e.Folder || e.Link || s.skip.has(i):
			continue
		case s.whole.has(i):
			err = s.sendWhole(i, e)
		default:
			err = s.sendFile(ctx, i, e)
		}
		if err != nil {
			return err
		}
	}
	s.done.Root = s.root.Sum(nil)
	if err := s.c.SendControl(wire.TypeDone, s.done); err != nil {
		return err
	}
	return s.c.Flush()
}

// sendWhole says that the receiver's copy, which compare has checked, is right.
func (s *sender) sendWhole(i int64, e wire.Entry) error {
	s.meter.begin(i, e.Size, true)
	s.sent(i, e)
	return s.sendFileFrame(i, e.Size)
}

func (s *sender) sendFileFrame(i, offset int64) error {
	s.scrap = wire.AppendFile(s.scrap[:0], i, offset)
	return s.c.Send(wire.TypeFile, s.scrap)
}

func (s *sender) sent(i int64, e wire.Entry) {
	s.through.set(i)
	s.done.Files++
	s.done.Bytes += e.Size
	s.meter.whole()
}

// sendFile sends one file. What is wrong with the file alone becomes a Fault;
// an error is one of the connection.
func (s *sender) sendFile(ctx context.Context, i int64, e wire.Entry) error {
	offset := s.offsets[i]
	s.meter.begin(i, offset, false)
	f, err := s.src.open(&s.near, e)
	if err != nil {
		return s.giveUp(i, err)
	}
	defer f.Close()
	h, err := s.hashBefore(ctx, f, i, offset)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return s.giveUp(i, unreadable(err))
	}
	if err := s.sendFileFrame(i, offset); err != nil {
		return err
	}
	err = s.sendContent(ctx, f, h, i, offset, e.Size)
	if err == nil {
		err = unchanged(f, e)
	}
	if err == nil {
		return s.sendSum(i, e, h)
	}
	switch {
	case errors.Is(err, errRefused):
		s.meter.drop()
		return s.sendFault(i, fault.CodeOf(fault.Unwritten)) // the receiver has counted it
	case errors.Is(err, fault.Changed), errors.Is(err, fault.Unread):
		return s.giveUp(i, err)
	}
	return err // of the connection
}

// hashBefore returns the hash of what the receiver has of entry i already.
func (s *sender) hashBefore(ctx context.Context, f io.ReaderAt, i, offset int64) (*blake3.Hasher, error) {
	if h := s.hashers[i]; h != nil {
		delete(s.hashers, i)
		return h, nil
	}
	s.file.Reset()
	return s.file, s.hashStart(ctx, f, s.file, offset)
}

func (s *sender) sendSum(i int64, e wire.Entry, h *blake3.Hasher) error {
	sum := h.Sum(s.scrap[:0])
	addRoot(s.root, i, sum)
	s.sent(i, e)
	return s.c.Send(wire.TypeSum, sum)
}

func (s *sender) giveUp(i int64, err error) error {
	s.meter.drop()
	s.done.Failed++
	s.failed.add(Failure{index: i, Err: err})
	return s.sendFault(i, fault.CodeOf(err))
}

func (s *sender) sendFault(i int64, code fault.Code) error {
	s.scrap = wire.AppendFault(s.scrap[:0], i, code)
	return s.c.Send(wire.TypeFault, s.scrap)
}
