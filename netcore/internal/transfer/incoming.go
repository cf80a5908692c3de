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
	ending   atomic.Bool // this side ends the connection, and knows why
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
		if err != nil && !in.ending.Load() {
			cancel(err)
		}
		in.first <- frame{t, err}
	}()
	return ctx
}

// Refuse declines the offer for the reason err, and closes the connection.
func (in *Incoming) Refuse(err error) {
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
