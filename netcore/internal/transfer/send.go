package transfer

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/zeebo/blake3"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// keptHashers bounds how many hash states of partials are kept from Have to
// File; the beginning of others is hashed a second time.
const keptHashers = 8

type sender struct {
	c      *conn.Conn
	src    *Source
	m      *Manifest
	meter  *Meter
	done   wire.Done
	root   *blake3.Hasher
	file   *blake3.Hasher // for one file after the other
	buf    []byte
	scrap  []byte // for the bodies of small frames
	failed *failures

	skip    bitmap          // not to be sent: unwanted, refused
	whole   bitmap          // the receiver has it all
	offsets map[int64]int64 // the receiver has that many bytes
	hashers map[int64]*blake3.Hasher

	refused  atomic.Int64 // entry that the receiver gave up last; -1: none
	stopping atomic.Bool  // this side ends it
}

// Send offers src on c and, once the offer is accepted, delivers it. accepted is called at
// that moment. It closes c. To go on after an interruption, Send is called again with the same ID
// and source on another connection. The error tells why the transfer as a
// whole did not take place; entries that failed alone are in the result.
func Send(ctx context.Context, c *conn.Conn, id ID, src *Source, meter *Meter, accepted func()) (Result, error) {
	s := &sender{
		c: c, src: src, m: src.Manifest, meter: meter,
		root:    blake3.New(),
		file:    blake3.New(),
		failed:  new(failures).from(&src.failed),
		offsets: make(map[int64]int64),
		hashers: make(map[int64]*blake3.Hasher),
	}
	s.refused.Store(-1)
	meter.reset()
	receipt, err := s.run(ctx, id, accepted)
	result := s.result(receipt)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		c.Fail(err)
		return result, err
	}
	c.Close()
	return result, nil
}

func (s *sender) result(receipt wire.Receipt) Result {
	list, err := s.failed.named(s.m)
	if err != nil {
		s.c.Log.Warn("names of failed entries", "err", err)
	}
	// The receiver knows of failures at its end of which it tells no names.
	count := max(s.failed.total(), s.src.failed.total()+receipt.Failed)
	return Result{Receipt: receipt, FailedCount: count, Failures: list}
}

func (s *sender) run(ctx context.Context, id ID, accepted func()) (wire.Receipt, error) {
	stop := context.AfterFunc(ctx, s.interrupt)
	defer stop()
	if err := s.offer(id); err != nil {
		return wire.Receipt{}, err
	}
	accepted()
	s.buf = make([]byte, wire.MaxData)
	if err := s.compare(ctx); err != nil {
		return wire.Receipt{}, err
	}
	receipt, err := s.deliver(ctx)
	if err == nil {
		s.meter.settle(receipt.Files, receipt.Bytes)
	}
	return receipt, err
}

// offer sends the offer with its list, and waits for the answer.
func (s *sender) offer(id ID) error {
	answered := make(chan error, 1)
	go func() { answered <- s.hear(s.readAnswer) }()
	err := s.sendOffer(id)
	s.stopHearing(err)
	if aerr := <-answered; err == nil || isRemote(aerr) {
		return aerr
	}
	return err
}

// hear runs a function that reads from the receiver while this side writes. When it
// fails, so does the write: a receiver that is gone does not unblock it by itself.
func (s *sender) hear(read func() error) error {
	err := read()
	switch {
	case errors.Is(err, fault.Lost) && !s.stopping.Load():
		s.c.Abort()
	case err != nil:
		s.c.Interrupt()
	}
	return err
}

// stopHearing ends what hear runs, because of an error on this side. On a lost
// connection it ends by itself, perhaps with the receiver's last words.
func (s *sender) stopHearing(err error) {
	if err != nil && !errors.Is(err, fault.Lost) {
		s.interrupt()
	}
}

func (s *sender) interrupt() {
	s.stopping.Store(true)
	s.c.Interrupt()
}

func (s *sender) readAnswer() error {
	var answer wire.Answer
	if err := s.c.Expect(wire.TypeAnswer, &answer); err != nil {
		return err
	}
	if !answer.Accept {
		return &conn.RemoteError{Code: fault.CodeOf(fault.Declined)}
	}
	return nil
}

func isRemote(err error) bool {
	var remote *conn.RemoteError
	return errors.As(err, &remote)
}

