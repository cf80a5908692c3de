package conn

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ferry/netcore/internal/wire"
)

// heard notes when bytes came.
type heard struct {
	mu    sync.Mutex
	times []time.Time
}

func (h *heard) now() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.times = append(h.times, time.Now())
}

func (h *heard) all() []time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]time.Time(nil), h.times...)
}

// speaker returns a connection in a bubble of synctest, and what its peer, which
// only listens, hears from it.
func speaker(t *testing.T, purpose wire.Purpose) (*Conn, *heard) {
	t.Helper()
	near, far := net.Pipe()
	a, b := config(t, "A", 0), config(t, "B", 0)
	peer := make(chan *Conn, 1)
	go func() {
		c, err := Accept(t.Context(), b, far)
		if err != nil {
			t.Error(err)
		}
		peer <- c
	}()
	c := newConn(a, near, func(s net.Conn) *tls.Conn { return tls.Client(s, a.Identity.ClientConfig(b.Identity.ID())) })
	if err := c.open(t.Context(), a, func() error { return errors.Join(c.sendHello(a, purpose), c.readHello()) }); err != nil {
		t.Fatal(err)
	}
	other := <-peer
	if other == nil {
		t.FailNow()
	}
	if other.silence != c.silence {
		t.Errorf("one end waits %v, the other %v", c.silence, other.silence)
	}
	h := &heard{times: []time.Time{time.Now()}}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for buf := make([]byte, 64<<10); ; {
			if _, err := far.Read(buf); err != nil {
				return
			}
			h.now()
		}
	}()
	t.Cleanup(func() {
		c.Close()
		other.Close()
		<-drained
	})
	return c, h
}

// TestNoGapIsLongerThanPromised flushes a frame now and then, at any distance from
// the ticks of the beat. The peer must hear something every 3 seconds.
func TestNoGapIsLongerThanPromised(t *testing.T) {
	for _, purpose := range []wire.Purpose{wire.PurposeLink, wire.PurposeTransfer} {
		t.Run(string(purpose), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, h := speaker(t, purpose)
				for i := range 200 {
					time.Sleep(10*time.Second + time.Duration(i)*37*time.Millisecond)
					if err := errors.Join(c.Send(wire.TypePing, make([]byte, 8)), c.Flush()); err != nil {
						t.Fatal(err)
					}
				}
				times := h.all()
				for i, at := range times[1:] {
					if gap := at.Sub(times[i]); gap > 3*time.Second {
						t.Fatalf("nothing was said for %v", gap)
					}
				}
			})
		})
	}
}

// TestSilenceFitsThePurpose holds that both ends of a link give up after 8
// seconds, and those of a transfer after 9.
func TestSilenceFitsThePurpose(t *testing.T) {
	for purpose, want := range map[wire.Purpose]time.Duration{
		wire.PurposeLink:     8 * time.Second,
		wire.PurposeTransfer: 9 * time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			c, _ := speaker(t, purpose) // it has compared both ends
			if c.silence != want {
				t.Errorf("a peer may say nothing for %v on a %s, want %v", c.silence, purpose, want)
			}
		})
	}
}

// TestNothingFollowsTheLastWord waits for many beats after a goodbye.
func TestNothingFollowsTheLastWord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, h := speaker(t, wire.PurposeLink)
		if err := errors.Join(c.Send(wire.TypeBye), c.Flush()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		before := len(h.all())
		time.Sleep(time.Minute)
		if after := len(h.all()); after != before {
			t.Errorf("%d more pieces came after the goodbye", after-before)
		}
		if err := c.Send(wire.TypePing, make([]byte, 8)); err == nil {
			t.Error("a Ping may follow the goodbye")
		}
	})
}
