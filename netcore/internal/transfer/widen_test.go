package transfer

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
)

// eager widens whatever the path is like, and goes on for as long as it gains.
var eager = widenRule{
	begin: time.Millisecond, settle: time.Millisecond, measure: 10 * time.Millisecond, worth: time.Millisecond,
	speed: 1e12, lost: -1, busy: 2,
}

// A wide is a delivery to which lanes can be added.
type wide struct {
	*ends
	id    ID
	src   *Source
	inbox string
	rule  widenRule
	slow  *rate.Limiter // of the receiver
	dial  func(context.Context) (*conn.Conn, error)

	mu    sync.Mutex
	in    *Incoming
	lanes []*conn.Conn // the sender's ends of those that were dialled
}

// newWide prepares the delivery of a file of size bytes to a receiver that takes
// in perSecond of them.
func newWide(t *testing.T, size int, perSecond rate.Limit) *wide {
	dir := tempDir(t)
	randomFile(t, filepath.Join(dir, "file"), size, 1)
	w := &wide{
		ends: newEnds(t), id: NewID(), src: scan(t, filepath.Join(dir, "file")), inbox: filepath.Join(dir, "inbox"),
		rule: eager, slow: rate.NewLimiter(perSecond, receiveBuffer),
	}
	w.dial = w.lane
	return w
}

// lane makes one more connection, and has the receiver read what comes first on it.
func (w *wide) lane(ctx context.Context) (*conn.Conn, error) {
	anna, bob, err := w.connect(0)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lanes = append(w.lanes, anna)
	go func() {
		opening, err := Open(ctx, bob)
		if err != nil {
			return
		}
		if !opening.Join || opening.ID != w.id {
			bob.Fail(fault.Protocol)
			return
		}
		_ = w.in.TakeLane(bob) // its error is the sender's
	}()
	return anna, nil
}

// count returns how many lanes were dialled.
func (w *wide) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.lanes)
}

// deliver delivers, and returns how both ends ended.
func (w *wide) deliver(t *testing.T, ctx context.Context) (sent, got error) {
	t.Helper()
	anna, bob := w.mustConnect(t)
	received := make(chan error, 1)
	go func() { received <- w.receive(t, ctx, bob) }()
	_, sent = Send(ctx, anna, Outgoing{
		ID: w.id, Source: w.src, Meter: new(Meter), Accepted: func() {}, Lane: w.dial, rule: w.rule,
	})
	return sent, <-received
}

func (w *wide) receive(t *testing.T, ctx context.Context, c *conn.Conn) error {
	opening, err := Open(ctx, c)
	if err != nil {
		return err
	}
	in, err := opening.ReadList(ctx, "", nil)
	if err != nil {
		return err
	}
	defer in.Close()
	w.mu.Lock()
	w.in = in
	w.mu.Unlock()
	ctx = in.Wait(ctx)
	delivery, err := openBox(t, w.inbox).BeginTransfer(c.Peer.String(), w.id.String())
	if err != nil {
		in.Refuse(err)
		return err
	}
	defer delivery.Close()
	_, err = in.Receive(ctx, Arrival{
		Delivery: delivery, Meter: new(Meter), Free: func() int64 { return -1 }, Pace: w.slow,
	})
	return err
}

// TestLanesCarryADelivery widens to as many lanes as there may be, and then lets the
// receiver take in what comes.
func TestLanesCarryADelivery(t *testing.T) {
	w := newWide(t, 48<<20, 4<<20)
	w.dial = func(ctx context.Context) (*conn.Conn, error) {
		lane, err := w.lane(ctx)
		if w.count() == conn.MaxLanes-1 {
			w.slow.SetLimit(rate.Inf)
		}
		return lane, err
	}
	if sent, got := w.deliver(t, t.Context()); sent != nil || got != nil {
		t.Fatalf("sender: %v, receiver: %v", sent, got)
	}
	sameFile(t, w.src.Paths[0], filepath.Join(w.inbox, "file"))
	if n := w.count(); n != conn.MaxLanes-1 {
		t.Errorf("%d lanes were dialled", n)
	}
	carried := 0
	for _, lane := range w.lanes {
		if lane.Traffic().Bytes > 100_000 {
			carried++
		}
	}
	if carried < conn.MaxLanes/2 {
		t.Errorf("%d lanes have carried content", carried)
	}
}

// TestNoMoreLanesThanHelp has a rule by which the first lanes are no gain.
func TestNoMoreLanesThanHelp(t *testing.T) {
	w := newWide(t, 16<<20, 8<<20)
	w.rule.gain = math.Inf(1) // also where nothing moves at first
	if sent, got := w.deliver(t, t.Context()); sent != nil || got != nil {
		t.Fatalf("sender: %v, receiver: %v", sent, got)
	}
	if n := w.count(); n != conn.MaxLanes/2-1 {
		t.Errorf("%d lanes were dialled, want those that were no gain", n)
	}
	sameFile(t, w.src.Paths[0], filepath.Join(w.inbox, "file"))
}

