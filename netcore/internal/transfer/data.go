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
		buf := r.buf
		late := o.partial != nil && o.entry.Size > receiveBuffer // a small file is not worth it
		if late {
			buf = r.behind.buffer()
		}
		n, err := io.ReadFull(r.c, buf[:paced(r.pace, min(receiveBuffer, o.left+1))])
		if werr := r.chunk(ctx, buf[:n], late); werr != nil {
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

// chunk takes in some bytes of the open file, which are in a buffer of behind if late.
func (r *receiver) chunk(ctx context.Context, chunk []byte, late bool) error {
	o, n := r.open, int64(len(chunk))
	err := wait(ctx, r.pace, len(chunk))
	if err == nil && n > o.left {
		err = fmt.Errorf("%w: entry %d is longer than its size", fault.Protocol, o.index)
	}
	if err != nil || n == 0 {
		if late {
			r.behind.discard(chunk)
		}
		return err
	}
	o.left -= n
	if o.partial == nil {
		return nil
	}
	o.hash.Write(chunk) // a hash never fails
	if late {
		err = r.behind.write(o.partial, chunk)
	} else {
		_, err = o.partial.Write(chunk)
	}
	if err != nil {
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
	if err := r.behind.drain(); err != nil {
		return r.giveUp(err)
	}
	if err := o.partial.Hole(n); err != nil {
		return r.giveUp(err)
	}
	r.meter.moved(n)
	return nil
}
