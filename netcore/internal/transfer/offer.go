package transfer

import (
	"errors"
	"fmt"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// offer sends the offer with its list, and waits for the answer.
func (s *sender) offer(id ID) error {
	answered := make(chan error, 1)
	go func() { answered <- s.hear(s.readAnswer) }()
	err := s.sendOffer(id)
	s.stopHearing(err)
	if aerr := <-answered; err == nil || isRemote(aerr) || errors.Is(aerr, errConfirmed) {
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
	t, _, err := s.c.Next()
	if err != nil {
		return err
	}
	body, err := s.c.Bytes()
	if err != nil {
		return err
	}
	switch t {
	case wire.TypeAnswer:
		var answer wire.Answer
		if err := wire.Decode(body, &answer); err != nil {
			return err
		}
		if !answer.Accept {
			return &conn.RemoteError{Code: fault.CodeOf(fault.Declined)}
		}
		return nil
	case wire.TypeReceipt:
		if !s.out.Again {
			return fmt.Errorf("%w: a receipt for what was never accepted", fault.Protocol)
		}
		if err := wire.Decode(body, &s.confirmed); err != nil {
			return err
		}
		return errConfirmed
	}
	return conn.Unexpected(t)
}

func isRemote(err error) bool {
	var remote *conn.RemoteError
	return errors.As(err, &remote)
}

func (s *sender) sendOffer(id ID) error {
	err := s.c.SendControl(wire.TypeOffer, wire.Offer{
		ID: id.String(), Files: s.m.Files, Folders: s.m.Folders, Links: s.m.Links, Bytes: s.m.Bytes, Holes: s.m.Holes,
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
