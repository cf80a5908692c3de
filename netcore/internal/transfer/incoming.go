package transfer

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

const (
	// listTimeout bounds how long a sender may take to begin, and then to list what it offers.
	listTimeout = 2 * time.Minute

	receiveBuffer = 128 << 10
)

// An Incoming is an offer that has come in and waits for a decision.
type Incoming struct {
	ID       ID
	Manifest *Manifest
	// Choice is which entries are wanted: all, until Choose or ChooseAgain, before Receive.
	Choice *Choice

	c        *conn.Conn
	first    chan frame              // the first frame after the offer, whenever it comes
	answered atomic.Bool             // it may come now
	ending   atomic.Bool             // this side ends the connection, and knows why
	cancel   context.CancelCauseFunc // of what Wait returned
}

type frame struct {
	t   wire.Type
	err error
}

// An Opening is how the dialler of a connection for a transfer began: with an
// offer, or by asking to carry a part of one that is under way.
type Opening struct {
	// ID names the transfer.
	ID ID
	// Join is whether this connection asks to be one more lane of it. If not, it is an
	// offer, and its list is still to be read.
	Join bool

	c     *conn.Conn
	offer wire.Offer
	limit time.Time // by when the frame, or the list, must have been read
}

// Open reads the first frame of c. An error has closed c.
func Open(ctx context.Context, c *conn.Conn) (*Opening, error) {
	o := &Opening{c: c, limit: time.Now().Add(listTimeout)}
	if err := o.reading(ctx, o.read); err != nil {
		return nil, err
	}
	return o, nil
}

// ReadList reads the list of the offer, which its sender has two minutes for from now. dir is for the manifest's temporary
// file, which must fit into room; nil is no limit. An error has closed the connection.
func (o *Opening) ReadList(ctx context.Context, dir string, room *Room) (*Incoming, error) {
	o.limit = time.Now().Add(listTimeout)
	in := &Incoming{ID: o.ID, c: o.c, Manifest: NewManifest(dir), first: make(chan frame, 1)}
	in.Manifest.spool.room = room
	if err := o.reading(ctx, func() error { return in.readList(&o.offer) }); err != nil {
		return nil, errors.Join(err, in.Manifest.Close())
	}
	in.Choice = in.Manifest.Whole()
	return in, nil
}

// reading calls read, which must end within the limit. An
// error closes the connection.
func (o *Opening) reading(ctx context.Context, read func() error) error {
	ctx, cancel := context.WithDeadlineCause(ctx, o.limit, fault.Timeout)
	defer cancel()
	stop := context.AfterFunc(ctx, o.c.Interrupt)
	err := read()
	if !stop() {
		err = context.Cause(ctx)
	}
	if err != nil {
		o.c.Fail(err)
	}
	return err
}

// read reads the first frame.
func (o *Opening) read() error {
	t, _, err := o.c.Next()
	if err != nil {
		return err
	}
	body, err := o.c.Bytes()
	if err != nil {
		return err
	}
	id := ""
	switch t {
	case wire.TypeOffer:
		err = wire.Decode(body, &o.offer)
		id = o.offer.ID
	case wire.TypeJoin:
		var join wire.Join
		err = wire.Decode(body, &join)
		id, o.Join = join.ID, true
	default:
		return conn.Unexpected(t)
	}
	if err == nil {
		err = o.ID.UnmarshalText([]byte(id))
	}
	return err
}

func (in *Incoming) readList(offer *wire.Offer) error {
	m := in.Manifest
	for m.Entries() < offer.Files+offer.Folders+offer.Links {
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
	if m.Files != offer.Files || m.Folders != offer.Folders || m.Links != offer.Links || m.Bytes != offer.Bytes {
		return fmt.Errorf("%w: the list does not add up to the totals of the offer", fault.Protocol)
	}
	m.Holes = offer.Holes
	return m.Seal()
}

// Wait returns a context that ends when ctx does, or when the sender withdraws the offer or
// breaks the protocol while it is undecided; the cause then is why. It also ends when Receive,
// Refuse or Confirm returns, of which one must follow. It must be called once.
func (in *Incoming) Wait(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	in.cancel = cancel
	stop := context.AfterFunc(ctx, in.c.Interrupt)
	go func() {
		// This read lasts until the sender speaks, which it may only after
		// the answer. Until then it notices a sender that leaves.
		t, _, err := in.c.Next()
		stop()
		if err == nil && !in.answered.Load() {
			err = conn.Unexpected(t)
		}
		if err != nil && !in.ending.Load() {
			cancel(err)
		}
		in.first <- frame{t, err}
	}()
	return ctx
}

// Refuse declines the offer for the reason err, and closes the connection.
func (in *Incoming) Refuse(err error) {
	defer in.cancel(nil)
	in.stop()
	in.c.Fail(err)
}

// stop ends the read that Wait began, for a reason of this side's own.
func (in *Incoming) stop() {
	in.ending.Store(true)
	in.c.Interrupt()
	<-in.first
}

// Close releases what the offer's list takes on disk.
func (in *Incoming) Close() error { return in.Manifest.Close() }
