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
	for {
		n, err := io.ReadFull(r.c, r.buf[:paced(r.pace, min(receiveBuffer, r.open.left+1))])
		if werr := r.chunk(ctx, r.buf[:n]); werr != nil {
			return werr
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

// chunk takes in some bytes of the open file.
func (r *receiver) chunk(ctx context.Context, chunk []byte) error {
	o, n := r.open, int64(len(chunk))
	if err := wait(ctx, r.pace, len(chunk)); err != nil {
		return err
	}
	if n > o.left {
		return fmt.Errorf("%w: entry %d is longer than its size", fault.Protocol, o.index)
	}
	o.left -= n
	if o.partial == nil || n == 0 {
		return nil
	}
	o.hash.Write(chunk) // a hash never fails
	if _, err := o.partial.Write(chunk); err != nil {
		return r.giveUp(err)
	}
	r.meter.moved(n)
	return nil
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
