package netcore_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zeebo/blake3"

	"ferry/netcore"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/store"
	"ferry/netcore/internal/transfer"
	"ferry/netcore/internal/wire"
	"ferry/netcore/netcoretest"
)

// sender is a device that does as a test says, frame by frame.
type sender struct {
	*stranger
	id *identity.Identity
}

func newSender(t *testing.T) *sender {
	t.Helper()
	id, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	return &sender{id: id}
}

// offer opens a connection of its own to offer one file of two bytes.
func (s *sender) offer(t *testing.T, to *netcoretest.Host, id netcore.TransferID) {
	t.Helper()
	s.offerFile(t, to, id, "a.txt")
}

func (s *sender) offerFile(t *testing.T, to *netcoretest.Host, id netcore.TransferID, name string) {
	t.Helper()
	c, err := tls.Dial("tcp", to.Addr().String(), s.id.ClientConfig(to.Self().ID))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	s.stranger = &stranger{c, wire.NewReader(c)}
	s.control(t, wire.TypeHello, wire.Hello{Purpose: wire.PurposeTransfer, Name: "Anna", Instance: "1"})
	s.expect(t, wire.TypeHello)
	var page wire.Page
	page.Add(wire.Entry{Path: name, Size: 2, ModTime: time.Unix(1_700_000_000, 0)})
	s.control(t, wire.TypeOffer, wire.Offer{ID: id.String(), Files: 1, Bytes: 2})
	s.frame(t, wire.TypeEntries, page.Body())
}

// deliver goes through an offer that is accepted, up to its receipt.
func (s *sender) deliver(t *testing.T) {
	t.Helper()
	s.expect(t, wire.TypeAnswer)
	s.expect(t, wire.TypeHave)
	sum := blake3.Sum256([]byte("hi"))
	s.frame(t, wire.TypeFile, wire.AppendFile(nil, 0, 0))
	s.frame(t, wire.TypeData, []byte("hi"))
	s.frame(t, wire.TypeSum, sum[:])
	root := blake3.New()
	root.Write(make([]byte, 8))
	root.Write(sum[:])
	s.control(t, wire.TypeDone, wire.Done{Files: 1, Bytes: 2, Root: root.Sum(nil)})
	s.expect(t, wire.TypeReceipt)
}

// expect reads up to a frame of type want; only signs of life may come before.
func (s *sender) expect(t *testing.T, want wire.Type) {
	t.Helper()
	for {
		got, _, err := s.r.Next()
		if err != nil {
			t.Fatalf("waiting for %v: %v", want, err)
		}
		switch got {
		case want:
			return
		case wire.TypePing, wire.TypePong:
		default:
			t.Fatalf("got %v, want %v", got, want)
		}
	}
}

// TestCancelBehindTheReceipt: once the sender has been told that all is there, it stays.
func TestCancelBehindTheReceipt(t *testing.T) {
	bob, anna := netcoretest.Start(t, "Bob"), newSender(t)
	id := transfer.NewID()
	anna.offer(t, bob, id)
	anna.deliver(t)
	bob.Cancel(id, netcore.KeepNothing)
	anna.Close()
	if got := bob.WaitFinal(t, id); got.State != netcore.Done {
		t.Errorf("%v %v", got.State, got.Err)
	}
	if a := arrived(t, bob); len(a) != 1 {
		t.Errorf("arrived: %q", a)
	}
}

// TestOfferedAgainBehindTheReceipt: a sender that has lost the receipt gets it again,
// also in the moment in which the first one may still arrive.
func TestOfferedAgainBehindTheReceipt(t *testing.T) {
	bob, anna := netcoretest.Start(t, "Bob"), newSender(t)
	id := transfer.NewID()
	anna.offer(t, bob, id)
	anna.deliver(t)
	anna.offer(t, bob, id)
	anna.expect(t, wire.TypeReceipt)
}

// TestOutboxByCommand: what waits in the outbox of a window that was closed is sent by the
// command that sends the same.
func TestOutboxByCommand(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	to := anna.Meet(t, bob)
	bob.Stop()
	anna.Wait(t, "Bob's end", func(e netcore.Event) bool {
		p, ok := e.(netcore.PeerChanged)
		return ok && p.Peer.ID == to && !p.Peer.Online
	})
	file := oneFile(t, 1000)
	anna.MustSend(t, to, file)
	anna.WaitTransfer(t, "the wait", waiting)
	anna.Stop()
	bob = restart(t, bob)
	command := restart(t, anna, func(c *netcore.Config, _ *netcoretest.Recorder) { c.Hidden, c.Listen = true, "" })
	id := command.MustSend(t, command.Meet(t, bob), file)
	if got := command.WaitFinal(t, id); got.State != netcore.Done {
		t.Errorf("%v %v", got.State, got.Err)
	}
}

// TestCancelOverADeadConnection cancels before anybody has noticed that nothing comes
// through any more: the other side hears of it when the two meet again.
func TestCancelOverADeadConnection(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob")
	cable := netcoretest.NewRelay(t, bob.Addr())
	peer, err := anna.Connect(t.Context(), cable.Addr())
	if err != nil {
		t.Fatal(err)
	}
	id := anna.MustSend(t, peer.ID, bigFile(t))
	bob.WaitTransfer(t, "progress", moved(0))
	cable.Stall()
	anna.Cancel(id, netcore.KeepNothing)
	anna.WaitFinal(t, id)
	cable.Cut()
	bob.WaitTransfer(t, "the receiver's pause", pausedBy(netcore.ErrLost, false))
	anna.Meet(t, bob)
	if got := bob.WaitFinal(t, id); got.State != netcore.Cancelled || !got.Err.Remote {
		t.Errorf("%v %v", got.State, got.Err)
	}
}

