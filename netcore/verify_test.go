package netcore_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"ferry/netcore"
	. "ferry/netcore/netcoretest"
)

// says is a person who looks at the code and then says v.
func says(v netcore.Verdict) func(context.Context, *netcore.Verification) netcore.Verdict {
	return func(ctx context.Context, c *netcore.Verification) netcore.Verdict {
		if _, err := c.Code(ctx); err != nil {
			return netcore.Undecided
		}
		return v
	}
}

// shows is says, and keeps the code that was seen.
func shows(v netcore.Verdict, seen chan<- netcore.Code) func(context.Context, *netcore.Verification) netcore.Verdict {
	return func(ctx context.Context, c *netcore.Verification) netcore.Verdict {
		code, err := c.Code(ctx)
		if err != nil {
			return netcore.Undecided
		}
		seen <- code
		return v
	}
}

func comparing(f func(context.Context, *netcore.Verification) netcore.Verdict) func(*netcore.Config, *Recorder) {
	return func(_ *netcore.Config, r *Recorder) { r.Compare = f }
}

// known returns what h knows of a peer.
func known(h *Host, id netcore.PeerID) netcore.Peer {
	for _, p := range h.Known() {
		if p.ID == id {
			return p
		}
	}
	return netcore.Peer{}
}

func TestBothSaySame(t *testing.T) {
	here, there := make(chan netcore.Code, 1), make(chan netcore.Code, 1)
	a := Start(t, "Anna", comparing(shows(netcore.Same, here)))
	b := Start(t, "Ben", comparing(shows(netcore.Same, there)))
	id := a.Meet(t, b)
	if err := a.Node.Verify(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	code := <-here
	if other := <-there; code != other || len(code.Digits) != 6 {
		t.Errorf("one screen shows %v, the other %v", code, other)
	}
	p := known(a, id)
	if p.Verified.IsZero() || time.Since(p.Verified) > time.Hour {
		t.Errorf("the peer is verified since %v", p.Verified)
	}
	b.Wait(t, "the other end to be sure, too", func(e netcore.Event) bool {
		c, ok := e.(netcore.PeerChanged)
		return ok && c.Peer.ID == a.Self().ID && !c.Peer.Verified.IsZero()
	})
}

func TestOneSaysDifferent(t *testing.T) {
	for name, tt := range map[string]struct{ here, there netcore.Verdict }{
		"here":  {netcore.Different, netcore.Same},
		"there": {netcore.Same, netcore.Different},
		"both":  {netcore.Different, netcore.Different},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := Start(t, "Anna", comparing(says(tt.here))), Start(t, "Ben", comparing(says(tt.there)))
			id := a.Meet(t, b)
			err := a.Node.Verify(t.Context(), id)
			if !errors.Is(err, netcore.ErrDifferent) {
				t.Errorf("Verify: %v", err)
			}
			if p := known(a, id); !p.Verified.IsZero() || tt.here == netcore.Different && !p.Blocked {
				t.Errorf("the peer is now %+v", p)
			}
			Eventually(t, "it to be blocked by who said so", func() bool {
				return known(b, a.Self().ID).Blocked == (tt.there == netcore.Different) || tt.here == netcore.Different
			})
			if !known(b, a.Self().ID).Verified.IsZero() {
				t.Error("the other end takes it for verified")
			}
		})
	}
}
