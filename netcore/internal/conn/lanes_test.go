package conn

import (
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// TestLanesCarryOneStream adds lanes while frames go out: all arrive, whole and in order, and
// each lane carries some.
func TestLanesCarryOneStream(t *testing.T) {
	n := newNetwork(t)
	a, b := n.connect(nil)
	const each, lanes = 30, 4
	read := make(chan error, 1)
	go func() { read <- readFrames(b, 0, lanes*each) }()
	added := []*Conn{a}
	for i := range lanes {
		if i > 0 {
			lane, _ := n.join(a, b, nil)
			added = append(added, lane)
		}
		if err := sendFrames(a, i*each, (i+1)*each); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-read; err != nil {
		t.Fatal(err)
	}
	for i, lane := range added {
		if sent := lane.socket.sent.Load(); sent < pieceSize {
			t.Errorf("lane %d has carried %d bytes", i, sent)
		}
	}
	if total, own := a.Traffic(), a.socket.traffic(); total.Bytes <= own.Bytes || total.Segments < own.Segments {
		t.Errorf("traffic of all lanes is %+v, of the first %+v", total, own)
	}
	// The other direction is as it was.
	if err := errors.Join(b.Send(wire.TypeBye), b.Flush()); err != nil {
		t.Fatal(err)
	}
	if typ, _, err := a.Next(); err != nil || typ != wire.TypeBye {
		t.Errorf("the answer is %v, %v", typ, err)
	}
}

// gate is a connection of which nothing can be read while it is shut.
type gate struct {
	net.Conn
	mu   sync.Mutex
	wait chan struct{} // nil: open
}

func (g *gate) Read(p []byte) (int, error) {
	g.mu.Lock()
	wait := g.wait
	g.mu.Unlock()
	if wait != nil {
		<-wait
	}
	return g.Conn.Read(p)
}

func (g *gate) shut() (open func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	wait := make(chan struct{})
	g.wait = wait
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.wait = nil
		close(wait)
	}
}

// TestSlowLaneHoldsTheOthersBack stops one of three lanes. The others come to a halt a window
// ahead of it, and all arrives once it goes on.
func TestSlowLaneHoldsTheOthersBack(t *testing.T) {
	n := newNetwork(t)
	a, b := n.connect(nil)
	slow := new(gate)
	n.join(a, b, func(raw net.Conn) net.Conn { slow.Conn = raw; return slow })
	n.join(a, b, nil)
	const frames = 150 // about 75 MB: more than the window and all that sockets hold
	open := slow.shut()
	ended := make(chan error, 2)
	go func() { ended <- sendFrames(a, 0, frames) }()
	go func() { ended <- readFrames(b, 0, frames) }()
	g := b.lanes.gather
	waitFor(t, func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		return len(g.held) == 2
	})
	g.mu.Lock()
	kept := len(g.free)
	for _, s := range g.slots {
		if s.claimed {
			kept++
		}
	}
	g.mu.Unlock()
	if kept > window+1 {
		t.Errorf("%d pieces are kept", kept)
	}
	open()
	for range 2 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for !ok() {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatal("waited in vain")
		}
	}
}

// TestLostLaneEndsBothEnds cuts one lane in mid-stream.
func TestLostLaneEndsBothEnds(t *testing.T) {
	n := newNetwork(t)
	a, b := n.connect(nil)
	_, cut := n.join(a, b, nil)
	n.join(a, b, nil)
	sent, read, heard := make(chan error, 1), make(chan error, 1), make(chan error, 1)
	go func() { sent <- sendFrames(a, 0, 100_000) }()
	go func() { _, _, err := a.Next(); heard <- err }()
	if err := readFrames(b, 0, 20); err != nil {
		t.Fatal(err)
	}
	go func() { read <- readFrames(b, 20, 100_000) }()
	cut.Abort()
	for name, ended := range map[string]chan error{"sender": sent, "receiver": read, "the sender's ear": heard} {
		if err := <-ended; !errors.Is(err, fault.Lost) {
			t.Errorf("%s: %v, want a lost connection", name, err)
		}
	}
}

