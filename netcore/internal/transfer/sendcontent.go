package transfer

import (
	"context"
	"errors"
	"io"

	"github.com/zeebo/blake3"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// maxHole is the longest hole that is sent as one, in bytes: the receiver reads on
// between two, and so hears of an end that comes meanwhile.
const maxHole = 64 << 20

// errRefused ends the content of a file that the receiver has given up.
var errRefused = errors.New("given up by the receiver")

// sendContent sends the bytes of f, which is entry i, from at to size.
func (s *sender) sendContent(ctx context.Context, f sourceFile, h *blake3.Hasher, i, at, size int64) error {
	holes := holesOf(f, size)
	for at < size {
		hole, end := holes.extent(at)
		for at < end {
			if err := ctx.Err(); err != nil {
				return err
			}
			if s.refused.Load() == i {
				return errRefused
			}
			n, err := int64(0), error(nil)
			if hole {
				n, err = s.sendHole(ctx, h, end-at)
			} else {
				n, err = s.sendData(ctx, f, h, at, end-at)
			}
			if err != nil {
				return err
			}
			at += n
			s.meter.moved(n)
		}
	}
	return nil
}

// sendData sends some of the left bytes of f behind at. It returns how many.
func (s *sender) sendData(ctx context.Context, f io.ReaderAt, h *blake3.Hasher, at, left int64) (int64, error) {
	chunk := s.buf[:paced(s.out.Pace, min(left, int64(len(s.buf))))]
	if err := wait(ctx, s.out.Pace, len(chunk)); err != nil {
		return 0, err
	}
	if n, err := f.ReadAt(chunk, at); n < len(chunk) {
		if err == io.EOF {
			return 0, fault.Changed
		}
		return 0, unreadable(err)
	}
	h.Write(chunk) // a hash never fails
	return int64(len(chunk)), s.c.Send(wire.TypeData, chunk)
}

// sendHole sends that some of the left bytes that follow are zero. It returns how
// many.
func (s *sender) sendHole(ctx context.Context, h *blake3.Hasher, left int64) (int64, error) {
	n := min(left, maxHole)
	s.scrap = wire.AppendHole(s.scrap[:0], n)
	if err := s.c.Send(wire.TypeHole, s.scrap); err != nil {
		return 0, err
	}
	return n, hashZeros(ctx, h, n)
}

var zeros [256 << 10]byte

// hashZeros takes n bytes of value 0 into h.
func hashZeros(ctx context.Context, h *blake3.Hasher, n int64) error {
	for n > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		chunk := zeros[:min(n, int64(len(zeros)))]
		h.Write(chunk) // a hash never fails
		n -= int64(len(chunk))
	}
	return nil
}
