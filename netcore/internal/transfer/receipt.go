package transfer

import (
	"context"
	"errors"
	"fmt"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// finish makes everything durable and confirms it.
func (r *receiver) finish(ctx context.Context) error {
	body, err := r.c.Bytes()
	if err != nil {
		return err
	}
	var done wire.Done
	if err := wire.Decode(body, &done); err != nil {
		return err
	}
	r.receipt.Root = r.root.Sum(nil)
	if err := r.checkDone(done); err != nil {
		return err
	}
	if err := r.delivery.Commit(); err != nil {
		return err
	}
	if err := r.delivery.InPlace(); err != nil {
		return err
	}
	if err := r.uncommitted(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx) // the last moment for it: nothing is confirmed yet
	}
	r.receipt.Failed = r.failed.total()
	r.meter.settle(r.receipt.Files, r.receipt.Bytes)
	if r.committed != nil {
		r.committed(r.receipt)
	}
	err = r.c.SendControl(wire.TypeReceipt, r.receipt)
	if err == nil {
		err = r.c.Flush()
	}
	if err != nil {
		// All is there. A sender that does not hear of it will ask again.
		r.c.Log.Info("receipt not sent", "err", err)
	}
	return nil
}

// checkDone makes sure that something was said of each entry.
func (r *receiver) checkDone(done wire.Done) error {
	if r.open != nil || string(done.Root) != string(r.receipt.Root) || done.Files != r.sent {
		return fmt.Errorf("%w: done does not match what was sent", fault.Protocol)
	}
	for r.cur.index < r.m.Entries() {
		i := r.cur.index
		e, err := r.cur.next()
		if err == nil {
			err = r.passedOver(i, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// uncommitted takes what did not get its final name out of the receipt, and
// tells the sender of it.
func (r *receiver) uncommitted() error {
	results := r.delivery.Results()
	if results.FailureCount == 0 {
		return nil
	}
	why := make(map[string]error, len(results.Failures))
	for _, f := range results.Failures {
		if errors.Is(f.Err, fault.NoSpace) {
			return f.Err // it is to come when there is room, with all that is left
		}
		why[f.Path] = f.Err
	}
	r.receipt.Files -= int64(results.FailureCount)
	r.receipt.Bytes -= results.FailureBytes
	r.failed.more(int64(results.FailureCount - len(results.Failures)))
	cur := r.m.cursor()
	for i := range r.m.Entries() {
		e, err := cur.next()
		if err != nil {
			return err
		}
		cause, ok := why[e.Path]
		if !ok || e.Folder || e.Link {
			continue
		}
		r.failed.add(Failure{index: i, Path: e.Path, Err: cause})
		if err := r.sendFault(i, cause); err != nil {
			return err
		}
	}
	return nil
}
