package discovery

import (
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnEarThatCannotReadSaysSo(t *testing.T) {
	broken, reads := errors.New("broken"), 0
	var told error
	e := &ear{gate: newGate(), done: make(chan struct{}), to: hearing{deaf: func(err error) { told = err }}}
	e.listen(&family{read: func([]byte) (int, int, net.Addr, error) { reads++; return 0, 0, nil, broken }})
	if !errors.Is(told, broken) || reads != maxDeaf {
		t.Errorf("after %d reads: %v", reads, told)
	}
	told = nil
	e.listen(&family{read: func([]byte) (int, int, net.Addr, error) { return 0, 0, nil, net.ErrClosed }})
	if told != nil {
		t.Errorf("one that was closed: %v", told)
	}
}

// TestADeafEarIsReplaced: soon at first, ever later if that does not help, and soon again after one that heard for long.
func TestADeafEarIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, eth0)
		broken := errors.New("broken")
		lose := func() time.Duration {
			ear, lost := b.lib.last(), time.Now()
			ear.to.deaf(broken)
			ear.to.deaf(broken) // the other family, too
			synctest.Wait()
			if s := b.Status(); !ear.closed() || s.Err != broken || !s.Since.IsZero() {
				t.Fatalf("closed: %v, status %+v", ear.closed(), s)
			}
			for b.lib.last() == ear {
				time.Sleep(time.Second / 10) // of the bubble's time
				synctest.Wait()
			}
			if s := b.Status(); s.Err != nil || s.Since.IsZero() {
				t.Errorf("status with a new one %+v", s)
			}
			return time.Since(lost).Round(time.Second)
		}
		time.Sleep(time.Minute) // past the first sweeps, which would open one, too
		for _, want := range seconds(1, 2, 4, 8) {
			if got := lose(); got != want {
				t.Errorf("replaced after %v, want %v", got, want)
			}
		}
		asked := len(b.lib.questions())
		time.Sleep(2 * lastDeaf)
		if got := lose(); got != firstDeaf {
			t.Errorf("after a good one: replaced after %v", got)
		}
		if len(b.lib.questions()) <= asked {
			t.Error("nobody was asked for who came meanwhile")
		}
	})
}

func TestAnotherPortIsPublishedAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, eth0)
		b.SetPort(4242)
		synctest.Wait()
		b.lib.isPublished(t, 2)
		if b.lib.service.port != 4242 {
			t.Errorf("published %+v", b.lib.service)
		}
	})
}
