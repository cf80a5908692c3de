package netcore_test

import (
	"context"
	"errors"
	"sync"
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

// take waits for what comes over c.
func take[T any](t *testing.T, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(Patience):
		t.Fatalf("waited %v in vain", Patience)
	}
	return v
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
	code := take(t, here)
	if other := take(t, there); code != other || len(code.Digits) != 6 {
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
			var looking sync.WaitGroup // nobody answers before both see the code
			looking.Add(2)
			look := func(v netcore.Verdict) func(context.Context, *netcore.Verification) netcore.Verdict {
				return func(ctx context.Context, c *netcore.Verification) netcore.Verdict {
					if _, err := c.Code(ctx); err != nil {
						t.Error(err)
					}
					looking.Done()
					looking.Wait()
					return v
				}
			}
			a, b := Start(t, "Anna", comparing(look(tt.here))), Start(t, "Ben", comparing(look(tt.there)))
			id := a.Meet(t, b)
			err := a.Node.Verify(t.Context(), id)
			if !errors.Is(err, netcore.ErrDifferent) {
				t.Errorf("Verify: %v", err)
			}
			if p := known(a, id); !p.Verified.IsZero() || tt.here == netcore.Different && !p.Blocked {
				t.Errorf("the peer is now %+v", p)
			}
			Eventually(t, "the other end to act, too", func() bool {
				return known(b, a.Self().ID).Blocked == (tt.there == netcore.Different)
			})
			if !known(b, a.Self().ID).Verified.IsZero() {
				t.Error("the other end takes it for verified")
			}
		})
	}
}

// TestStopping has what a person can do instead of comparing.
func TestStopping(t *testing.T) {
	no := func(context.Context, *netcore.Verification) netcore.Verdict { return netcore.Undecided }
	for name, tt := range map[string]struct {
		here, there func(context.Context, *netcore.Verification) netcore.Verdict
		want        error
		remote      bool
	}{
		"who was asked does not want to": {says(netcore.Same), no, netcore.ErrDeclined, true},
		"who was asked stops":            {says(netcore.Same), says(netcore.Undecided), netcore.ErrCancelled, true},
		"who has begun stops":            {says(netcore.Undecided), says(netcore.Same), netcore.ErrCancelled, false},
		"who has begun never looks":      {no, says(netcore.Same), netcore.ErrCancelled, false},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := Start(t, "Anna", comparing(tt.here)), Start(t, "Ben", comparing(tt.there))
			id := a.Meet(t, b)
			err := a.Node.Verify(t.Context(), id)
			var e *netcore.Error
			if !errors.Is(err, tt.want) || !errors.As(err, &e) || e.Remote != tt.remote {
				t.Errorf("Verify: %v", err)
			}
			if p := known(a, id); !p.Verified.IsZero() || p.Blocked {
				t.Errorf("the peer is now %+v", p)
			}
			if p := known(b, a.Self().ID); !p.Verified.IsZero() || p.Blocked {
				t.Errorf("the other end has %+v", p)
			}
		})
	}
}

// waits is a person who is asked, agrees, and is told why there is nothing to compare any more.
func waits(why chan<- error) func(context.Context, *netcore.Verification) netcore.Verdict {
	return func(ctx context.Context, c *netcore.Verification) netcore.Verdict {
		if _, err := c.Code(ctx); err != nil {
			why <- err
			return netcore.Undecided
		}
		<-ctx.Done()
		why <- context.Cause(ctx)
		return netcore.Undecided
	}
}