func (s *sender) sendOffer(id ID) error {
	err := s.c.SendControl(wire.TypeOffer, wire.Offer{
		ID: id.String(), Files: s.m.Files, Folders: s.m.Folders, Bytes: s.m.Bytes,
	})
	if err != nil {
		return err
	}
	err = s.m.sendPages(func(body []byte) error { return s.c.Send(wire.TypeEntries, body) })
	if err != nil {
		return err
	}
	return s.c.Flush()
}

// compare reads what the receiver has already, and checks each claim against
// the source: only bytes that are the same on both sides are not sent.
func (s *sender) compare(ctx context.Context) error {
	cur := s.m.cursor()
	for decided := int64(0); decided < s.m.Entries(); {
		t, _, err := s.c.Next()
		if err != nil {
			return err
		}
		if t != wire.TypeHave {
			return conn.Unexpected(t)
		}
		body, err := s.c.Bytes()
		if err != nil {
			return err
		}
		next, err := wire.ReadHave(body, func(it wire.HaveItem) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			e, err := cur.at(it.Index, nil)
			if err != nil {
				return err
			}
			return s.have(ctx, e, it)
		})
		if err != nil {
			return err
		}
		if next <= decided || next > s.m.Entries() {
			return fmt.Errorf("%w: have up to entry %d after %d, of %d", fault.Protocol, next, decided, s.m.Entries())
		}
		decided = next
	}
	return nil
}

func (s *sender) have(ctx context.Context, e wire.Entry, it wire.HaveItem) error {
	switch it.Kind {
	case wire.HaveUnwanted:
		s.skip.set(it.Index)
		return nil
	case wire.HaveRefused:
		s.skip.set(it.Index)
		s.failed.add(Failure{index: it.Index, Path: e.Path, Err: it.Code.Kind(), Remote: true})
		return nil
	}
	if e.Folder || it.Length <= 0 || it.Length > e.Size {
		return fmt.Errorf("%w: have %d bytes of entry %d", fault.Protocol, it.Length, it.Index)
	}
	h := blake3.New()
	same, err := s.sameStart(ctx, e, it, h)
	if err != nil || !same {
		// A source that cannot be read will say so when its turn comes.
		return ctx.Err()
	}
	s.meter.foundAhead(it.Length)
	if it.Length == e.Size {
		s.whole.set(it.Index)
		return nil
	}
	s.offsets[it.Index] = it.Length
	if len(s.hashers) < keptHashers {
		s.hashers[it.Index] = h
	}
	return nil
}

// sameStart reports whether the source begins with what the receiver has, and
// leaves the hash of that beginning in h.
func (s *sender) sameStart(ctx context.Context, e wire.Entry, it wire.HaveItem, h *blake3.Hasher) (bool, error) {
	f, err := s.src.open(e)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if err := s.hashStart(ctx, f, h, it.Length); err != nil {
		return false, err
	}
	return [wire.HashSize]byte(h.Sum(nil)) == it.Hash, nil
}

func (s *sender) hashStart(ctx context.Context, f *os.File, h *blake3.Hasher, n int64) error {
	if n == 0 {
		return nil
	}
	copied, err := io.CopyBuffer(onlyWriter{h}, io.LimitReader(contextReader{ctx, f}, n), s.buf)
	if err == nil && copied < n {
		err = fault.Changed
	}
	return err
}

// onlyWriter hides other methods, so that io.CopyBuffer uses the buffer.
type onlyWriter struct{ io.Writer }

// deliver sends the content and waits for the receipt.
func (s *sender) deliver(ctx context.Context) (wire.Receipt, error) {
	sending, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var receipt wire.Receipt
	answered := make(chan error, 1)
	go func() {
		err := s.hear(func() error { return s.listen(&receipt) })
		if err != nil {
			cancel(err)
		}
		answered <- err
	}()
	err := s.sendAll(sending)
	s.stopHearing(err)
	lerr := <-answered
	switch {
	case err == nil && lerr == nil:
		return receipt, s.checkReceipt(receipt)
	case err == nil || isRemote(lerr):
		return receipt, lerr
	case errors.Is(err, context.Canceled):
		return receipt, context.Cause(sending)
	}
	return receipt, err
}

