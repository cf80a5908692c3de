package transfer

import (
	"context"
	"errors"
	"fmt"

	"github.com/zeebo/blake3"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/inbox"
	"ferry/netcore/internal/wire"
)

// openFile is the file that is coming in.
type openFile struct {
	index   int64
	entry   wire.Entry
	partial *inbox.Partial // nil once this side has given it up
	there   bool           // an empty file that is there already; no partial
	hash    *blake3.Hasher
	left    int64
}

// frame takes one frame of the content.
func (r *receiver) frame(ctx context.Context, t wire.Type) error {
	switch {
	case t == wire.TypeFile && r.open == nil:
		return r.begin(ctx)
	case t == wire.TypeData && r.open != nil:
		return r.data(ctx)
	case t == wire.TypeHole && r.open != nil:
		return r.hole(ctx)
	case t == wire.TypeSum && r.open != nil:
		return r.sum()
	case t == wire.TypeFault:
		return r.fault()
	}
	return conn.Unexpected(t)
}

// settle moves on to the entry that the sender speaks of now.
func (r *receiver) settle(index int64) (wire.Entry, error) {
	return r.cur.at(index, r.passedOver)
}

// passedOver is called for entries of which the sender said nothing.
func (r *receiver) passedOver(i int64, e wire.Entry) error {
	if e.Folder || e.Link || r.refused.has(i) {
		return nil
	}
	return fmt.Errorf("%w: nothing was sent of entry %d", fault.Protocol, i)
}

func (r *receiver) begin(ctx context.Context) error {
	body, err := r.c.Bytes()
	if err != nil {
		return err
	}
	index, offset, err := wire.ReadFile(body)
	if err != nil {
		return err
	}
	e, err := r.settle(index)
	if err != nil {
		return err
	}
	_, length := r.claimOf(index, e)
	if e.Folder || e.Link || r.refused.has(index) || offset != 0 && offset != length {
		return fmt.Errorf("%w: content of entry %d from %d on", fault.Protocol, index, offset)
	}
	r.meter.begin(index, length, length > 0 && length == e.Size)
	if offset != length {
		r.meter.drop() // the sender has other bytes than those
	}
	r.open = &openFile{index: index, entry: e, left: e.Size - offset}
	if offset > 0 {
		return r.resume(ctx, offset)
	}
	r.open.hash = r.freshHash()
	if e.Size == 0 && r.haveEmpty(e) {
		r.open.there = true
		return nil
	}
	r.open.partial, err = r.delivery.Create(entry(e), 0)
	return r.giveUp(err)
}

// freshHash returns the hash for the open file, at its beginning.
func (r *receiver) freshHash() *blake3.Hasher {
	r.file.Reset()
	return r.file
}

// haveEmpty reports whether an empty file is there already: Have speaks of
// bytes, and cannot name a file that has none.
func (r *receiver) haveEmpty(e wire.Entry) bool {
	f, where, _, err := r.delivery.Lookup(entry(e))
	if err != nil || f == nil {
		return false // Create will say what is wrong
	}
	f.Close()
	return where == inbox.Final
}

// resume goes on behind what Have named: the beginning of the file, or all of it.
// What is here may have been changed since by somebody else; then this one file is given up.
func (r *receiver) resume(ctx context.Context, offset int64) error {
	err := r.reopen(ctx, offset)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if r.open.left > 0 {
		return r.giveUp(err)
	}
	// All of it is here, and nothing follows.
	r.sent++
	if err == nil && r.open.partial != nil {
		err = r.finishPartial()
	} else if err != nil {
		err = r.giveUpOpen(err)
	}
	if err == nil && r.open != nil {
		r.settled()
	}
	return err
}

// reopen prepares the open file for what follows behind offset.
func (r *receiver) reopen(ctx context.Context, offset int64) error {
	o := r.open
	f, where, length, err := r.delivery.Lookup(entry(o.entry))
	if err != nil {
		return err
	}
	if f == nil {
		return fault.Changed
	}
	defer f.Close()
	if claimed, _ := r.claimOf(o.index, o.entry); where != claimed || length != offset {
		return fault.Changed
	}
	if err := r.recheck(ctx, f, offset); err != nil {
		return err
	}
	if where == inbox.Final {
		r.delivery.Use(entry(o.entry))
		return nil
	}
	o.partial, err = r.delivery.Create(entry(o.entry), offset)
	return err
}

