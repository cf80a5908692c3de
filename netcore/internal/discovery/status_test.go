package discovery

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestABigCrowdIsAskedRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, eth0)
		answerAll := func() {
			for i := range 200 {
				b.lib.claim(claimOf(idFor(fmt.Sprint(i)), 7776, "10.77.0.2"))
			}
			synctest.Wait()
		}
		answerAll()
		advance(2 * time.Second)
		answerAll()
		before := len(b.lib.times())
		advance(2 * time.Minute)
		if more := len(b.lib.times()) - before; more != 0 {
			t.Errorf("asked %d times more within two minutes", more)
		}
		advance(time.Minute)
		if more := len(b.lib.times()) - before; more != 1 {
			t.Errorf("asked %d times more within three minutes, want once", more)
		}
		advance(time.Hour) // nobody answers any more: it is as in a small network
		if more := len(b.lib.times()) - before; more < 10 {
			t.Errorf("asked %d times in an hour when all had gone", more)
		}
	})
}

func TestHideAndShow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, eth0)
		b.lib.isPublished(t, 1)
		if !b.Status().Announced {
			t.Error("the status does not say that it is announced")
		}
		b.SetHidden(true)
		advance(time.Second)
		if len(b.lib.withdrawn) != 1 || b.Status().Announced {
			t.Errorf("withdrew %v, announced: %v", b.lib.withdrawn, b.Status().Announced)
		}
		advance(time.Hour)
		b.sys.set(eth1)
		advance(pollInterval)
		if len(b.lib.published) != 1 {
			t.Error("it was published while it is hidden")
		}
		b.SetHidden(false)
		advance(time.Millisecond)
		b.lib.isPublished(t, 2)
	})
}

func TestStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, false, eth0)
		if st := b.Status(); len(st.Network.Interfaces) != 1 || !st.Heard.IsZero() || st.Err != nil {
			t.Errorf("%+v", st)
		}
		advance(time.Minute)
		b.lib.last().to.heard("eth0")
		if st := b.Status(); !st.Heard.Equal(time.Now()) || st.HeardOn != "eth0" {
			t.Errorf("%+v", st)
		}
		taken := errors.New("taken")
		b.lib.fail(taken)
		b.sys.set(eth0, eth1)
		advance(pollInterval)
		if st := b.Status(); st.Err != taken || len(st.Network.Interfaces) != 2 {
			t.Errorf("%+v", st)
		}
		b.sys.set(lo)
		advance(pollInterval + settle)
		if st := b.Status(); len(st.Network.Interfaces) != 0 || st.Announced {
			t.Errorf("%+v", st)
		}
	})
}

// TestCall publishes a hidden node for as long as it calls.
func TestCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, true, eth0)
		b.Call(40_000)
		synctest.Wait()
		b.lib.isPublished(t, 1)
		if last := b.lib.service; last.port != 40_000 || !slices.Contains(last.text, textCalling) {
			t.Errorf("published %+v", last)
		}
		b.sys.set(eth0, eth1)
		advance(pollInterval)
		b.lib.isPublished(t, 2)
		b.SetHidden(false)
		advance(time.Millisecond)
		b.lib.isPublished(t, 3)
		if last := b.lib.service; last.port != 7776 || slices.Contains(last.text, textCalling) {
			t.Errorf("published %+v", last)
		}
		b.SetHidden(true)
		b.Call(0)
		advance(time.Millisecond)
		if len(b.lib.withdrawn) != 3 {
			t.Errorf("withdrew %v", b.lib.withdrawn)
		}
	})
}
