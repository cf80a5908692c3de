package transfer

import (
	"context"
	"errors"
	"testing"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// open is what Open makes of the first frames that say sends. Who says them hangs up when
// the other side does.
func open(t *testing.T, say func(c *conn.Conn) error) (*Opening, error) {
	t.Helper()
	anna, bob := newEnds(t).mustConnect(t)
	said := make(chan error, 1)
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		said <- errors.Join(say(anna), anna.Flush())
		for err := error(nil); err == nil; {
			_, _, err = anna.Next()
		}
		anna.Close()
	}()
	t.Cleanup(func() {
		bob.Close()
		<-listening
	})
	o, err := Open(t.Context(), bob)
	if serr := <-said; serr != nil {
		t.Fatal(serr)
	}
	return o, err
}

func TestFirstFrameTellsAnOfferFromAJoin(t *testing.T) {
	id := NewID()
	o, err := open(t, func(c *conn.Conn) error { return c.SendControl(wire.TypeJoin, wire.Join{ID: id.String()}) })
	if err != nil || !o.Join || o.ID != id {
		t.Errorf("a join is opened as %+v (%v)", o, err)
	}
	o, err = open(t, func(c *conn.Conn) error {
		body := pageOf(t, wire.Entry{Path: "a", Folder: true}, wire.Entry{Path: "a/b", Link: true, Target: "c"})
		return errors.Join(
			c.SendControl(wire.TypeOffer, wire.Offer{ID: id.String(), Folders: 1, Links: 1}),
			c.Send(wire.TypeEntries, body),
		)
	})
	if err != nil || o.Join || o.ID != id {
		t.Fatalf("an offer is opened as %+v (%v)", o, err)
	}
	in, err := o.ReadList(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if in.ID != id || in.Manifest.Links != 1 || in.Manifest.Folders != 1 || in.Manifest.Entries() != 2 {
		t.Errorf("the list is %+v", in.Manifest)
	}
}

func TestOtherFirstFramesAreRefused(t *testing.T) {
	for name, say := range map[string]func(c *conn.Conn) error{
		"entries":         func(c *conn.Conn) error { return c.Send(wire.TypeEntries, []byte{0}) },
		"answer":          func(c *conn.Conn) error { return c.SendControl(wire.TypeAnswer, wire.Answer{Accept: true}) },
		"offer of no ID":  func(c *conn.Conn) error { return c.SendControl(wire.TypeOffer, wire.Offer{Files: 1}) },
		"join of no ID":   func(c *conn.Conn) error { return c.SendControl(wire.TypeJoin, wire.Join{}) },
		"offer of nought": func(c *conn.Conn) error { return c.SendControl(wire.TypeOffer, wire.Offer{ID: NewID().String()}) },
	} {
		if _, err := open(t, say); !errors.Is(err, fault.Protocol) {
			t.Errorf("%s: %v, want a protocol error", name, err)
		}
	}
}

// TestListMustAddUp sends lists that are not what the offer has announced.
func TestListMustAddUp(t *testing.T) {
	for name, offer := range map[string]wire.Offer{
		"a file for a link":   {Files: 2, Folders: 1},
		"a link for a file":   {Folders: 1, Links: 2, Bytes: 1},
		"one too many":        {Files: 1, Folders: 1, Bytes: 1},
		"other bytes":         {Files: 1, Folders: 1, Links: 1, Bytes: 2},
		"a folder for a file": {Folders: 2, Links: 1, Bytes: 1},
	} {
		o, err := open(t, func(c *conn.Conn) error {
			offer.ID = NewID().String()
			return errors.Join(c.SendControl(wire.TypeOffer, offer), c.Send(wire.TypeEntries, pageOf(t,
				wire.Entry{Path: "a", Folder: true},
				wire.Entry{Path: "a/b", Size: 1},
				wire.Entry{Path: "a/c", Link: true, Target: "b"},
			)))
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.ReadList(t.Context(), t.TempDir(), nil); !errors.Is(err, fault.Protocol) {
			t.Errorf("%s: %v, want a protocol error", name, err)
		}
	}
}

// TestOpeningEndsWithItsContext has a dialler that never speaks, or never ends.
func TestOpeningEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(fault.Shutdown)
	anna, bob := newEnds(t).mustConnect(t)
	opened := make(chan error, 1)
	go func() {
		_, err := Open(ctx, bob)
		opened <- err
	}()
	if _, _, err := anna.Next(); !errors.Is(err, fault.Shutdown) || !isRemote(err) {
		t.Errorf("the dialler hears %v, want %v", err, fault.Shutdown)
	}
	anna.Close()
	if err := <-opened; !errors.Is(err, fault.Shutdown) {
		t.Errorf("without a first frame: %v, want %v", err, fault.Shutdown)
	}
	o, err := open(t, func(c *conn.Conn) error {
		return c.SendControl(wire.TypeOffer, wire.Offer{ID: NewID().String(), Files: 1})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.ReadList(ctx, t.TempDir(), nil); !errors.Is(err, fault.Shutdown) {
		t.Errorf("without a list: %v, want %v", err, fault.Shutdown)
	}
}

// TestRefusedOfferIsLetGo refuses an offer and confirms another: what Wait has begun ends with it, while the
// context that was given to it goes on.
func TestRefusedOfferIsLetGo(t *testing.T) {
	for name, answer := range map[string]func(*Incoming){
		"refused":   func(in *Incoming) { in.Refuse(fault.Declined) },
		"confirmed": func(in *Incoming) { in.Confirm(wire.Receipt{}) },
	} {
		o, err := open(t, func(c *conn.Conn) error {
			return errors.Join(
				c.SendControl(wire.TypeOffer, wire.Offer{ID: NewID().String(), Folders: 1}),
				c.Send(wire.TypeEntries, pageOf(t, wire.Entry{Path: "a", Folder: true})),
			)
		})
		if err != nil {
			t.Fatal(err)
		}
		in, err := o.ReadList(t.Context(), t.TempDir(), nil)
		if err != nil {
			t.Fatal(err)
		}
		waiting := in.Wait(t.Context())
		answer(in)
		if waiting.Err() == nil {
			t.Errorf("%s: it is still waited for", name)
		}
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	}
}
