//go:build linux

package discovery

import (
	"io"
	"testing"

	"ferry/netcore/netcoretest/lan"
)

// mostHeap is how much more a node may hold on to after whatever was sent to it, and mostPeak how much more it may
// have used in between. The library that publishes reads packets of 64 KB.
const (
	mostHeap = 4 << 20
	mostPeak = 64 << 20
)

// An attack is a node, a neighbour that does as its role says, and what the node costs.
type attack struct {
	*lan.LAN
	a            *child
	heap, memory int64
}

func newAttack(t *testing.T) *attack {
	t.Helper()
	at := &attack{LAN: lan.New(t, 3)}
	at.a = start(t, at.Host(1), "node", "a")
	at.a.awaitNetwork("eth0")
	at.heap, at.memory = at.a.memory()
	return at
}

// bounded requires that the node holds on to little, and that a newcomer and it find each other.
func (at *attack) bounded(t *testing.T) {
	t.Helper()
	heap, memory := at.a.memory()
	t.Logf("heap %+d KiB, resident at most %+d MiB", (heap-at.heap)>>10, (memory-at.memory)>>20)
	if heap-at.heap > mostHeap || memory-at.memory > mostPeak {
		t.Errorf("it holds %d KiB more, and used %d MiB more", (heap-at.heap)>>10, (memory-at.memory)>>20)
	}
	b := start(t, at.Host(3), "node", "b")
	at.a.awaitSighting("b", at.Host(3).IP())
	b.awaitSighting("a", at.Host(1).IP())
}

// memory is what a child holds after a collection, and the most it has used so far, in bytes.
func (c *child) memory() (heap, peak int64) {
	c.t.Helper()
	if _, err := io.WriteString(c.stdin, "status\n"); err != nil {
		c.t.Fatal(err)
	}
	c.await("its memory", func(l line) bool {
		heap, peak = int64(l.Heap), l.Memory
		return peak > 0
	})
	return heap, peak
}

// TestInventedNames announces 10,000 nodes that are not there.
func TestInventedNames(t *testing.T) {
	t.Parallel()
	at := newAttack(t)
	start(t, at.Host(2), "names", "x").awaitNetwork("ready")
	at.bounded(t)
}

// TestFloodWhileOthersCome never stops: those who come are found all the same.
func TestFloodWhileOthersCome(t *testing.T) {
	t.Parallel()
	at := newAttack(t)
	flood := start(t, at.Host(2), "flood", "x")
	at.a.await("what is made up", func(l line) bool { return l.Sighting != nil })
	at.bounded(t)
	flood.stop()
}

// TestHostilePackets sends what no honest program does.
func TestHostilePackets(t *testing.T) {
	t.Parallel()
	at := newAttack(t)
	start(t, at.Host(2), "hostile", "x").awaitNetwork("ready")
	at.bounded(t)
	at.a.stop()
	if seen := len(at.a.saw()); seen > 100 { // of the few that are made up, changed in places
		t.Errorf("saw %d", seen)
	}
}

// TestFloodOfQuestionsOnTheWire asks 200,000 times. Without a fence, each question is answered twice.
func TestFloodOfQuestionsOnTheWire(t *testing.T) {
	t.Parallel()
	at := newAttack(t)
	before := sent(t, at.Host(1))
	start(t, at.Host(2), "asking", "x").awaitNetwork("ready")
	eventually(t, "it is not announced any more", func() bool { return !at.a.status("status").Announced })
	answers := sent(t, at.Host(1)) - before
	t.Logf("%d packets in answer to 200,000 questions", answers)
	if answers > 100_000 {
		t.Errorf("%d packets were sent in answer", answers)
	}
	heap, memory := at.a.memory()
	t.Logf("heap %+d KiB, resident at most %+d MiB", (heap-at.heap)>>10, (memory-at.memory)>>20)
	if heap-at.heap > mostHeap || memory-at.memory > mostPeak {
		t.Errorf("it holds %d KiB more, and used %d MiB more", (heap-at.heap)>>10, (memory-at.memory)>>20)
	}
	b := start(t, at.Host(3), "node", "b")
	at.a.awaitSighting("b", at.Host(3).IP()) // and so b is dialled
	b.stop()
}

// TestLies announces the node itself, and another, at addresses of nobody.
func TestLies(t *testing.T) {
	t.Parallel()
	at := newAttack(t)
	start(t, at.Host(2), "liar", "a").awaitNetwork("ready")
	start(t, at.Host(2), "liar", "b").awaitNetwork("ready")
	at.bounded(t)
	at.a.stop()
	for id := range at.a.saw() {
		if id != idFor("a") && id != idFor("b") {
			t.Errorf("saw %v", id)
		}
	}
	for _, l := range at.a.past {
		if l.Sighting != nil && l.Sighting.ID == idFor("a") && l.Sighting.Addrs[0].Addr() == at.Host(1).IP() {
			t.Error("its own announcement is taken for another's")
		}
	}
}
