package conn

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"testing"

	"ferry/netcore/internal/wire"
)

// network lets two nodes connect to each other more than once.
type network struct {
	t    *testing.T
	a, b *Config
	l    net.Listener
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return &network{t: t, a: config(t, "A", 0), b: config(t, "B", 0), l: l}
}

// connect returns both ends of a new connection; the one that A dialled goes through weaken.
func (n *network) connect(weaken func(net.Conn) net.Conn) (a, b *Conn) {
	n.t.Helper()
	accepted := make(chan *Conn, 1)
	go func() {
		defer close(accepted)
		raw, err := n.l.Accept()
		if err != nil {
			return
		}
		if weaken != nil {
			raw = weaken(raw)
		}
		if c, err := Accept(n.t.Context(), n.b, raw); err == nil {
			accepted <- c
		}
	}()
	a, err := Dial(n.t.Context(), n.a, addrOf(n.l), n.b.Identity.ID(), wire.PurposeTransfer)
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(a.Close)
	b = <-accepted
	if b == nil {
		n.t.Fatal("not accepted")
	}
	n.t.Cleanup(b.Close)
	return a, b
}

// join makes one more lane of a and b, which are the ends of a connection.
func (n *network) join(a, b *Conn, weaken func(net.Conn) net.Conn) (laneA, laneB *Conn) {
	n.t.Helper()
	laneA, laneB = n.connect(weaken)
	if err := b.Take(laneB, func() error { return nil }); err != nil {
		n.t.Fatal(err)
	}
	if err := a.AddLane(laneA); err != nil {
		n.t.Fatal(err)
	}
	return laneA, laneB
}

// noise is what the bodies of a test's frames are cut from.
var noise = func() []byte {
	b := make([]byte, 2*wire.MaxData)
	rand.NewChaCha8([32]byte{}).Read(b) // never fails
	return b
}()

// content is the body of frame i: of any size, and other than the others.
func content(i int) []byte {
	r := rand.New(rand.NewPCG(uint64(i), 0))
	return noise[i%wire.MaxData:][:1+r.IntN(wire.MaxData)]
}

// sendFrames sends the frames from on, up to end.
func sendFrames(c *Conn, from, end int) error {
	for i := from; i < end; i++ {
		if err := c.Send(wire.TypeData, content(i)); err != nil {
			return err
		}
	}
	return c.Flush()
}

// readFrames reads the same, and compares.
func readFrames(c *Conn, from, end int) error {
	for i := from; i < end; i++ {
		t, _, err := c.Next()
		if err != nil {
			return err
		}
		if t != wire.TypeData {
			return Unexpected(t)
		}
		// Both ways to read it.
		var got []byte
		if i%2 == 0 {
			got, err = io.ReadAll(c)
		} else {
			got, err = c.Bytes()
		}
		if err != nil {
			return err
		}
		if !bytes.Equal(got, content(i)) {
			return fmt.Errorf("frame %d is another one", i)
		}
	}
	return nil
}
