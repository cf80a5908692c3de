package netcore_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ferry/netcore"
	"ferry/netcore/internal/store"
	"ferry/netcore/netcoretest"
)

// past returns the names of what q chooses, those that started last first.
func past(t *testing.T, h *netcoretest.Host, q netcore.Query) (list []string) {
	t.Helper()
	transfers, err := h.Past(q)
	if err != nil {
		t.Fatal(err)
	}
	for _, tr := range transfers {
		list = append(list, tr.Names[0])
	}
	return list
}

// sendNamed sends a file for each name, one after the other.
func sendNamed(t *testing.T, from, to *netcoretest.Host, names ...string) (ids []netcore.TransferID) {
	t.Helper()
	src, peer := t.TempDir(), from.Meet(t, to)
	for _, name := range names {
		netcoretest.Tree{name: name}.Write(t, src)
		id := from.MustSend(t, peer, filepath.Join(src, name))
		from.WaitFinal(t, id)
		to.WaitFinal(t, id)
		ids = append(ids, id)
	}
	return ids
}

func TestPastIsSearched(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Ärzte-PC"), netcoretest.Start(t, "Bob")
	sendNamed(t, anna, bob, "Größe.TXT", "相册", "Été.jpg")
	back := sendNamed(t, bob, anna, "answer")
	sent, received := netcore.Outgoing, netcore.Incoming
	for _, again := range []bool{false, true} {
		h := bob
		if again {
			h = restartAfter(t, bob)
		}
		for name, c := range map[string]struct {
			q    netcore.Query
			want []string
		}{
			"all":            {netcore.Query{}, []string{"answer", "Été.jpg", "相册", "Größe.TXT"}},
			"two":            {netcore.Query{Limit: 2}, []string{"answer", "Été.jpg"}},
			"by its name":    {netcore.Query{Text: "GRÖSSE.txt"}, []string{"Größe.TXT"}},
			"Chinese":        {netcore.Query{Text: "册"}, []string{"相册"}},
			"decomposed":     {netcore.Query{Text: "e\u0301te\u0301"}, []string{"Été.jpg"}},
			"by the peer":    {netcore.Query{Text: "äRZTE", Direction: &received}, []string{"Été.jpg", "相册", "Größe.TXT"}},
			"peer and name":  {netcore.Query{Text: " jpg  ärzte "}, []string{"Été.jpg"}},
			"sent":           {netcore.Query{Direction: &sent}, []string{"answer"}},
			"no wildcards":   {netcore.Query{Text: "%"}, nil},
			"of another one": {netcore.Query{Text: "bob"}, nil},
		} {
			if got := past(t, h, c.q); !slices.Equal(got, c.want) {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
		first, err := h.Past(netcore.Query{Limit: 1})
		if err != nil || len(first) != 1 || first[0].ID != back[0] {
			t.Fatalf("%v %v", first, err)
		}
		if got := past(t, h, netcore.Query{Before: first[0].Started}); len(got) != 3 {
			t.Errorf("before the last one: %q", got)
		}
	}
}

// restartAfter starts a host anew.
func restartAfter(t *testing.T, h *netcoretest.Host) *netcoretest.Host {
	t.Helper()
	h.Stop()
	return restart(t, h)
}

// TestDropPast forgets one, and then all: for good, and what is on its way goes on.
func TestDropPast(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	ids := sendNamed(t, anna, bob, "a", "b", "c")
	anna.SetLimits(netcore.Limits{Upload: 1 << 20})
	big := bigFile(t)
	running := anna.MustSend(t, bob.Self().ID, big)
	bob.WaitTransfer(t, "progress", func(tr netcore.Transfer) bool { return tr.ID == running && moved(0)(tr) })
	for _, h := range []*netcoretest.Host{anna, bob} {
		if err := h.DropPast(ids[1], running); err != nil {
			t.Fatal(err)
		}
		if got := past(t, h, netcore.Query{}); !slices.Equal(got, []string{"c", "a"}) {
			t.Errorf("without b: %q", got)
		}
		if err := h.DropPast(); err != nil {
			t.Fatal(err)
		}
		if got := past(t, h, netcore.Query{}); len(got) > 0 {
			t.Errorf("without all: %q", got)
		}
		if list := h.Transfers(); len(list) != 1 || list[0].ID != running {
			t.Errorf("of this run: %v", list)
		}
	}
	if _, err := os.Stat(filepath.Join(bob.Inbox(), "a")); err != nil {
		t.Errorf("a file is gone with the history of it: %v", err)
	}
	anna.SetLimits(netcore.Limits{})
	if got := anna.WaitFinal(t, running); got.State != netcore.Done {
		t.Errorf("%v %v", got.State, got.Err)
	}
	if got := past(t, restartAfter(t, anna), netcore.Query{}); !slices.Equal(got, []string{"file.bin"}) {
		t.Errorf("after a restart: %q", got)
	}
}

// TestSendAgain sends what an earlier run has sent: as it is now.
func TestSendAgain(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	src := t.TempDir()
	netcoretest.Tree{"album/1.jpg": "one"}.Write(t, src)
	id := anna.MustSend(t, anna.Meet(t, bob), filepath.Join(src, "album"))
	anna.WaitFinal(t, id)
	netcoretest.Tree{"album/2.jpg": "two"}.Write(t, src)
	anna = restartAfter(t, anna)
	anna.Meet(t, bob)
	again, err := anna.SendAgain(id)
	if err != nil || again == id {
		t.Fatal(again, err)
	}
	if got := anna.WaitFinal(t, again); got.State != netcore.Done || got.DoneFiles != 2 {
		t.Errorf("%v %v, %d files", got.State, got.Err, got.DoneFiles)
	}
	bob.WaitFinal(t, again)
	netcoretest.SameTree(t, src, bob.Inbox())
	if _, err := bob.SendAgain(id); err == nil {
		t.Error("what was received was sent")
	}
	if _, err := anna.SendAgain(netcore.TransferID{}); err == nil {
		t.Error("what never was was sent")
	}
}

// TestPastHasWhatWasNotAccepted: a person finds what they have declined, and what a device that they
// know has offered in vain; a stranger leaves nothing.
func TestPastHasWhatWasNotAccepted(t *testing.T) {
	decline := make(chan bool, 1)
	anna := netcoretest.Start(t, "Anna")
	bob := netcoretest.Start(t, "Bob", answering(func(ctx context.Context, _ netcore.Offer) (a netcore.Answer) {
		if !<-decline {
			<-ctx.Done()
		}
		return a
	}))
	to := anna.Meet(t, bob)
	withdraw := func() {
		decline <- false
		id := anna.MustSend(t, to, oneFile(t, 10))
		bob.WaitTransfer(t, "the offer", func(tr netcore.Transfer) bool { return tr.ID == id })
		anna.Cancel(id, netcore.KeepNothing)
		bob.WaitFinal(t, id)
	}
	withdraw()
	if got := past(t, bob, netcore.Query{}); len(got) > 0 {
		t.Errorf("of a stranger: %q", got)
	}
	decline <- true
	declined := anna.MustSend(t, to, oneFile(t, 11))
	bob.WaitFinal(t, declined)
	anna.WaitFinal(t, declined)
	for _, h := range []*netcoretest.Host{bob, anna} {
		list, err := h.Past(netcore.Query{Limit: 1})
		if err != nil || len(list) != 1 || list[0].ID != declined || list[0].State != netcore.Declined {
			t.Errorf("%v %v", list, err)
		}
	}
}

// TestHistoryIsBounded starts with rules that leave less than there is.
func TestHistoryIsBounded(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	ids := sendNamed(t, anna, bob, "a", "b", "c")
	anna.Stop()
	rewrite(t, anna, ids[1], func(kept *store.Transfer) { kept.Ended = kept.Ended.AddDate(0, 0, -8) })
	anna = restart(t, anna, func(c *netcore.Config, _ *netcoretest.Recorder) { c.HistoryDays = 9 })
	if got := past(t, anna, netcore.Query{}); len(got) != 3 {
		t.Fatalf("there are %q", got)
	}
	anna.SetHistory(0, 7)
	if got := past(t, anna, netcore.Query{}); !slices.Equal(got, []string{"c", "a"}) {
		t.Errorf("after a week there are %q", got)
	}
	anna.SetHistory(2, 7)
	if got := past(t, anna, netcore.Query{}); !slices.Equal(got, []string{"c", "a"}) {
		t.Errorf("of two at most there are %q", got)
	}
	anna.Stop()
	anna = restart(t, anna, func(c *netcore.Config, _ *netcoretest.Recorder) { c.HistoryDays = 1 })
	netcoretest.Eventually(t, "the old one to be gone, still", func() bool {
		return slices.Equal(past(t, anna, netcore.Query{}), []string{"c", "a"})
	})
	anna.Stop()
	anna = restart(t, anna, func(c *netcore.Config, _ *netcoretest.Recorder) { c.HistoryLimit = 2 })
	anna.SetHistory(1, 0)
	netcoretest.Eventually(t, "all but the last to go", func() bool {
		return slices.Equal(past(t, anna, netcore.Query{}), []string{"c"})
	})
}