// TestLastWordsPassTheLanes ends a stream under way at either end: the other one learns why.
func TestLastWordsPassTheLanes(t *testing.T) {
	for _, by := range []string{"sender", "receiver"} {
		t.Run(by, func(t *testing.T) {
			n := newNetwork(t)
			a, b := n.connect(nil)
			n.join(a, b, nil)
			n.join(a, b, nil)
			sent, read := make(chan error, 1), make(chan error, 1)
			go func() { sent <- sendFrames(a, 0, 100_000) }()
			if err := readFrames(b, 0, 20); err != nil {
				t.Fatal(err)
			}
			var err error
			if by == "sender" {
				go func() { read <- readFrames(b, 20, 100_000) }()
				a.Interrupt()
				a.Fail(fault.Cancelled)
				err = <-read
			} else {
				go func() {
					_, _, err := a.Next()
					a.Fail(err)
					read <- err
				}()
				b.Fail(fault.NoSpace)
				err = <-read
			}
			if serr := <-sent; serr == nil {
				t.Error("the sender goes on sending")
			}
			var remote *RemoteError
			if !errors.As(err, &remote) || !errors.Is(err, fault.Cancelled) && !errors.Is(err, fault.NoSpace) {
				t.Errorf("the end is %v, want the other side's reason", err)
			}
		})
	}
}

// TestLastWordsPassAStuckConnection has the connection of the stream itself stand still
// while the sender ends it: the lanes tell.
func TestLastWordsPassAStuckConnection(t *testing.T) {
	n := newNetwork(t)
	stuck := new(gate)
	a, b := n.connect(func(raw net.Conn) net.Conn { stuck.Conn = raw; return stuck })
	n.join(a, b, nil)
	if err := sendFrames(a, 0, 5); err != nil {
		t.Fatal(err)
	}
	if err := readFrames(b, 0, 5); err != nil {
		t.Fatal(err)
	}
	open := stuck.shut()
	if err := sendFrames(a, 5, 15); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); a.Fail(fault.Cancelled) }()
	err := readFrames(b, 5, 100_000)
	open()
	var remote *RemoteError
	if !errors.As(err, &remote) || !errors.Is(err, fault.Cancelled) {
		t.Errorf("the end is %v, want the other side's reason", err)
	}
	b.Fail(err)
	<-ended
}

// TestFirstPartComesWhereTheStreamBegan: by it the receiver knows that no other frame comes there.
func TestFirstPartComesWhereTheStreamBegan(t *testing.T) {
	n := newNetwork(t)
	a, b := n.connect(nil)
	for range MaxLanes - 1 {
		n.join(a, b, nil)
	}
	sent := make(chan error, 1)
	go func() { sent <- sendFrames(a, 0, 5) }()
	if typ, _, err := b.next(b.r); err != nil || typ != wire.TypePart {
		t.Fatalf("%v, %v; want a Part", typ, err)
	}
	if number, _, err := b.r.PartNumber(); err != nil || number != 0 {
		t.Errorf("it is Part %d, %v", number, err)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

// TestInterruptEndsAReadOfTheLanes waits for a Part that does not come.
func TestInterruptEndsAReadOfTheLanes(t *testing.T) {
	n := newNetwork(t)
	a, b := n.connect(nil)
	n.join(a, b, nil)
	if err := sendFrames(a, 0, 5); err != nil {
		t.Fatal(err)
	}
	if err := readFrames(b, 0, 5); err != nil {
		t.Fatal(err)
	}
	read := make(chan error, 1)
	go func() { read <- readFrames(b, 5, 6) }()
	b.Interrupt()
	if err := <-read; !errors.Is(err, fault.Lost) {
		t.Errorf("ended with %v", err)
	}
	if err := b.Take(a, nil); !errors.Is(err, fault.Busy) {
		t.Errorf("one more lane at the end: %v", err)
	}
}

// TestSilentLaneIsLost stops the signs of life of one lane alone.
func TestSilentLaneIsLost(t *testing.T) {
	n := newNetwork(t)
	n.a.Silence, n.b.Silence = 300*time.Millisecond, 300*time.Millisecond
	a, b := n.connect(nil)
	laneA, _ := n.join(a, b, nil)
	if err := sendFrames(a, 0, 1); err != nil {
		t.Fatal(err)
	}
	if err := readFrames(b, 0, 1); err != nil {
		t.Fatal(err)
	}
	laneA.writing.Lock()
	defer laneA.writing.Unlock()
	if err := readFrames(b, 1, 2); !errors.Is(err, fault.Lost) {
		t.Errorf("ended with %v", err)
	}
}
