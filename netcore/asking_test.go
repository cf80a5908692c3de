package netcore

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// person answers the questions of a test.
type person struct {
	*asking
	t *testing.T
}

// question is the place of a new offer, once it is its turn.
func (p person) question(ctx context.Context, peer PeerID, stranger bool, gone <-chan struct{}) (*question, error) {
	q, err := p.place(peer, stranger)
	if err != nil {
		return nil, err
	}
	if err := q.await(ctx, gone); err != nil {
		q.unasked()
		return nil, err
	}
	return q, nil
}

// An attempt is an offer of a device: it waits, or the person is asked, or it was refused.
type attempt struct {
	mu  sync.Mutex
	q   *question
	err error
}

// now returns the question, if the person is asked, or why not; both are nil while the offer waits.
func (a *attempt) now() (*question, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.q, a.err
}

// ask lets a device make an offer, and waits until nothing happens any more.
func (p person) ask(peer byte, stranger bool) *attempt {
	p.t.Helper()
	a := new(attempt)
	go func() {
		q, err := p.question(p.t.Context(), PeerID{peer}, stranger, nil)
		a.mu.Lock()
		defer a.mu.Unlock()
		a.q, a.err = q, err
	}()
	synctest.Wait()
	return a
}

// mustAsk lets a device make an offer that a person is asked about at once.
func (p person) mustAsk(peer byte, stranger bool) *question {
	p.t.Helper()
	q, err := p.ask(peer, stranger).now()
	if q == nil {
		p.t.Fatalf("device %d: the person is not asked (%v)", peer, err)
	}
	return q
}

func newPerson(t *testing.T) person {
	a := newAsking()
	return person{&a, t}
}

func TestFewQuestionsOfOneDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPerson(t)
		var asked []*question
		for range maxAskedPerPeer {
			asked = append(asked, p.mustAsk(1, false))
		}
		fourth := p.ask(1, false)
		if q, err := fourth.now(); q != nil || err != nil {
			t.Fatalf("the fourth: asked %v, error %v; want it to wait", q, err)
		}
		other := p.mustAsk(2, false)
		other.answered(true)
		synctest.Wait()
		if q, _ := fourth.now(); q != nil {
			t.Error("the answer to another device's offer made room")
		}
		asked[0].answered(true)
		synctest.Wait()
		if q, err := fourth.now(); q == nil {
			t.Errorf("the fourth still waits (%v)", err)
		}
		for range maxUndecidedPerPeer - maxAskedPerPeer {
			p.ask(1, false)
		}
		if _, err := p.ask(1, false).now(); !errors.Is(err, ErrBusy) {
			t.Errorf("one too many: %v, want ErrBusy", err)
		}
		if p.mustAsk(3, true); len(p.peers) != 3 {
			t.Errorf("%d devices", len(p.peers))
		}
	})
}

func TestStrangersDoNotKeepFriendsFromAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPerson(t)
		asked, waits, busy := 0, 0, 0
		for i := range byte(200) {
			switch q, err := p.ask(i+1, true).now(); {
			case q != nil:
				asked++
			case errors.Is(err, ErrBusy):
				busy++
			default:
				waits++
			}
		}
		if asked != maxAskedStrangers || waits != maxUndecidedStrangers-maxAskedStrangers || busy != 200-maxUndecidedStrangers {
			t.Errorf("%d asked, %d wait, %d refused", asked, waits, busy)
		}
		p.mustAsk(201, false)
	})
}

func TestPausesOfAnInsistentDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPerson(t)
		p.mustAsk(1, true).answered(false)
		p.mustAsk(1, true).answered(false) // once is no insistence
		third := p.ask(1, true)
		if q, _ := third.now(); q != nil {
			t.Fatal("no pause after the second refusal")
		}
		time.Sleep(strangersPause.first)
		synctest.Wait()
		q, _ := third.now()
		if q == nil {
			t.Fatal("the pause does not end")
		}
		q.answered(false)
		time.Sleep(strangersPause.first)
		if q, _ := p.ask(1, true).now(); q != nil {
			t.Error("the next pause is no longer")
		}
		time.Sleep(time.Minute)
		for range 10 {
			if q, _ := p.ask(1, true).now(); q != nil {
				q.answered(false)
			}
		}
		if _, err := p.ask(1, true).now(); !errors.Is(err, ErrBusy) {
			t.Errorf("after many refusals: %v, want ErrBusy", err)
		}
		p.mustAsk(2, true).answered(true)
		time.Sleep(forgiveAfter + time.Second)
		p.mustAsk(1, true).answered(false)
		p.mustAsk(1, true).answered(true)
	})
}

// One person at most is asked each minute, in the long run, however many devices strangers make up.
func TestPausesOfManyDevices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPerson(t)
		began, asked := time.Now(), 0
		for i := range 120 {
			a := p.ask(byte(i), true)
			q, err := a.now()
			for q == nil && err == nil {
				time.Sleep(time.Second)
				synctest.Wait()
				q, err = a.now()
			}
			if q != nil {
				asked++
				q.answered(false)
			}
		}
		if minutes := time.Since(began).Minutes(); float64(asked) > 30+minutes {
			t.Errorf("%d questions within %.0f minutes", asked, minutes)
		}
		friend := p.mustAsk(200, false)
		friend.answered(false)
	})
}

func TestWhoHangsUpGivesHisPlaceBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPerson(t)
		for range maxAskedPerPeer {
			p.mustAsk(1, false)
		}
		gone := make(chan struct{})
		close(gone)
		if _, err := p.question(t.Context(), PeerID{1}, false, gone); !errors.Is(err, ErrLost) {
			t.Errorf("%v, want ErrLost", err)
		}
		ended, cancel := context.WithCancelCause(t.Context())
		cancel(ErrShutdown)
		if _, err := p.question(ended, PeerID{1}, false, nil); !errors.Is(err, ErrShutdown) {
			t.Errorf("%v, want ErrShutdown", err)
		}
		if n := p.peers[PeerID{1}].undecided; n != maxAskedPerPeer {
			t.Errorf("%d undecided", n)
		}
	})
}
