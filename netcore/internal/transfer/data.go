package transfer

import (
	"context"
	"fmt"
	"io"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// data takes in a Data frame.
func (r *receiver) data(ctx context.Context) error {
	o := r.open
	for {
		n, err := io.ReadFull(r.c, r.buf[:paced(r.pace, min(int64(len(r.buf)), o.left+1))])
		chunk := r.buf[:n]
		if err := wait(ctx, r.pace, n); err != nil {
			return err
		}
		if int64(n) > o.left {
			return fmt.Errorf("%w: entry %d is longer than its size", fault.Protocol, o.index)
		}
		o.left -= int64(n)
		if o.partial != nil {
			o.hash.Write(chunk)
			if _, werr := o.partial.Write(chunk); werr != nil {
				if gerr := r.giveUp(werr); gerr != nil {
					return gerr
				}
			}
			r.meter.moved(int64(n))
		}
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF: // the end of the frame
			return nil
		default:
			return err
		}
	}
}

// hole takes in a Hole frame.
func (r *receiver) hole(ctx context.Context) error {
	body, err := r.c.Bytes()
	if err != nil {
		return err
	}
	n, err := wire.ReadHole(body)
	if err != nil {
		return err
	}
	o := r.open
	if n > o.left {
		return fmt.Errorf("%w: entry %d is longer than its size", fault.Protocol, o.index)
	}
	o.left -= n
	if o.partial == nil {
		return nil
	}
	if err := hashZeros(ctx, o.hash, n); err != nil {
		return err
	}
	if err := o.partial.Hole(n); err != nil {
		return r.giveUp(err)
	}
	r.meter.moved(n)
	return nil
}