// finishPartial hands a whole and verified file over to be committed. If that
// is not possible, the file is given up and no longer open.
func (r *receiver) finishPartial() error {
	partial := r.open.partial
	r.open.partial = nil
	if err := partial.Finish(); err != nil {
		return r.giveUpOpen(err)
	}
	return r.delivery.Err()
}

func (r *receiver) settled() {
	r.receipt.Files++
	r.receipt.Bytes += r.open.entry.Size
	r.meter.whole()
	r.open = nil
}

func (r *receiver) sum() error {
	sum, err := r.c.Bytes()
	if err != nil {
		return err
	}
	o := r.open
	addRoot(r.root, o.index, sum)
	r.sent++
	if o.left > 0 {
		return fmt.Errorf("%w: entry %d ends %d bytes early", fault.Protocol, o.index, o.left)
	}
	if o.there {
		r.delivery.Use(entry(o.entry))
		r.settled()
		return nil
	}
	if o.partial == nil { // given up before
		r.open = nil
		return nil
	}
	if string(o.hash.Sum(nil)) != string(sum) {
		return r.giveUpOpen(fault.Corrupt)
	}
	if err := r.finishPartial(); err != nil || r.open == nil {
		return err
	}
	r.settled()
	return nil
}

// fault takes the sender's word that an entry will not come.
func (r *receiver) fault() error {
	body, err := r.c.Bytes()
	if err != nil {
		return err
	}
	index, code, err := wire.ReadFault(body)
	if err != nil {
		return err
	}
	o := r.open
	if o == nil {
		if _, err := r.settle(index); err != nil {
			return err
		}
		if r.refused.has(index) {
			return fmt.Errorf("%w: fault of entry %d, which is not to come", fault.Protocol, index)
		}
		r.failed.add(Failure{index: index, Err: code.Kind(), Remote: true})
		return nil
	}
	if index != o.index {
		return fmt.Errorf("%w: fault of entry %d within entry %d", fault.Protocol, index, o.index)
	}
	r.open = nil
	if o.partial == nil && !o.there {
		return nil // this side gave it up first
	}
	r.failed.add(Failure{index: index, Err: code.Kind(), Remote: true})
	r.meter.drop()
	switch {
	case o.there:
		return nil
	case code == fault.CodeOf(fault.Unread):
		return o.partial.Keep() // what came is good, and there may be more another day
	}
	return o.partial.Discard()
}

// giveUp tells the sender that the open file cannot be taken in, because of
// err; nil is no reason. See endsAll for what ends the whole transfer.
func (r *receiver) giveUp(err error) error {
	if err == nil {
		return nil
	}
	o := r.open
	if o.partial != nil {
		partial := o.partial
		o.partial = nil
		if errors.Is(err, fault.NoSpace) {
			return errors.Join(err, partial.Keep())
		}
		err = errors.Join(err, partial.Discard())
	}
	if err := r.endsAll(err); err != nil {
		return err
	}
	r.meter.drop()
	r.failed.add(Failure{index: o.index, Err: err})
	return r.sendFault(o.index, err)
}

// endsAll returns the error that the whole transfer ends with, if err is not about one entry alone: the disk is full,
// or the inbox is gone.
func (r *receiver) endsAll(err error) error {
	if errors.Is(err, fault.NoSpace) {
		return err
	}
	return r.delivery.InPlace()
}

// giveUpOpen gives up the open file, of which nothing follows.
func (r *receiver) giveUpOpen(err error) error {
	err = r.giveUp(err)
	r.open = nil
	return err
}

func (r *receiver) sendFault(index int64, err error) error {
	r.scrap = wire.AppendFault(r.scrap[:0], index, fault.CodeOf(err))
	if err := r.c.Send(wire.TypeFault, r.scrap); err != nil {
		return err
	}
	return r.c.Flush()
}

// keep leaves the open file as a partial.
func (r *receiver) keep() error {
	partial := r.open.partial
	r.open = nil
	if partial == nil {
		return nil
	}
	return partial.Keep()
}
