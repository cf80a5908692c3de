package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/zeebo/blake3"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/inbox"
	"ferry/netcore/internal/wire"
)

const (
	// listTimeout bounds how long a sender may take to list what it offers.
	listTimeout = 2 * time.Minute

	receiveBuffer = 256 << 10
)

// An Incoming is an offer that has come in and waits for a decision.
type Incoming struct {
	ID       ID
	Manifest *Manifest

	c        *conn.Conn
	first    chan frame  // the first frame after the offer, whenever it comes
	answered atomic.Bool // it may come now
}

type frame struct {
	t   wire.Type
	err error
}

// ReadOffer reads an offer and its list from c. dir is for the manifest's
// temporary file. On an error it closes c.
func ReadOffer(ctx context.Context, c *conn.Conn, dir string) (*Incoming, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, listTimeout, fault.Timeout)
	defer cancel()
	stop := context.AfterFunc(ctx, c.Interrupt)
	in, err := readOffer(c, dir)
	if !stop() && err == nil {
		err = errors.Join(context.Cause(ctx), in.Manifest.Close())
	}
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		c.Fail(err)
		return nil, err
	}
	return in, nil
}

func readOffer(c *conn.Conn, dir string) (*Incoming, error) {
	var offer wire.Offer
	if err := c.Expect(wire.TypeOffer, &offer); err != nil {
		return nil, err
	}
	in := &Incoming{c: c, Manifest: NewManifest(dir), first: make(chan frame, 1)}
	err := in.ID.UnmarshalText([]byte(offer.ID))
	if err != nil {
		err = fmt.Errorf("%w: %w", fault.Protocol, err)
	} else {
		err = in.readList(&offer)
	}
	if err != nil {
		return nil, errors.Join(err, in.Manifest.Close())
	}
	return in, nil
}

func (in *Incoming) readList(offer *wire.Offer) error {
	m := in.Manifest
	for m.Entries() < offer.Files+offer.Folders {
		t, _, err := in.c.Next()
		if err != nil {
			return err
		}
		if t != wire.TypeEntries {
			return conn.Unexpected(t)
		}
		body, err := in.c.Bytes()
		if err != nil {
			return err
		}
		if err := m.AddPage(body); err != nil {
			return err
		}
	}
	if m.Files != offer.Files || m.Folders != offer.Folders || m.Bytes != offer.Bytes {
		return fmt.Errorf("%w: the list does not add up to the totals of the offer", fault.Protocol)
	}
	return m.Seal()
}

// Wait returns a context that ends when ctx does, or when the sender withdraws the offer or
// breaks the protocol while it is undecided; the cause then is why. It must be called once,
// before Receive or Refuse.
func (in *Incoming) Wait(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(ctx, in.c.Interrupt)
	go func() {
		// This read lasts until the sender speaks, which it may only after
		// the answer. Until then it notices a sender that leaves.
		t, _, err := in.c.Next()
		stop()
		if err == nil && !in.answered.Load() {
			err = conn.Unexpected(t)
		}
		if err != nil {
			cancel(err)
		}
		in.first <- frame{t, err}
	}()
	return ctx
}

// Refuse declines the offer for the reason err, and closes the connection.
func (in *Incoming) Refuse(err error) {
	in.c.Interrupt()
	<-in.first
	in.c.Fail(err)
}

// Close releases what the offer's list takes on disk.
func (in *Incoming) Close() error { return in.Manifest.Close() }

type receiver struct {
	in       *Incoming
	c        *conn.Conn
	m        *Manifest
	delivery *inbox.Delivery
	meter    *Meter
	root     *blake3.Hasher
	file     *blake3.Hasher // for one file after the other
	receipt  wire.Receipt
	failed   failures
	sent     int64 // files that the sender has gone through with
	buf      []byte
	scrap    []byte

	// What Have said: entries that cannot be taken, those that are here under
	// their final name, and how much there is of the partials of others.
	refused  bitmap
	final    bitmap
	partials map[int64]int64
	claimed  int64                    // bytes of both
	hashers  map[int64]*blake3.Hasher // of some of the partials

	cur  *cursor   // past the entries that are settled
	open *openFile // between File and Sum
}

