package transfer

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/zeebo/blake3"
	"golang.org/x/time/rate"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// keptHashers bounds how many hash states of partials are kept from Have to
// File; the beginning of others is hashed a second time.
const keptHashers = 8

// sendBuffer is how much content is read, hashed and encrypted in one go: what fits
// a processor's cache is cheaper than the largest frame (a tenth, with 1 MiB).
const sendBuffer = 256 << 10

type sender struct {
	c      *conn.Conn
	out    Outgoing
	src    *Source
	near   nearby // of what is sent
	m      *Manifest
	meter  *Meter
	done   wire.Done
	root   *blake3.Hasher
	file   *blake3.Hasher // for one file after the other
	buf    []byte
	scrap  []byte // for the bodies of small frames
	failed *failures

	skip     bitmap // not to be sent: unwanted, refused
	unwanted bitmap
	spared   Totals          // of what is unwanted
	whole    bitmap          // the receiver has it all
	through  bitmap          // counted in done.Files
	faulted  bitmap          // the receiver has given them up while it received; listen's own
	offsets  map[int64]int64 // the receiver has that many bytes of a partial
	hashers  map[int64]*blake3.Hasher

	confirmed wire.Receipt // for an earlier attempt
	first     chan frame   // the first frame behind Have, whenever it comes

	refused  atomic.Int64 // entry that the receiver gave up last; -1: none
	stopping atomic.Bool  // this side ends it
}

// Outgoing is what Send is to deliver, and how.
type Outgoing struct {
	ID     ID
	Source *Source
	Meter  *Meter
	// Again is whether the receiver has accepted it in an earlier attempt. Then it may have
	// all of it, and say so in place of an answer.
	Again bool
	// Unwanted is how many files the receiver has not wanted in an earlier attempt.
	Unwanted int64
	// Accepted is called when the receiver has accepted.
	Accepted func()
	// Compared is called when the receiver has said what it does not want, before content is sent. May be nil.
	Compared func(Unwanted)
	// Pace limits how many bytes of content go out a second; nil: no limit.
	// Several transfers may share it.
	Pace *rate.Limiter
	// Lane opens one more connection to the same receiver, for [Send] to ask
	// whether it may join; nil: one connection is all.
	Lane func(context.Context) (*conn.Conn, error)

	rule widenRule // for when to ask; none: the usual one
}

// Send offers what out has on c and, once the offer is accepted, delivers it. It closes
// c. To go on after an interruption, Send is called again with the same ID
// and source on another connection. The error tells why the transfer as a
// whole did not take place; entries that failed alone are in the result.
func Send(ctx context.Context, c *conn.Conn, out Outgoing) (Result, error) {
	s := &sender{
		c: c, out: out, src: out.Source, m: out.Source.Manifest, meter: out.Meter,
		root:    blake3.New(),
		file:    blake3.New(),
		failed:  new(failures).from(&out.Source.failed),
		offsets: make(map[int64]int64),
		hashers: make(map[int64]*blake3.Hasher),
		first:   make(chan frame, 1),
	}
	defer s.near.close()
	s.refused.Store(-1)
	s.meter.reset()
	s.failed.ledger = &s.meter.Ledger
	s.src.List(&s.meter.Ledger)
	receipt, err := s.run(ctx)
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
	list, err := s.failed.named(s.m, s.src.local)
	if err != nil {
		s.c.Log.Warn("names of failed entries", "err", err)
	}
	// The receiver knows of failures at its end of which it tells no names.
	count := max(s.failed.total(), s.src.failed.total()+receipt.Failed)
	return Result{Receipt: receipt, FailedCount: count, Failures: list}
}

func (s *sender) run(ctx context.Context) (wire.Receipt, error) {
	stop := context.AfterFunc(ctx, s.interrupt)
	defer stop()
	if err := s.offer(s.out.ID); errors.Is(err, errConfirmed) {
		return s.settled(s.confirmed, s.checkConfirmed())
	} else if err != nil {
		return wire.Receipt{}, err
	}
	s.out.Accepted()
	s.buf = make([]byte, sendBuffer)
	if err := s.compare(ctx); err != nil {
		return wire.Receipt{}, err
	}
	return s.deliver(ctx)
}

// settled is how it ends with a receipt of which err says what is wrong.
func (s *sender) settled(receipt wire.Receipt, err error) (wire.Receipt, error) {
	if err != nil {
		return wire.Receipt{}, err
	}
	s.meter.settle(receipt.Files, receipt.Bytes)
	return receipt, nil
}

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
	defer s.widen(sending)()
	err := s.sendAll(sending)
	s.stopHearing(err)
	return s.ended(sending, receipt, err, <-answered)
}

// ended is how the delivery ended: err is what sending ended with, and lerr what
// listening did, which has read the receipt if there is none.
func (s *sender) ended(sending context.Context, receipt wire.Receipt, err, lerr error) (wire.Receipt, error) {
	switch {
	case lerr == nil && (err == nil || s.done.Root != nil):
		// Done may have arrived though this side could not say so to the end.
		return s.settled(receipt, s.checkReceipt(receipt))
	case lerr != nil && (err == nil || isRemote(lerr)):
		return wire.Receipt{}, lerr
	case errors.Is(err, context.Canceled):
		return wire.Receipt{}, context.Cause(sending)
	}
	return wire.Receipt{}, err
}

// listen reads what the receiver says while it receives: which entries it gave
// up, and at the end the receipt.
func (s *sender) listen(receipt *wire.Receipt) error {
	first := <-s.first
	for t, err := first.t, first.err; ; t, _, err = s.c.Next() {
		if err != nil {
			return err
		}
		body, err := s.c.Bytes()
		if err != nil {
			return err
		}
		switch t {
		case wire.TypeFault:
			err = s.givenUp(body)
		case wire.TypeReceipt:
			return wire.Decode(body, receipt)
		default:
			err = conn.Unexpected(t)
		}
		if err != nil {
			return err
		}
	}
}

// givenUp takes note of the entry that the receiver gives up, as body says.
func (s *sender) givenUp(body []byte) error {
	index, code, err := wire.ReadFault(body)
	if err != nil {
		return err
	}
	if index >= s.m.Entries() {
		return fmt.Errorf("%w: fault of entry %d of %d", fault.Protocol, index, s.m.Entries())
	}
	s.failed.add(Failure{index: index, Err: code.Kind(), Remote: true})
	s.refused.Store(index)
	s.claimWasWrong(index)
	s.faulted.set(index)
	return nil
}

// claimWasWrong is called for an entry that the receiver gives up: if it was one
// that it had whole, it has it no more. Only listen calls it.
func (s *sender) claimWasWrong(index int64) {
	if s.whole.has(index) && !s.faulted.has(index) {
		s.meter.unfound()
	}
}

// addRoot takes the hash of entry i into the root hash.
func addRoot(root *blake3.Hasher, i int64, sum []byte) {
	var index [8]byte
	binary.BigEndian.PutUint64(index[:], uint64(i))
	root.Write(index[:])
	root.Write(sum)
}
