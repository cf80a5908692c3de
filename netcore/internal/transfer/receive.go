package transfer

import (
	"context"
	"errors"
	"fmt"

	"github.com/zeebo/blake3"
	"golang.org/x/time/rate"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/inbox"
	"ferry/netcore/internal/wire"
)

type receiver struct {
	in        *Incoming
	c         *conn.Conn
	m         *Manifest
	delivery  *inbox.Delivery
	meter     *Meter
	pace      *rate.Limiter
	committed func(wire.Receipt)
	root      *blake3.Hasher
	file      *blake3.Hasher // for one file after the other
	receipt   wire.Receipt
	failed    failures
	sent      int64 // files that the sender has gone through with
	buf       []byte
	scrap     []byte

	// What Have said: entries that are not to come, as they cannot be taken or are not
	// wanted, those that are here under
	// their final name, and how much there is of the partials of others.
	refused  bitmap
	final    bitmap
	partials map[int64]int64
	claims   claims
	claimed  int64                    // bytes of both
	hashers  map[int64]*blake3.Hasher // of some of the partials

	cur  *cursor   // past the entries that are settled
	open *openFile // between File and Sum
}

// Arrival is where Receive puts what comes, and how.
type Arrival struct {
	Delivery *inbox.Delivery
	Meter    *Meter
	// Free tells how many bytes there is room for; negative if that is unknown.
	Free func() int64
	// Pace limits how many bytes of content are read a second; nil: no limit.
	// Several transfers may share it.
	Pace *rate.Limiter
	// Committed is called when all is under its final name and on disk, before the
	// sender is told: what must not be forgotten then can be written down. May be nil.
	Committed func(wire.Receipt)
}

// Receive accepts the offer and takes it in. ctx must descend from Wait's. It closes the
// connection. The error tells why the transfer as a whole did not end well;
// entries that failed alone are in the result. Once Committed has been called
// there is none, whatever becomes of ctx.
func (in *Incoming) Receive(ctx context.Context, to Arrival) (Result, error) {
	r := &receiver{
		in: in, c: in.c, m: in.Manifest, delivery: to.Delivery, meter: to.Meter, pace: to.Pace, committed: to.Committed,
		root:     blake3.New(),
		file:     blake3.New(),
		buf:      make([]byte, receiveBuffer),
		cur:      in.Manifest.cursor(),
		partials: make(map[int64]int64),
		hashers:  make(map[int64]*blake3.Hasher),
	}
	defer in.cancel(nil)
	in.c.SetPace(nil) // a person wants it
	r.meter.reset()
	r.failed.ledger = &r.meter.Ledger
	r.meter.Ledger.attach(r.m, nil)
	err := r.run(ctx, to.Free)
	if r.open != nil {
		err = errors.Join(err, r.keep())
	}
	result := Result{Receipt: r.receipt, Delivered: r.delivery.Results(), FailedCount: r.failed.total()}
	var nerr error
	if result.Failures, nerr = r.failed.named(r.m, nil); nerr != nil {
		r.c.Log.Warn("names of failed entries", "err", nerr)
	}
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		r.c.Fail(err)
		return result, err
	}
	r.c.Finish(conn.LingerTimeout)
	return result, nil
}

func (r *receiver) run(ctx context.Context, free func() int64) error {
	stop := context.AfterFunc(ctx, r.c.Interrupt)
	defer stop()
	err := r.agree(ctx)
	// A sender that is wrong about holes will be told when the disk is full.
	left := r.in.Choice.Wanted.Bytes - r.claimed - r.m.Holes
	if room := free(); err == nil && room >= 0 && room < left {
		err = fmt.Errorf("%w: %d bytes are still to come, there is room for %d", fault.NoSpace, left, room)
	}
	if err != nil {
		r.in.stop()
		return err
	}
	first := <-r.in.first
	t, err := first.t, first.err
	for err == nil && t != wire.TypeDone {
		if err = r.frame(ctx, t); err == nil {
			t, _, err = r.c.Next()
		}
	}
	if err != nil {
		return err
	}
	return r.finish(ctx)
}