// openFile is the file that is coming in.
type openFile struct {
	index   int64
	entry   wire.Entry
	partial *inbox.Partial // nil once this side has given it up
	there   bool           // an empty file that is there already; no partial
	hash    *blake3.Hasher
	left    int64
}

// Receive accepts the offer and takes it in. ctx must descend from Wait's. free tells how many bytes
// there is room for; negative if that is unknown. It closes the
// connection. The error tells why the transfer as a whole did not end well;
// entries that failed alone are in the result.
func (in *Incoming) Receive(ctx context.Context, delivery *inbox.Delivery, free func() int64, meter *Meter) (Result, error) {
	r := &receiver{
		in: in, c: in.c, m: in.Manifest, delivery: delivery, meter: meter,
		root:     blake3.New(),
		file:     blake3.New(),
		buf:      make([]byte, receiveBuffer),
		cur:      in.Manifest.cursor(),
		partials: make(map[int64]int64),
		hashers:  make(map[int64]*blake3.Hasher),
	}
	meter.reset()
	err := r.run(ctx, free)
	if r.open != nil {
		err = errors.Join(err, r.keep())
	}
	result := Result{Receipt: r.receipt, Delivered: delivery.Results(), FailedCount: r.failed.total()}
	var nerr error
	if result.Failures, nerr = r.failed.named(r.m); nerr != nil {
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
	if room := free(); err == nil && room >= 0 && room < r.m.Bytes-r.claimed {
		err = fmt.Errorf("%w: %d bytes are still to come, there is room for %d", fault.NoSpace, r.m.Bytes-r.claimed, room)
	}
	if err != nil {
		r.c.Interrupt()
		<-r.in.first
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
	return r.finish()
}

// agree sends the answer and what is already here.
func (r *receiver) agree(ctx context.Context) error {
	r.in.answered.Store(true)
	if err := r.c.SendControl(wire.TypeAnswer, wire.Answer{Accept: true}); err != nil {
		return err
	}
	var page wire.HavePage
	cur := r.m.cursor()
	for i := range r.m.Entries() {
		e, err := cur.next()
		if err != nil {
			return err
		}
		item, found, err := r.have(ctx, i, e)
		if err != nil {
			return err
		}
		if !found || page.Add(item) {
			continue
		}
		if err := r.c.Send(wire.TypeHave, page.Body(i)); err != nil {
			return err
		}
		if err := r.c.Flush(); err != nil {
			return err
		}
		page.Add(item)
	}
	if err := r.c.Send(wire.TypeHave, page.Body(r.m.Entries())); err != nil {
		return err
	}
	return r.c.Flush()
}

// have looks for what is here of one entry, and makes folders on the way.
func (r *receiver) have(ctx context.Context, i int64, e wire.Entry) (item wire.HaveItem, found bool, err error) {
	if err := ctx.Err(); err != nil {
		return item, false, err
	}
	if e.Folder {
		if err := r.delivery.Folder(entry(e)); err != nil {
			return r.refuse(i, err)
		}
		return item, false, nil
	}
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
	h := blake3.New()
	if _, err := io.CopyBuffer(onlyWriter{h}, io.LimitReader(contextReader{ctx, f}, length), r.buf); err != nil {
		return item, false, ctx.Err() // what cannot be read is not there
	}
	r.claim(i, where, length)
	if length < e.Size && len(r.hashers) < keptHashers {
		r.hashers[i] = h
	}
	item = wire.HaveItem{Index: i, Kind: wire.HaveBytes, Length: length}
	h.Sum(item.Hash[:0])
	return item, true, nil
}

func (r *receiver) claim(i int64, where inbox.Where, length int64) {
	if where == inbox.Final {
		r.final.set(i)
	} else {
		r.partials[i] = length
	}
	r.claimed += length
	r.meter.foundAhead(length)
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
	if errors.Is(err, fault.NoSpace) {
		return wire.HaveItem{}, false, err
	}
	r.refused.set(i)
	r.failed.add(Failure{index: i, Err: err})
	return wire.HaveItem{Index: i, Kind: wire.HaveRefused, Code: fault.CodeOf(err)}, true, nil
}

func entry(e wire.Entry) inbox.Entry {
	return inbox.Entry{Path: e.Path, Size: e.Size, ModTime: e.ModTime, Exec: e.Exec}
}

// frame takes one frame of the content.
func (r *receiver) frame(ctx context.Context, t wire.Type) error {
	switch {
	case t == wire.TypeFile && r.open == nil:
		return r.begin(ctx)
	case t == wire.TypeData && r.open != nil:
		return r.data()
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
	if e.Folder || r.refused.has(i) {
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
	if e.Folder || r.refused.has(index) || offset != 0 && offset != length {
		return fmt.Errorf("%w: content of entry %d from %d on", fault.Protocol, index, offset)
	}
	r.meter.begin(length)
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
		err = r.open.partial.Finish()
		r.open.partial = nil
	}
	if err == nil {
		r.settled()
		return nil
	}
	err = r.giveUp(err)
	r.open = nil
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
	if where == inbox.Final {
		r.delivery.Use(entry(o.entry))
		return nil
	}
	if o.left > 0 {
		if err := r.rehash(ctx, f, offset); err != nil {
			return err
		}
	}
	o.partial, err = r.delivery.Create(entry(o.entry), offset)
	return err
}

// rehash brings the hash of the open file to where its partial f ends.
func (r *receiver) rehash(ctx context.Context, f io.Reader, offset int64) error {
	o := r.open
	if o.hash = r.hashers[o.index]; o.hash != nil {
		delete(r.hashers, o.index)
		return nil
	}
	o.hash = r.freshHash()
	_, err := io.CopyBuffer(onlyWriter{o.hash}, io.LimitReader(contextReader{ctx, f}, offset), r.buf)
	return err
}

// finishPartial hands a whole and verified file over to be committed. If that
// is not possible, the file is given up and no longer open.
func (r *receiver) finishPartial() error {
	partial := r.open.partial
	r.open.partial = nil
	err := partial.Finish()
	if err == nil {
		return r.delivery.Err()
	}
	err = r.giveUp(err)
	r.open = nil
	return err
}

func (r *receiver) settled() {
	r.receipt.Files++
	r.receipt.Bytes += r.open.entry.Size
	r.meter.whole()
	r.open = nil
}

func (r *receiver) data() error {
	o := r.open
	for {
		n, err := io.ReadFull(r.c, r.buf[:min(int64(len(r.buf)), o.left+1)])
		chunk := r.buf[:n]
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
		err := r.giveUp(fault.Corrupt)
		r.open = nil
		return err
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
		r.failed.add(Failure{index: index, Err: code.Kind(), Remote: true})
		return nil
	}
	if index != o.index {
		return fmt.Errorf("%w: fault of entry %d within entry %d", fault.Protocol, index, o.index)
	}
	r.open = nil
	if o.partial == nil {
		return nil // this side gave it up first
	}
	r.failed.add(Failure{index: index, Err: code.Kind(), Remote: true})
	r.meter.drop()
	if code == fault.CodeOf(fault.Unread) {
		return o.partial.Keep() // what came is good, and there may be more another day
	}
	return o.partial.Discard()
}

// giveUp tells the sender that the open file cannot be taken in, because of
// err; nil is no reason. A full disk ends the whole transfer.
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
	if errors.Is(err, fault.NoSpace) {
		return err
	}
	r.meter.drop()
	r.failed.add(Failure{index: o.index, Err: err})
	return r.sendFault(o.index, err)
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

// finish makes everything durable and confirms it.
func (r *receiver) finish() error {
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
	if err := r.uncommitted(); err != nil {
		return err
	}
	r.receipt.Failed = r.failed.total()
	r.meter.settle(r.receipt.Files, r.receipt.Bytes)
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
	r.receipt.Files -= int64(results.FailureCount)
	r.receipt.Bytes -= results.FailureBytes
	r.failed.more(int64(results.FailureCount - len(results.Failures)))
	why := make(map[string]error, len(results.Failures))
	for _, f := range results.Failures {
		why[f.Path] = f.Err
	}
	cur := r.m.cursor()
	for i := range r.m.Entries() {
		e, err := cur.next()
		if err != nil {
			return err
		}
		cause, ok := why[e.Path]
		if !ok || e.Folder {
			continue
		}
		r.failed.add(Failure{index: i, Path: e.Path, Err: cause})
		if err := r.sendFault(i, cause); err != nil {
			return err
		}
	}
	return nil
}
