package conn

import (
	"errors"
	"testing"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

func TestLanesAreLimited(t *testing.T) {
	n := newNetwork(t)
	a, b := n.connect(nil)
	for range MaxLanes - 1 {
		n.join(a, b, nil)
	}
	laneA, laneB := n.connect(nil)
	if err := b.Take(laneB, nil); !errors.Is(err, fault.Busy) {
		t.Errorf("lane %d: %v", MaxLanes+1, err)
	}
	if err := a.AddLane(laneA); err == nil {
		t.Errorf("lane %d was added", MaxLanes+1)
	}
	x, _ := n.connect(nil)
	_, y := n.connect(nil)
	if err := y.Take(x, nil); !errors.Is(err, fault.Busy) {
		t.Errorf("a lane of another node: %v", err)
	}
}

// TestHostileParts has a sender that breaks the rules for Parts.
func TestHostileParts(t *testing.T) {
	part := func(c *Conn, number uint64, piece string) error {
		return errors.Join(c.Send(wire.TypePart, wire.AppendPartNumber(nil, number), []byte(piece)), c.Flush())
	}
	frame := func(c *Conn) error { return errors.Join(c.Send(wire.TypeSum, make([]byte, wire.HashSize)), c.Flush()) }
	tests := map[string]func(c, lane *Conn) error{
		"the same number twice":     func(c, lane *Conn) error { return errors.Join(part(c, 0, "x"), part(c, 0, "x")) },
		"on two lanes":              func(c, lane *Conn) error { return errors.Join(part(c, 3, "x"), part(lane, 3, "x")) },
		"out of order":              func(c, lane *Conn) error { return errors.Join(part(c, 9, "x"), part(c, 8, "x")) },
		"a gap":                     func(c, lane *Conn) error { return errors.Join(part(c, 40, "x"), part(lane, 41, "x")) },
		"far ahead":                 func(c, lane *Conn) error { return errors.Join(part(c, 1<<64-1, "x"), part(lane, 1<<63, "x")) },
		"another frame":             func(c, lane *Conn) error { return errors.Join(part(c, 1, "x"), frame(c)) },
		"another frame on the lane": func(c, lane *Conn) error { return errors.Join(part(c, 1, "x"), frame(lane)) },
		"no piece":                  func(c, lane *Conn) error { return part(c, 128, "") },
		"a Part in a Part":          func(c, lane *Conn) error { return part(c, 0, "\x00\x00\x00\x02\x27\x00x") },
		"no frame in a Part":        func(c, lane *Conn) error { return part(c, 0, "GET / HTTP/1.1") },
	}
	for name, breach := range tests {
		t.Run(name, func(t *testing.T) {
			n := newNetwork(t)
			a, b := n.connect(nil)
			laneA, laneB := n.connect(nil)
			if err := b.Take(laneB, func() error { return nil }); err != nil {
				t.Fatal(err)
			}
			if err := breach(a, laneA); err != nil {
				t.Fatal(err)
			}
			typ, _, err := b.Next()
			if err == nil && typ == wire.TypePart {
				err = Unexpected(typ) // as every reader has it
			}
			if !errors.Is(err, fault.Protocol) {
				t.Errorf("%v, %v; want a breach of the protocol", typ, err)
			}
		})
	}
}

func TestPartWithoutLanes(t *testing.T) {
	a, b := pair(t, 0)
	if err := errors.Join(a.Send(wire.TypePart, []byte{0}, []byte("x")), a.Flush()); err != nil {
		t.Fatal(err)
	}
	if typ, _, err := b.Next(); err != nil || typ != wire.TypePart {
		t.Errorf("%v, %v; want the frame itself, which nobody takes", typ, err)
	}
}
