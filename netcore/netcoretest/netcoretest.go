// Package netcoretest helps to test with real nodes: it runs them on loopback,
// records what they tell, and compares trees of files.
package netcoretest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"ferry/netcore"
)

// Patience is how long a test waits for what must happen. It is no measure of
// speed: only a test that fails waits that long.
const Patience = 60 * time.Second

// A Recorder is a Handler that keeps all events and answers offers by Answer.
type Recorder struct {
	// Answer decides on offers; nil accepts all.
	Answer func(context.Context, netcore.Offer) netcore.Answer
	// Compare says what comes of comparing codes; nil: nothing.
	Compare func(context.Context, *netcore.Verification) netcore.Verdict

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at each event
	events  []netcore.Event
}

// Event implements netcore.Handler.
func (r *Recorder) Event(e netcore.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
}

// Offer implements netcore.Handler.
func (r *Recorder) Offer(ctx context.Context, o netcore.Offer) netcore.Answer {
	if r.Answer == nil {
		return netcore.Answer{Accept: true}
	}
	return r.Answer(ctx, o)
}

// Verify implements netcore.Handler.
func (r *Recorder) Verify(ctx context.Context, v *netcore.Verification) netcore.Verdict {
	if r.Compare == nil {
		return netcore.Undecided
	}
	return r.Compare(ctx, v)
}

// Events returns what was told so far.
func (r *Recorder) Events() []netcore.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.events[:len(r.events):len(r.events)]
}

// Wait returns the first event, of those told so far or to come, for which ok
// reports true. The test fails if there is none within [Patience].
func (r *Recorder) Wait(t testing.TB, what string, ok func(netcore.Event) bool) netcore.Event {
	t.Helper()
	deadline := time.After(Patience)
	for seen := 0; ; {
		r.mu.Lock()
		fresh := r.events[seen:]
		if r.changed == nil {
			r.changed = make(chan struct{})
		}
		changed := r.changed
		r.mu.Unlock()
		for _, e := range fresh {
			if ok(e) {
				return e
			}
		}
		seen += len(fresh)
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("waited %v in vain for %s; the events were:\n%s", Patience, what, r)
		}
	}
}

// WaitTransfer waits until a transfer is as ok wants it.
func (r *Recorder) WaitTransfer(t testing.TB, what string, ok func(netcore.Transfer) bool) netcore.Transfer {
	t.Helper()
	e := r.Wait(t, what, func(e netcore.Event) bool {
		c, is := e.(netcore.TransferChanged)
		return is && ok(c.Transfer)
	})
	return e.(netcore.TransferChanged).Transfer
}

// WaitFinal waits for the end of a transfer.
func (r *Recorder) WaitFinal(t testing.TB, id netcore.TransferID) netcore.Transfer {
	t.Helper()
	return r.WaitTransfer(t, fmt.Sprintf("the end of transfer %v", id), func(tr netcore.Transfer) bool {
		return tr.ID == id && tr.State.Final()
	})
}

// String lists the last events, for a failed test.
func (r *Recorder) String() string {
	events := r.Events()
	text := ""
	for _, e := range events[max(0, len(events)-20):] {
		switch e := e.(type) {
		case netcore.TransferChanged:
			text += fmt.Sprintf("transfer %v %v %v %d of %d bytes: %v\n", e.Transfer.ID, e.Transfer.Direction, e.Transfer.State, e.Transfer.DoneBytes, e.Transfer.Bytes, e.Transfer.Err)
		case netcore.PeerChanged:
			text += fmt.Sprintf("peer %q online=%v\n", e.Peer.Name, e.Peer.Online)
		case netcore.Warning:
			text += fmt.Sprintf("warning: %v\n", e.Err)
		}
	}
	return text
}

// A Host is a running node.
type Host struct {
	*netcore.Node
	*Recorder
	Dir string // its config folder

	stop func()
}

// Start runs a node on loopback until the test ends or Stop is called. adjust
// may change the Config before it starts.
func Start(t testing.TB, name string, adjust ...func(*netcore.Config, *Recorder)) *Host {
	t.Helper()
	h := &Host{Recorder: new(Recorder), Dir: filepath.Join(t.TempDir(), "config")}
	cfg := netcore.Config{
		Dir:     h.Dir,
		Name:    name,
		Inbox:   filepath.Join(t.TempDir(), "inbox"),
		Listen:  "127.0.0.1:0",
		Handler: h.Recorder,
		Log:     logger(t, name),
	}
	for _, f := range adjust {
		f(&cfg, h.Recorder)
	}
	h.Dir = cfg.Dir
	node, err := netcore.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	h.Node = node
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- node.Run(ctx) }()
	<-node.Started()
	h.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("node %s: %v", name, err)
		}
	})
	t.Cleanup(h.stop)
	return h
}

// logger writes to stderr if FERRY_TEST_LOG is set.
func logger(t testing.TB, name string) *slog.Logger {
	if os.Getenv("FERRY_TEST_LOG") == "" {
		return nil
	}
	h := slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})
	return slog.New(h).With("test", t.Name(), "node", name)
}

// Stop ends the node and waits until it has ended.
func (h *Host) Stop() { h.stop() }

// Meet connects h to other, as if it had been found, and returns other's ID.
func (h *Host) Meet(t testing.TB, other *Host) netcore.PeerID {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	p, err := h.Connect(ctx, other.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// MustSend sends paths and returns the transfer's ID.
func (h *Host) MustSend(t testing.TB, to netcore.PeerID, paths ...string) netcore.TransferID {
	t.Helper()
	id, err := h.Send(to, paths)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Only answers the offers of the device of that name with yes, once wait is
// closed, and never decides on others.
func Only(name string, wait <-chan struct{}) func(context.Context, netcore.Offer) netcore.Answer {
	return func(ctx context.Context, o netcore.Offer) netcore.Answer {
		if o.Peer.Name != name {
			<-ctx.Done()
			return netcore.Answer{}
		}
		select {
		case <-wait:
		case <-ctx.Done():
		}
		return netcore.Answer{Accept: true}
	}
}

// Eventually waits until ok reports true; the test fails if it does not within [Patience].
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(Patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited %v in vain for %s", Patience, what)
		}
	}
}

// Into accepts all offers, into the folder dir.
func Into(dir string) func(context.Context, netcore.Offer) netcore.Answer {
	return func(context.Context, netcore.Offer) netcore.Answer {
		return netcore.Answer{Accept: true, Dir: dir}
	}
}