func TestTheLinkIsCutWhilePeopleCompare(t *testing.T) {
	here, there := make(chan error, 1), make(chan error, 1)
	coded := make(chan netcore.Code, 2)
	look := func(why chan<- error) func(context.Context, *netcore.Verification) netcore.Verdict {
		return func(ctx context.Context, c *netcore.Verification) netcore.Verdict {
			code, err := c.Code(ctx)
			if err != nil {
				why <- err
				return netcore.Undecided
			}
			coded <- code
			<-ctx.Done()
			why <- context.Cause(ctx)
			return netcore.Undecided
		}
	}
	a, b := Start(t, "Anna", comparing(look(here))), Start(t, "Ben", comparing(look(there)))
	cable := NewRelay(t, b.Addr())
	p, err := a.Connect(t.Context(), cable.Addr())
	if err != nil {
		t.Fatal(err)
	}
	result := make(chan error, 1)
	go func() { result <- a.Node.Verify(t.Context(), p.ID) }()
	<-coded
	<-coded
	cable.Pull()
	for name, c := range map[string]chan error{"Verify": result, "this person": here, "the other person": there} {
		if err := take(t, c); !errors.Is(err, netcore.ErrLost) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !known(a, p.ID).Verified.IsZero() {
		t.Error("verified")
	}
}

func TestTheCallerStops(t *testing.T) {
	why := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	a := Start(t, "Anna", comparing(func(ctx context.Context, c *netcore.Verification) netcore.Verdict {
		if _, err := c.Code(ctx); err == nil {
			cancel()
		}
		<-ctx.Done()
		return netcore.Same // too late
	}))
	b := Start(t, "Ben", comparing(waits(why)))
	err := a.Node.Verify(ctx, a.Meet(t, b))
	if !errors.Is(err, netcore.ErrCancelled) {
		t.Errorf("Verify: %v", err)
	}
	if err := take(t, why); !errors.Is(err, netcore.ErrCancelled) {
		t.Errorf("the other person is told %v", err)
	}
}

func TestOneComparisonAtATime(t *testing.T) {
	asked, free := make(chan struct{}), make(chan struct{})
	a := Start(t, "Anna", comparing(says(netcore.Same)))
	b := Start(t, "Ben", comparing(func(ctx context.Context, c *netcore.Verification) netcore.Verdict {
		close(asked)
		<-free
		return says(netcore.Same)(ctx, c)
	}))
	id := a.Meet(t, b)
	first := make(chan error, 1)
	go func() { first <- a.Node.Verify(t.Context(), id) }()
	<-asked
	if err := a.Node.Verify(t.Context(), id); !errors.Is(err, netcore.ErrBusy) {
		t.Errorf("a second one: %v", err)
	}
	if err := b.Node.Verify(t.Context(), a.Self().ID); !errors.Is(err, netcore.ErrBusy) {
		t.Errorf("one from the other side: %v", err)
	}
	close(free)
	if err := take(t, first); err != nil {
		t.Errorf("the first one: %v", err)
	}
}

// TestTheOtherPersonSawAnotherCode is told to who had said "same" already, and was asked.
func TestTheOtherPersonSawAnotherCode(t *testing.T) {
	said := make(chan struct{})
	a := Start(t, "Anna", comparing(func(ctx context.Context, c *netcore.Verification) netcore.Verdict {
		if _, err := c.Code(ctx); err != nil {
			return netcore.Undecided
		}
		<-said
		return netcore.Different
	}))
	b := Start(t, "Ben", comparing(func(ctx context.Context, c *netcore.Verification) netcore.Verdict {
		defer close(said)
		return says(netcore.Same)(ctx, c)
	}))
	if err := a.Node.Verify(t.Context(), a.Meet(t, b)); !errors.Is(err, netcore.ErrDifferent) {
		t.Errorf("Verify: %v", err)
	}
	b.Wait(t, "a warning", func(e netcore.Event) bool {
		w, ok := e.(netcore.Warning)
		return ok && w.Kind == netcore.WarnVerify
	})
	if p := known(b, a.Self().ID); !p.Verified.IsZero() {
		t.Errorf("verified all the same: %+v", p)
	}
}

// TestNobodyAnswers is one person who looks at the code, and another one who is out for lunch.
func TestNobodyAnswers(t *testing.T) {
	soon := func(c *netcore.Config, _ *Recorder) { netcore.CompareWithin(c, time.Second) }
	away := func(ctx context.Context, _ *netcore.Verification) netcore.Verdict {
		<-ctx.Done()
		return netcore.Undecided
	}
	a, b := Start(t, "Anna", soon, comparing(says(netcore.Same))), Start(t, "Ben", comparing(away))
	id := a.Meet(t, b)
	for range 2 { // the first one is over at the other end, too
		if err := a.Node.Verify(t.Context(), id); !errors.Is(err, netcore.ErrTimeout) {
			t.Errorf("Verify: %v", err)
		}
	}
}

func TestVerifyNobody(t *testing.T) {
	a, b := Start(t, "Anna"), Start(t, "Ben")
	if err := a.Node.Verify(t.Context(), b.Self().ID); !errors.Is(err, netcore.ErrOffline) {
		t.Errorf("a peer that is not online: %v", err)
	}
}
