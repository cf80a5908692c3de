package awake

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"ferry/netcore"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorder is a front end that remembers what it was told.
type recorder struct{ events []netcore.Event }

func (r *recorder) Event(ev netcore.Event) { r.events = append(r.events, ev) }
func (r *recorder) Offer(context.Context, netcore.Offer) netcore.Answer {
	return netcore.Answer{Dir: "asked"}
}
func (r *recorder) Verify(context.Context, *netcore.Verification) netcore.Verdict {
	return netcore.Same
}

// system plays a computer that may be kept awake.
type system struct {
	held, asked, released int
	refuse                error
}

func (s *system) hold(context.Context) (func() error, error) {
	s.asked++
	if s.refuse != nil {
		return nil, s.refuse
	}
	s.held++
	return func() error { s.held--; s.released++; return nil }, nil
}

// keep runs test with a Keeper that keeps s awake, and tells it of transfers.
func keep(t *testing.T, s *system, test func(tell func(n byte, state netcore.State))) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		k := New(nil)
		k.hold = s.hold
		ended := make(chan struct{})
		go func() { defer close(ended); k.Run(ctx) }()
		h := k.Watch(&recorder{})
		test(func(n byte, state netcore.State) {
			h.Event(netcore.TransferChanged{Transfer: netcore.Transfer{ID: netcore.TransferID{n}, State: state}})
			synctest.Wait()
		})
		stop()
		<-ended
	})
	if s.held != 0 {
		t.Errorf("held %d times after the end", s.held)
	}
}

func TestAwakeWhileATransferRuns(t *testing.T) {
	s := &system{}
	keep(t, s, func(tell func(byte, netcore.State)) {
		for _, step := range []struct {
			transfer byte
			state    netcore.State
			held     int
		}{
			{1, netcore.Queued, 0},
			{1, netcore.Offered, 0}, // a person may think for days
			{1, netcore.Running, 1},
			{1, netcore.Running, 1}, // progress
			{2, netcore.Running, 1},
			{1, netcore.Done, 1},
			{2, netcore.Paused, 0}, // who waits for a peer may sleep
			{2, netcore.Running, 1},
			{2, netcore.Failed, 0},
			{2, netcore.Running, 1}, // left to the end of Run
		} {
			tell(step.transfer, step.state)
			if s.held != step.held {
				t.Errorf("transfer %d is %s: held %d times, want %d", step.transfer, step.state, s.held, step.held)
			}
		}
	})
}

// A transfer must not notice a system that refuses, and another one asks again.
func TestRefusalDisturbsNothing(t *testing.T) {
	s := &system{refuse: errors.New("not allowed")}
	keep(t, s, func(tell func(byte, netcore.State)) {
		tell(1, netcore.Running)
		tell(1, netcore.Done)
		s.refuse = nil
		tell(2, netcore.Running)
		if s.held != 1 {
			t.Errorf("held %d times, want 1", s.held)
		}
	})
}

func TestWatchHandsEverythingOn(t *testing.T) {
	r := &recorder{}
	h := New(nil).Watch(r)
	h.Event(netcore.PeerChanged{})
	h.Event(netcore.TransferChanged{})
	if len(r.events) != 2 {
		t.Errorf("handed on %v", r.events)
	}
	if answer := h.Offer(t.Context(), netcore.Offer{}); answer.Dir != "asked" {
		t.Errorf("the offer was answered with %+v", answer)
	}
}
