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

// offer makes an offer of one file over a connection of its own.
func (m *mallory) offer(t *testing.T, h *Host, id netcore.TransferID, size int64) *conn.Conn {
	t.Helper()
	c, err := conn.Dial(t.Context(), m.config(), h.Addr(), h.Self().ID, wire.PurposeTransfer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	var page wire.Page
	page.Add(wire.Entry{Path: "a.txt", Size: size})
	err = errors.Join(c.SendControl(wire.TypeOffer, wire.Offer{ID: id.String(), Files: 1, Bytes: size}),
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
	m.offer(t, h, id, 0)
	<-asked
	h.PauseOffers(m.id.ID())
	c := m.offer(t, h, id, 0)
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

// TestNoMoreThanTheRuleByAnotherOffer begins a transfer that is accepted without asking, and goes on with it when the
// rule does not cover it any more.
func TestNoMoreThanTheRuleByAnotherOffer(t *testing.T) {
	const most = 8
	for name, c := range map[string]struct {
		again   int64
		between func(*testing.T, *Host, netcore.PeerID)
		want    error // nil: it goes on
	}{
		"as it was":    {most, func(*testing.T, *Host, netcore.PeerID) {}, nil},
		"more":         {most + 1, func(*testing.T, *Host, netcore.PeerID) {}, netcore.ErrChanged},
		"not verified": {most, func(_ *testing.T, h *Host, id netcore.PeerID) { h.Vouch(id, false) }, netcore.ErrUntrusted},
		"another rule": {most, func(t *testing.T, h *Host, id netcore.PeerID) {
			if err := h.SetAutoAccept(id, netcore.AutoAccept{On: true, MaxBytes: 1}); err != nil {
				t.Fatal(err)
			}
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h := Start(t, "Anna", func(_ *netcore.Config, r *Recorder) {
				r.Answer = func(context.Context, netcore.Offer) netcore.Answer { return netcore.Answer{} }
			})
			m := newMallory(t, "Ben")
			h.Vouch(m.id.ID(), true)
			if err := h.SetAutoAccept(m.id.ID(), netcore.AutoAccept{On: true, MaxBytes: most}); err != nil {
				t.Fatal(err)
			}
			id := netcore.TransferID(rand128())
			first := m.offer(t, h, id, most)
			if typ, _, err := first.Next(); err != nil || typ != wire.TypeAnswer {
				t.Fatalf("what the rule covers: %v, %v", typ, err)
			}
			first.Close()
			h.WaitTransfer(t, "the interruption", func(tr netcore.Transfer) bool { return tr.State == netcore.Paused })
			c.between(t, h, m.id.ID())
			typ, _, err := m.offer(t, h, id, c.again).Next()
			if c.want == nil && (err != nil || typ != wire.TypeAnswer) || !errors.Is(err, c.want) {
				t.Errorf("offered again: %v, %v; want %v", typ, err, c.want)
			}
		})
	}
}