// TestRefusedLaneHarmsNothing has a receiver that wants one connection only, or none can be made.
func TestRefusedLaneHarmsNothing(t *testing.T) {
	for name, refuse := range map[string]func(*wide) func(context.Context) (*conn.Conn, error){
		"by the receiver": func(w *wide) func(context.Context) (*conn.Conn, error) {
			return func(ctx context.Context) (*conn.Conn, error) {
				anna, bob, err := w.connect(0)
				if err == nil {
					go bob.Fail(fault.Busy)
				}
				return anna, err
			}
		},
		"unreachable": func(*wide) func(context.Context) (*conn.Conn, error) {
			return func(context.Context) (*conn.Conn, error) { return nil, fault.Offline }
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWide(t, 8<<20, 8<<20)
			w.dial = refuse(w)
			if sent, got := w.deliver(t, t.Context()); sent != nil || got != nil {
				t.Fatalf("sender: %v, receiver: %v", sent, got)
			}
			sameFile(t, w.src.Paths[0], filepath.Join(w.inbox, "file"))
		})
	}
}

// TestLaneLostInADelivery ends the attempt at both ends, and the next one goes on
// where it stood.
func TestLaneLostInADelivery(t *testing.T) {
	w := newWide(t, 48<<20, 4<<20)
	w.dial = func(ctx context.Context) (*conn.Conn, error) {
		if w.count() == 2 {
			w.lanes[0].Abort()
			return nil, fault.Offline
		}
		return w.lane(ctx)
	}
	if sent, got := w.deliver(t, t.Context()); !errors.Is(sent, fault.Lost) || !errors.Is(got, fault.Lost) {
		t.Fatalf("sender: %v, receiver: %v; want lost connections", sent, got)
	}
	w.dial = nil
	w.slow.SetLimit(rate.Inf)
	if sent, got := w.deliver(t, t.Context()); sent != nil || got != nil {
		t.Fatalf("again: sender: %v, receiver: %v", sent, got)
	}
	sameFile(t, w.src.Paths[0], filepath.Join(w.inbox, "file"))
}

// TestCancelWithLanes ends a delivery over lanes: the receiver hears why.
func TestCancelWithLanes(t *testing.T) {
	w := newWide(t, 48<<20, 1<<20)
	sending, cancel := context.WithCancelCause(t.Context())
	w.dial = func(ctx context.Context) (*conn.Conn, error) {
		if w.count() == 3 {
			cancel(fault.Cancelled)
			w.slow.SetLimit(rate.Inf) // last words come behind what is under way
			return nil, fault.Offline
		}
		return w.lane(ctx)
	}
	anna, bob := w.mustConnect(t)
	received := make(chan error, 1)
	go func() { received <- w.receive(t, t.Context(), bob) }()
	_, sent := Send(sending, anna, Outgoing{
		ID: w.id, Source: w.src, Meter: new(Meter), Accepted: func() {}, Lane: w.dial, rule: w.rule,
	})
	if got := <-received; !errors.Is(sent, fault.Cancelled) || !errors.Is(got, fault.Cancelled) {
		t.Errorf("sender: %v, receiver: %v; want cancelled", sent, got)
	}
}

// TestJoinBeforeTheAnswer asks for a lane while the offer is undecided.
func TestJoinBeforeTheAnswer(t *testing.T) {
	e := newEnds(t)
	_, bob := e.mustConnect(t)
	anna, lane := e.mustConnect(t)
	in := &Incoming{c: bob}
	refused := make(chan error, 1)
	go func() { refused <- in.TakeLane(lane) }()
	if err := askToJoin(anna, NewID()); !errors.Is(err, fault.Busy) {
		t.Errorf("the sender hears %v", err)
	}
	anna.Close()
	if err := <-refused; !errors.Is(err, fault.Busy) {
		t.Errorf("TakeLane: %v", err)
	}
}

// TestWhenToWiden holds what the usual rule makes of what has been sent while it measured.
func TestWhenToWiden(t *testing.T) {
	w := &widening{widenRule: usualRule}
	all := usualRule.measure
	tests := map[string]struct {
		t    conn.Traffic
		want bool
	}{
		"packets get lost":            {conn.Traffic{Writing: all, Kernel: true, Segments: 1000, Retransmits: 10}, true},
		"the path is full":            {conn.Traffic{Writing: all, Kernel: true, Segments: 80_000}, false},
		"the sender's disk is slow":   {conn.Traffic{Writing: all / 10, Kernel: true, Segments: 1000, Retransmits: 10}, false},
		"the receiver's disk is slow": {conn.Traffic{Writing: all, Kernel: true, Segments: 1000, Retransmits: 10, PeerBusy: all / 2}, false},
		"nothing more is known":       {conn.Traffic{Writing: all}, true},
		"but that it is the disk":     {conn.Traffic{Writing: all / 10}, false},
	}
	for name, tt := range tests {
		if got := w.hampered(tt.t); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	w.pace = rate.NewLimiter(1e6, 1e5)
	if !w.paced() {
		t.Error("a limit that a person has set is not seen")
	}
}