// TestAcceptedWhileTheSenderIsGone: the receiver says yes to a sender that is away, and
// does not wait for it for ever.
func TestAcceptedWhileTheSenderIsGone(t *testing.T) {
	answer := make(chan struct{})
	bob := netcoretest.Start(t, "Bob", answering(func(context.Context, netcore.Offer) netcore.Answer {
		<-answer
		return netcore.Answer{Accept: true}
	}))
	anna := netcoretest.Start(t, "Anna")
	cable := netcoretest.NewRelay(t, bob.Addr())
	peer, err := anna.Connect(t.Context(), cable.Addr())
	if err != nil {
		t.Fatal(err)
	}
	id := anna.MustSend(t, peer.ID, bigFile(t))
	bob.WaitTransfer(t, "the offer", func(tr netcore.Transfer) bool { return tr.State == netcore.Offered })
	cable.Stall()
	close(answer)
	bob.WaitTransfer(t, "the answer", func(tr netcore.Transfer) bool { return tr.State == netcore.Running })
	cable.Cut()
	anna.WaitFinal(t, id)
	anna.Meet(t, bob)
	bob.WaitFinal(t, id)
}

// TestAnotherListAfterTheAnswer: the receiver says yes while the sender is away, whose folder has more in it when it
// is back: that is not what was accepted, and nobody waits for what was.
func TestAnotherListAfterTheAnswer(t *testing.T) {
	var hold atomic.Bool
	answer := make(chan struct{})
	bob := netcoretest.Start(t, "Bob", answering(func(context.Context, netcore.Offer) netcore.Answer {
		if hold.Load() {
			<-answer
		}
		return netcore.Answer{Accept: true}
	}))
	anna := netcoretest.Start(t, "Anna")
	cable := netcoretest.NewRelay(t, bob.Addr())
	peer, err := anna.Connect(t.Context(), cable.Addr())
	if err != nil {
		t.Fatal(err)
	}
	anna.WaitFinal(t, anna.MustSend(t, peer.ID, oneFile(t, 10))) // they know each other
	hold.Store(true)
	folder := filepath.Dir(bigFile(t))
	id := anna.MustSend(t, peer.ID, folder)
	bob.WaitTransfer(t, "the offer", func(tr netcore.Transfer) bool { return tr.ID == id && tr.State == netcore.Offered })
	cable.Stall()
	close(answer)
	bob.WaitTransfer(t, "the answer", func(tr netcore.Transfer) bool { return tr.ID == id && tr.State == netcore.Running })
	netcoretest.Tree{"more.txt": "more"}.Write(t, folder)
	cable.Cut()
	anna.Meet(t, bob)
	for _, h := range []*netcoretest.Host{anna, bob} {
		if got := h.WaitFinal(t, id); got.State != netcore.Failed || !errors.Is(got.Err, netcore.ErrChanged) {
			t.Errorf("%v %v", got.State, got.Err)
		}
	}
}

// TestAnotherListBeforeTheAnswer: a sender whose connection broke comes back with another list before the receiver has
// noticed. Nobody has agreed to anything, and the person is asked about what there is now.
func TestAnotherListBeforeTheAnswer(t *testing.T) {
	bob := netcoretest.Start(t, "Bob", answering(func(ctx context.Context, o netcore.Offer) netcore.Answer {
		if o.Top[0].Path == "a.txt" {
			<-ctx.Done()
		}
		return netcore.Answer{Accept: true}
	}))
	anna, id := newSender(t), transfer.NewID()
	anna.offer(t, bob, id)
	bob.WaitTransfer(t, "the offer", func(tr netcore.Transfer) bool { return tr.State == netcore.Offered })
	anna.offerFile(t, bob, id, "b.txt")
	anna.deliver(t)
	bob.WaitTransfer(t, "the end", func(tr netcore.Transfer) bool { return tr.State == netcore.Done && tr.Names[0] == "b.txt" })
}

// TestKilledWhileBeingHeld ends the receiver between a person's Pause and the end of what
// was under way: the person can let it go on.
func TestKilledWhileBeingHeld(t *testing.T) {
	file := bigFile(t)
	anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob")
	id := anna.MustSend(t, anna.Meet(t, bob), file)
	bob.WaitTransfer(t, "progress", moved(lost))
	bob.Pause(id)
	bob.WaitTransfer(t, "the pause", pausedBy(netcore.ErrPaused, false))
	bob.Stop()
	rewrite(t, bob, id, func(kept *store.Transfer) {
		kept.Body = bytes.Replace(kept.Body, []byte(`"state":"paused"`), []byte(`"state":"running"`), 1)
	})
	bob = restart(t, bob)
	bob.WaitTransfer(t, "the pause, remembered", pausedBy(netcore.ErrPaused, false))
	anna.Meet(t, bob)
	bob.Resume(id)
	arrivedWhole(t, anna, bob, id, file)
}

// TestPauseAndGoOnAtOnce changes a person's mind before the transfer has come to a halt.
func TestPauseAndGoOnAtOnce(t *testing.T) {
	for name, bySender := range map[string]bool{"sender": true, "receiver": false} {
		t.Run(name, func(t *testing.T) {
			file := bigFile(t)
			anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob")
			id := anna.MustSend(t, anna.Meet(t, bob), file)
			bob.WaitTransfer(t, "progress", moved(lost))
			by := bob
			if bySender {
				by = anna
			}
			by.Pause(id)
			by.Resume(id)
			arrivedWhole(t, anna, bob, id, file)
		})
	}
}