// listen reads what the receiver says while it receives: which entries it gave
// up, and at the end the receipt.
func (s *sender) listen(receipt *wire.Receipt) error {
	for {
		t, _, err := s.c.Next()
		if err != nil {
			return err
		}
		body, err := s.c.Bytes()
		if err != nil {
			return err
		}
		switch t {
		case wire.TypeFault:
			index, code, err := wire.ReadFault(body)
			if err != nil {
				return err
			}
			if index >= s.m.Entries() || s.failed.total() >= s.m.Entries()+s.src.failed.total() {
				return fmt.Errorf("%w: fault of entry %d of %d", fault.Protocol, index, s.m.Entries())
			}
			s.failed.add(Failure{index: index, Err: code.Kind(), Remote: true})
			s.refused.Store(index)
		case wire.TypeReceipt:
			return wire.Decode(body, receipt)
		default:
			return conn.Unexpected(t)
		}
	}
}

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
		case e.Folder || s.skip.has(i):
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
	s.meter.begin(e.Size)
	s.settled(e)
	return s.sendFileFrame(i, e.Size)
}

func (s *sender) sendFileFrame(i, offset int64) error {
	s.scrap = wire.AppendFile(s.scrap[:0], i, offset)
	return s.c.Send(wire.TypeFile, s.scrap)
}

func (s *sender) settled(e wire.Entry) {
	s.done.Files++
	s.done.Bytes += e.Size
	s.meter.whole()
}

// sendFile sends one file. What is wrong with the file alone becomes a Fault;
// an error is one of the connection.
func (s *sender) sendFile(ctx context.Context, i int64, e wire.Entry) error {
	offset := s.offsets[i]
	s.meter.begin(offset)
	f, err := s.src.open(e)
	if err != nil {
		return s.giveUp(i, err)
	}
	defer f.Close()
	h := s.hashers[i]
	if h != nil {
		delete(s.hashers, i)
		_, err = f.Seek(offset, io.SeekStart)
	} else {
		h = s.file
		h.Reset()
		err = s.hashStart(ctx, f, h, offset)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return s.giveUp(i, unreadable(err))
	}
	if err := s.sendFileFrame(i, offset); err != nil {
		return err
	}
	err = s.sendContent(ctx, f, h, i, e.Size-offset)
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

// errRefused ends the content of a file that the receiver has given up.
var errRefused = errors.New("given up by the receiver")

// sendContent sends the next left bytes of f.
func (s *sender) sendContent(ctx context.Context, f io.Reader, h *blake3.Hasher, i, left int64) error {
	for left > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.refused.Load() == i {
			return errRefused
		}
		chunk := s.buf[:min(left, int64(len(s.buf)))]
		if _, err := io.ReadFull(f, chunk); err != nil {
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				return fault.Changed
			}
			return unreadable(err)
		}
		h.Write(chunk) // a hash never fails
		if err := s.c.Send(wire.TypeData, chunk); err != nil {
			return err
		}
		left -= int64(len(chunk))
		s.meter.moved(int64(len(chunk)))
	}
	return nil
}

func (s *sender) sendSum(i int64, e wire.Entry, h *blake3.Hasher) error {
	sum := h.Sum(s.scrap[:0])
	addRoot(s.root, i, sum)
	s.settled(e)
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

// checkReceipt makes sure that the receiver speaks of what was sent.
func (s *sender) checkReceipt(r wire.Receipt) error {
	if string(r.Root) != string(s.done.Root) {
		return fmt.Errorf("%w: the receipt is for other content", fault.Corrupt)
	}
	if r.Files > s.done.Files || r.Bytes > s.done.Bytes {
		return fmt.Errorf("%w: a receipt for %d files of %d", fault.Protocol, r.Files, s.done.Files)
	}
	return nil
}

// addRoot takes the hash of entry i into the root hash.
func addRoot(root *blake3.Hasher, i int64, sum []byte) {
	var index [8]byte
	binary.BigEndian.PutUint64(index[:], uint64(i))
	root.Write(index[:])
	root.Write(sum)
}

// bitmap is a set of entries.
type bitmap []uint64

func (b *bitmap) set(i int64) {
	for int64(len(*b))*64 <= i {
		*b = append(*b, 0)
	}
	(*b)[i/64] |= 1 << (i % 64)
}

func (b bitmap) has(i int64) bool {
	return i/64 < int64(len(b)) && b[i/64]&(1<<(i%64)) != 0
}
