package netcore_test

import (
	"bytes"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"ferry/netcore"
	"ferry/netcore/internal/store"
	"ferry/netcore/netcoretest"
)

// rewrite changes what a host that was stopped remembers of a transfer, as if it had
// been killed at another moment.
func rewrite(t *testing.T, h *netcoretest.Host, id netcore.TransferID, change func(*store.Transfer)) {
	t.Helper()
	s, _, err := store.Open(h.Dir, "test")
	if err != nil {
		t.Fatal(err)
	}
	kept, ok, err := s.Get(id)
	if err != nil || !ok {
		t.Fatalf("transfer %v is not kept: %v", id, err)
	}
	change(&kept)
	if err := s.Put(kept); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestKilledBehindTheReceipt ends the receiver in the moment in which all is there and its
// sender knows: it does not wait for a sender that will never come back.
func TestKilledBehindTheReceipt(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	id := anna.MustSend(t, anna.Meet(t, bob), oneFile(t, 100))
	want := bob.WaitFinal(t, id).Receipt
	bob.Stop()
	rewrite(t, bob, id, func(kept *store.Transfer) {
		kept.Ended = time.Time{}
		kept.Body = bytes.Replace(kept.Body, []byte(`"state":"done"`), []byte(`"state":"running"`), 1)
	})
	got := restart(t, bob).WaitFinal(t, id)
	if got.State != netcore.Done || got.Receipt == nil || !bytes.Equal(got.Receipt.Root, want.Root) {
		t.Errorf("%v %v, receipt %v", got.State, got.Err, got.Receipt)
	}
}

// TestNotAcceptedByAStranger ends the sender while the person of a device thinks that it does not know: there was
// no answer that could be remembered, and so it is over.
func TestNotAcceptedByAStranger(t *testing.T) {
	anna := netcoretest.Start(t, "Anna")
	bob := netcoretest.Start(t, "Bob", answering(netcoretest.Only("nobody", nil)))
	id := anna.MustSend(t, anna.Meet(t, bob), oneFile(t, 100))
	bob.WaitTransfer(t, "the offer", func(tr netcore.Transfer) bool { return tr.State == netcore.Offered })
	anna.Forget(bob.Self().ID)
	anna.Stop()
	if got := bob.WaitFinal(t, id); got.State != netcore.Cancelled || !got.Err.Remote {
		t.Errorf("the receiver: %v %v", got.State, got.Err)
	}
	anna = restart(t, anna)
	if list := anna.Transfers(); len(list) > 0 {
		t.Errorf("on their way: %v", list)
	}
	if list, err := anna.Past(netcore.Query{Limit: 10}); err != nil || len(list) != 1 || list[0].State != netcore.Failed {
		t.Errorf("history: %v %v", list, err)
	}
}

// TestDamagedRecords: what cannot be read is left out, and said; all else goes on.
func TestDamagedRecords(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	to := anna.Meet(t, bob)
	good, bad := anna.MustSend(t, to, oneFile(t, 100)), anna.MustSend(t, to, oneFile(t, 101))
	anna.WaitFinal(t, good)
	anna.WaitFinal(t, bad)
	anna.Stop()
	rewrite(t, anna, bad, func(kept *store.Transfer) { kept.Body = []byte(`{"state":"no such state"`) })
	anna = restart(t, anna)
	list, err := anna.Past(netcore.Query{Limit: 10})
	if err == nil || len(list) != 1 || list[0].ID != good {
		t.Errorf("history: %v %v", list, err)
	}
	if _, err := anna.Retry(bad); err == nil {
		t.Error("what is damaged was sent again")
	}
}

// TestListIsLost takes the list of what was accepted, as a loss of power can: it is made anew, and the transfer goes on
// if that is the same list.
func TestListIsLost(t *testing.T) {
	for name, tt := range map[string]struct {
		lose  func(list string) error
		more  bool // there is more to send by then
		state netcore.State
	}{
		"gone":             {lose: os.Remove, state: netcore.Done},
		"empty":            {lose: func(list string) error { return os.Truncate(list, 0) }, state: netcore.Done},
		"damaged":          {lose: func(list string) error { return os.WriteFile(list, make([]byte, 1000), 0o600) }, state: netcore.Done},
		"of what was less": {lose: os.Remove, more: true, state: netcore.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int32
			file := bigFile(t)
			anna, bob := netcoretest.Start(t, "Anna", slowly), netcoretest.Start(t, "Bob", counting(&asked))
			id := anna.MustSend(t, anna.Meet(t, bob), filepath.Dir(file))
			bob.WaitTransfer(t, "progress", moved(2*lost))
			anna.Stop()
			if err := tt.lose(filepath.Join(anna.Dir, "sending", id.String()+".list")); err != nil {
				t.Fatal(err)
			}
			if tt.more {
				netcoretest.Tree{"more.txt": "more"}.Write(t, filepath.Dir(file))
			}
			anna = restart(t, anna)
			for _, h := range []*netcoretest.Host{anna, bob} {
				if got := h.WaitFinal(t, id); got.State != tt.state || got.State == netcore.Done && got.Found == 0 {
					t.Errorf("%v %v, found %d bytes", got.State, got.Err, got.Found)
				}
			}
			if n := asked.Load(); n != 1 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}
