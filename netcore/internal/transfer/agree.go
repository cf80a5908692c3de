package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/zeebo/blake3"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/inbox"
	"ferry/netcore/internal/wire"
)

// haveEvery is how many bytes Have tells of at a time: the sender compares them while
// this side hashes the next ones.
const haveEvery = 32 << 20

// agree sends the answer and what is already here.
func (r *receiver) agree(ctx context.Context) error {
	r.in.answered.Store(true)
	if err := r.c.SendControl(wire.TypeAnswer, wire.Answer{Accept: true}); err != nil {
		return err
	}
	var page wire.HavePage
	cur, last, told := r.m.cursor(), r.m.Entries()-1, int64(0)
	for i := range r.m.Entries() {
		e, err := cur.next()
		if err != nil {
			return err
		}
		item, found, err := r.have(ctx, i, e)
		if err != nil {
			return err
		}
		if found && !page.Add(item) {
			if err := r.sendHave(&page, i); err != nil {
				return err
			}
			page.Add(item) // one always fits an empty page
		}
		if r.claimed-told >= haveEvery && i < last {
			if err := r.sendHave(&page, i+1); err != nil {
				return err
			}
			told = r.claimed
		}
	}
	return r.sendHave(&page, r.m.Entries())
}

func (r *receiver) sendHave(page *wire.HavePage, next int64) error {
	if err := r.c.Send(wire.TypeHave, page.Body(next)); err != nil {
		return err
	}
	return r.c.Flush()
}

// have looks for what is here of one entry, and makes folders and links on the way.
func (r *receiver) have(ctx context.Context, i int64, e wire.Entry) (item wire.HaveItem, found bool, err error) {
	if err := ctx.Err(); err != nil {
		return item, false, err
	}
	if r.in.Choice.unwanted.has(i) {
		r.refused.set(i)
		r.meter.Ledger.set(i, LeftOut)
		return wire.HaveItem{Index: i, Kind: wire.HaveUnwanted}, true, nil
	}
	switch {
	case e.Folder:
		err = r.delivery.Folder(entry(e))
	case e.Link:
		err = r.link(e)
	}
	if err != nil {
		return r.refuse(i, err)
	}
	if e.Folder || e.Link {
		r.meter.Ledger.set(i, Moved)
		return item, false, nil
	}
	return r.haveFile(ctx, i, e)
}

// haveFile looks for the content of a file.
func (r *receiver) haveFile(ctx context.Context, i int64, e wire.Entry) (item wire.HaveItem, found bool, err error) {
	f, where, length, err := r.delivery.Lookup(entry(e))
	if err != nil {
		return r.refuse(i, err)
	}
	if f == nil {
		return item, false, nil
	}
	defer f.Close()
	if length == 0 {
		return item, false, nil
	}
	state := r.stateOf(f, where) // before it is read: an edit meanwhile makes it another
	h := blake3.New()
	if _, err := io.CopyBuffer(onlyWriter{h}, io.LimitReader(contextReader{ctx, f}, length), r.buf); err != nil {
		return item, false, ctx.Err() // what cannot be read is not there
	}
	r.claim(i, e, where, length)
	if length < e.Size && len(r.hashers) < keptHashers {
		r.hashers[i] = h
	}
	item = wire.HaveItem{Index: i, Kind: wire.HaveBytes, Length: length}
	h.Sum(item.Hash[:0])
	r.claims.add(claim{index: i, state: state, sum: short(item.Hash[:])})
	return item, true, nil
}

// link makes a link. Whatever is wrong with it, the sender hears that it was skipped.
func (r *receiver) link(e wire.Entry) error {
	err := r.delivery.Link(entry(e))
	if err == nil || errors.Is(err, fault.NoSpace) || errors.Is(err, fault.Skipped) {
		return err
	}
	return fmt.Errorf("%w: %v", fault.Skipped, err)
}

func (r *receiver) claim(i int64, e wire.Entry, where inbox.Where, length int64) {
	if where == inbox.Final {
		r.final.set(i)
	} else {
		r.partials[i] = length
	}
	r.claimed += length
	r.meter.foundAhead(length, length == e.Size)
}

// claimOf returns what Have said of an entry.
func (r *receiver) claimOf(i int64, e wire.Entry) (where inbox.Where, length int64) {
	if r.final.has(i) {
		return inbox.Final, e.Size
	}
	if n, ok := r.partials[i]; ok {
		return inbox.Found, n
	}
	return inbox.None, 0
}

// contextReader stops at the end of its context.
type contextReader struct {
	ctx context.Context
	io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

func (r *receiver) refuse(i int64, err error) (wire.HaveItem, bool, error) {
	if err := r.endsAll(err); err != nil {
		return wire.HaveItem{}, false, err
	}
	r.refused.set(i)
	r.failed.add(Failure{index: i, Err: err})
	return wire.HaveItem{Index: i, Kind: wire.HaveRefused, Code: fault.CodeOf(err)}, true, nil
}

func entry(e wire.Entry) inbox.Entry {
	return inbox.Entry{
		Path: e.Path, Size: e.Size, ModTime: e.ModTime, Exec: e.Exec,
		Link: e.Link, Target: e.Target, Original: e.Original,
	}
}
