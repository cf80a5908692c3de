package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

// remember fills a node's history with n transfers, the newest first, an hour between them.
func (h *harness) remember(n int, change func(i int, t *netcore.Transfer)) {
	for i := range n {
		t := with(out(netcore.Done, fmt.Sprintf("file %d", i)), func(t *netcore.Transfer) {
			t.ID, t.Started, t.Ended = transferID(1000+i), noon.Add(-time.Duration(i)*time.Hour), noon.Add(-time.Duration(i)*time.Hour)
			t.Paths = []string{fmt.Sprintf("/data/file %d", i)}
		})
		if change != nil {
			change(i, &t)
		}
		h.node.past.transfers = append(h.node.past.transfers, t)
	}
}

func (h *harness) openHistory() *historyPage {
	h.main.tabs.take(int(pageHistory))
	h.settled()
	return h.main.history
}

func TestHistoryReadsMoreWhereItEnds(t *testing.T) {
	h := newHarness(t)
	h.remember(250, nil)
	p := h.openHistory()
	if len(p.items) != historyChunk || p.nothing.Visible() {
		t.Fatalf("%d items at first", len(p.items))
	}
	for range 10 {
		p.list.scroll.ScrollToBottom()
		h.settled()
	}
	if len(p.items) != 250 || len(h.node.past.queries) != 3 {
		t.Errorf("%d items after %d questions", len(p.items), len(h.node.past.queries))
	}
	if rows := len(p.list.rows); rows > 20 {
		t.Errorf("%d rows", rows)
	}
}

func TestHistoryIsSearched(t *testing.T) {
	h := newHarness(t)
	h.remember(30, nil)
	p := h.openHistory()
	p.search.SetText("FILE 7")
	h.settled()
	if len(p.items) != 1 || p.items[0].Names[0] != "file 7" {
		t.Errorf("found %d", len(p.items))
	}
	p.search.SetText("nowhere")
	h.settled()
	if !p.unfound.Visible() || p.nothing.Visible() || len(p.items) != 0 {
		t.Error("it does not say that nothing was found")
	}
	p.search.SetText("")
	h.settled()
	if len(p.items) != 30 || p.unfound.Visible() {
		t.Errorf("without words there are %d", len(p.items))
	}
}

func TestAnEmptyHistorySaysSo(t *testing.T) {
	h := newHarness(t)
	if p := h.openHistory(); !p.nothing.Visible() || !p.clear.disabled {
		t.Error("nothing is said, or nothing can be cleared")
	}
}

func TestHistoryThatCannotBeReadIsSaid(t *testing.T) {
	h := newHarness(t)
	h.node.past.broken = errors.New("disk")
	h.openHistory()
	if words := h.toasts.words.words(); !strings.Contains(words, "cannot be read") {
		t.Errorf("says %q", words)
	}
}

func TestAnEntryIsTakenOutWithTheKeyboardAndBack(t *testing.T) {
	h := newHarness(t)
	h.remember(3, nil)
	p := h.openHistory()
	h.win.Canvas().Focus(p.list)
	h.key(fyne.KeyDown)
	h.key(fyne.KeyDelete)
	left := func() (names []string) {
		for _, it := range p.items {
			names = append(names, it.Names[0])
		}
		return names
	}
	if got := left(); !slices.Equal(got, []string{"file 0", "file 2"}) || p.items[p.list.at()].Names[0] != "file 2" {
		t.Fatalf("left are %q, the keyboard is on %d", got, p.list.at())
	}
	test.Tap(h.toasts.undo)
	h.settled()
	h.pass(toastTime)
	h.settled()
	if got := left(); len(got) != 3 || len(h.node.past.transfers) != 3 {
		t.Fatalf("after undo there are %q", got)
	}
	test.Tap(h.rowIn(p.list, transferID(1001)).drop)
	if len(h.node.past.transfers) != 3 {
		t.Error("it is forgotten before it is too late to undo")
	}
	h.pass(toastTime)
	h.settled()
	if len(h.node.past.transfers) != 2 || len(p.items) != 2 {
		t.Errorf("the node remembers %d, the page shows %d", len(h.node.past.transfers), len(p.items))
	}
}

// Who closes the window while an entry can be brought back has meant it.
func TestQuittingForgetsWhatWasTakenOut(t *testing.T) {
	h := newHarness(t)
	h.remember(2, nil)
	p := h.openHistory()
	p.drop(p.items[0])
	h.closing()
	h.work.Wait()
	if len(h.node.past.transfers) != 1 {
		t.Errorf("the node remembers %d", len(h.node.past.transfers))
	}
}

func TestClearingAllAsks(t *testing.T) {
	h := newHarness(t)
	h.remember(5, nil)
	p := h.openHistory()
	test.Tap(p.clear)
	h.key(fyne.KeyEscape)
	h.settled()
	if len(h.node.past.transfers) != 5 {
		t.Fatal("Esc clears")
	}
	test.Tap(p.clear)
	h.key(fyne.KeyReturn)
	h.settled()
	if len(h.node.past.transfers) != 0 || !p.nothing.Visible() {
		t.Errorf("the node remembers %d", len(h.node.past.transfers))
	}
}

func TestHistorySendsAgain(t *testing.T) {
	h := newHarness(t)
	h.remember(2, func(i int, t *netcore.Transfer) {
		if i == 1 {
			t.Direction = netcore.Incoming
		}
	})
	p := h.openHistory()
	if h.rowIn(p.list, transferID(1001)).retry.Visible() {
		t.Error("what was received can be sent again")
	}
	test.Tap(h.rowIn(p.list, transferID(1000)).retry)
	if !slices.Equal(h.node.past.again, []netcore.TransferID{transferID(1000)}) || h.main.now() != pageTransfers {
		t.Errorf("sent again %v", h.node.past.again)
	}
	h.openHistory()
	h.node.refuse = fmt.Errorf("%w: gone", netcore.ErrUnread)
	test.Tap(h.rowIn(p.list, transferID(1000)).retry)
	if words := h.toasts.words.words(); !strings.Contains(words, "nothing left") {
		t.Errorf("says %q", words)
	}
}

func TestHistoryFollowsWhatEnds(t *testing.T) {
	h := newHarness(t)
	p := h.openHistory()
	h.remember(1, nil)
	h.tell(changed(out(netcore.Done, "x"), 1))
	h.settled()
	if len(p.items) != 1 || p.nothing.Visible() {
		t.Errorf("%d items", len(p.items))
	}
}

func TestFormatMoment(t *testing.T) {
	speak(t, "en_US.UTF-8")
	for ago, want := range map[time.Duration]string{
		time.Hour: "11:00", 13 * time.Hour: "yesterday 23:00", 50 * time.Hour: "18 May, 10:00", 300 * 24 * time.Hour: "24 Jul 2025",
	} {
		if got := say(formatMoment(noon.Add(-ago), noon)); got != want {
			t.Errorf("%v ago: %q, want %q", ago, got, want)
		}
	}
	speak(t, "zh_CN.UTF-8")
	if got := say(formatMoment(noon.Add(-50*time.Hour), noon)); got != "5月18日 10:00" {
		t.Errorf("in Chinese: %q", got)
	}
}

// rowIn is the row of a list that shows a transfer.
func (h *harness) rowIn(l *rowList, id netcore.TransferID) *row {
	h.t.Helper()
	for _, r := range l.rows {
		if r.Visible() && r.item.ID == id {
			return r
		}
	}
	h.t.Fatal("the transfer has no row")
	return nil
}
