package netcore_test

import (
	"context"
	"errors"
	"testing"

	"ferry/netcore"
	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/wire"
	. "ferry/netcore/netcoretest"
)

// offer makes an offer of one empty file over a connection of its own.
func (m *mallory) offer(t *testing.T, h *Host, id netcore.TransferID) *conn.Conn {
	t.Helper()
	c, err := conn.Dial(t.Context(), m.config(), h.Addr(), h.Self().ID, wire.PurposeTransfer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	var page wire.Page
	page.Add(wire.Entry{Path: "a.txt"})
	err = errors.Join(c.SendControl(wire.TypeOffer, wire.Offer{ID: id.String(), Files: 1}),
		c.Send(wire.TypeEntries, page.Body()), c.Flush())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTheSameOfferAgainIsAskedNoSooner: who replaces an offer that nobody has answered by the same one waits as
// with any other.
func TestTheSameOfferAgainIsAskedNoSooner(t *testing.T) {
	asked := make(chan struct{}, 8)
	h := Start(t, "Anna", func(_ *netcore.Config, r *Recorder) {
		r.Answer = func(ctx context.Context, _ netcore.Offer) netcore.Answer {
			asked <- struct{}{}
			<-ctx.Done()
			return netcore.Answer{}
		}
	})
	m := newMallory(t, "Mallory")
	id := netcore.TransferID(rand128())
	m.offer(t, h, id)
	<-asked
	h.PauseOffers(m.id.ID())
	c := m.offer(t, h, id)
	ended := make(chan error, 1)
	go func() {
		_, _, err := c.Next()
		ended <- err
	}()
	select {
	case err := <-ended:
		if !errors.Is(err, netcore.ErrBusy) {
			t.Errorf("the answer is %v", err)
		}
	case <-asked:
		t.Error("the person is asked at once")
	}
}
