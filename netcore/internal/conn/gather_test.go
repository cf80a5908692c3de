package conn

import (
	"bytes"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"

	"ferry/netcore/internal/fault"
)

// pieceOf is what Part number holds in FuzzGather.
func pieceOf(number byte) []byte { return bytes.Repeat([]byte{number}, 1+int(number)%5) }

// stream is what the Parts below n hold together.
func stream(n int) []byte {
	var b []byte
	for i := range n {
		b = append(b, pieceOf(byte(i))...)
	}
	return b
}

// FuzzGather has three lanes that bring Parts with whatever numbers. If each
// number comes once, and in order on its lane, the stream is whole. Otherwise it is
// right as far as it goes. In no case does it stand still.
func FuzzGather(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5}, []byte{}, []byte{})
	f.Add([]byte{2, 3, 7}, []byte{0, 4, 6}, []byte{1, 5})
	f.Add([]byte{0, 40, 80}, []byte{1, 2, 3}, []byte{200})
	f.Add([]byte{5, 5}, []byte{5}, []byte{0})
	f.Fuzz(func(t *testing.T, one, two, three []byte) {
		g := newGather()
		var bringing sync.WaitGroup
		for _, numbers := range [][]byte{one, two, three} {
			g.expect()
			bringing.Go(func() { bring(g, numbers) })
		}
		g.leave() // the connection itself brings nothing
		go func() {
			bringing.Wait()
			g.fail(broken(net.ErrClosed))
		}()
		var got bytes.Buffer
		_, err := io.Copy(&got, struct{ io.Reader }{g})
		if !bytes.HasPrefix(stream(256), got.Bytes()) {
			t.Fatalf("read %v", got.Bytes())
		}
		total := len(one) + len(two) + len(three)
		if proper(one, two, three) && (got.Len() != len(stream(total)) || !errors.Is(err, fault.Lost)) {
			t.Errorf("%d bytes of %d Parts, ended with %v", got.Len(), total, err)
		}
		if !errors.Is(err, fault.Protocol) && !errors.Is(err, fault.Lost) {
			t.Errorf("ended with %v", err)
		}
	})
}

// bring is a lane that brings Parts, and then nothing more.
func bring(g *gather, numbers []byte) {
	lane := new(Conn)
	for _, number := range numbers {
		buf, err := g.claim(lane, uint64(number))
		if err != nil {
			g.fail(err)
			return
		}
		g.put(uint64(number), buf[:copy(buf, pieceOf(number))])
	}
	g.leave()
}

// leave is the opposite of expect.
func (g *gather) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lanes--
	g.changed.Broadcast()
}

// proper reports whether lanes bring each Part once, in order.
func proper(lanes ...[]byte) bool {
	var all []byte
	for _, numbers := range lanes {
		if !slices.IsSorted(numbers) {
			return false
		}
		all = append(all, numbers...)
	}
	slices.Sort(all)
	for i, number := range all {
		if i != int(number) {
			return false
		}
	}
	return true
}
