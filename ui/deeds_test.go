package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

func TestWhatCanBeDone(t *testing.T) {
	path := func(n int) func(*netcore.Transfer) {
		return func(t *netcore.Transfer) { t.Paths = make([]string, n) }
	}
	failed := func(t *netcore.Transfer) { t.FailedCount = 1 }
	names := [deeds]string{"cancel", "drop", "pause", "resume", "show", "open", "retry", "details"}
	for _, test := range []struct {
		transfer netcore.Transfer
		want     string
	}{
		{with(out(netcore.Queued), path(1)), "cancel"},
		{in(netcore.Offered), "cancel"},
		{with(in(netcore.Running), path(1)), "cancel pause details"},
		{out(netcore.Running), "cancel pause details"},
		{ended(in(netcore.Paused), netcore.ErrLost, false), "cancel details"},
		{ended(in(netcore.Paused), netcore.ErrPaused, false), "cancel resume details"},
		{ended(out(netcore.Paused), netcore.ErrPaused, false), "cancel resume details"},
		{ended(out(netcore.Paused), netcore.ErrPaused, true), "cancel details"},
		{ended(out(netcore.Paused), netcore.ErrNoSpace, true), "cancel resume details"},
		{with(in(netcore.Done), path(1)), "show open details"},
		{with(in(netcore.Done), path(2)), "show details"},
		{with(in(netcore.Done), path(0)), "details"},
		{with(with(in(netcore.Done), path(1)), failed), "show open details"},
		{with(out(netcore.Done), path(1)), "show open details"},
		{with(with(out(netcore.Done), path(1)), failed), "show open retry details"},
		{with(in(netcore.Failed), path(1)), "show details"},
		{with(out(netcore.Failed), path(1)), "retry details"},
		{out(netcore.Cancelled), "retry details"},
		{out(netcore.Declined), "retry"},
		{in(netcore.Declined), ""},
	} {
		var got []string
		for d, can := range canDo(test.transfer) {
			if can {
				got = append(got, names[d])
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s %s %v: %q, want %q", test.transfer.Direction, test.transfer.State, test.transfer.Err, got, test.want)
		}
	}
}

func TestPauseAndGoOn(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(out(netcore.Running, "a"), 1))
	r := h.rowOf(transferID(1))
	test.Tap(r.pause)
	h.tell(changed(ended(out(netcore.Paused, "a"), netcore.ErrPaused, false), 1))
	if r.pause.Visible() || !r.resume.Visible() {
		t.Errorf("pause is visible: %v, resume: %v", r.pause.Visible(), r.resume.Visible())
	}
	test.Tap(r.resume)
	// Somebody there holds it now: nothing that is done here lets it go on.
	h.tell(changed(ended(out(netcore.Paused, "a"), netcore.ErrPaused, true), 1))
	if r.pause.Visible() || r.resume.Visible() || !strings.Contains(r.words(), "paused by Anna") {
		t.Errorf("pause is visible: %v, resume: %v, the row says %q", r.pause.Visible(), r.resume.Visible(), r.words())
	}
	want := []netcore.TransferID{transferID(1)}
	if !slices.Equal(h.node.paused, want) || !slices.Equal(h.node.resumed, want) {
		t.Errorf("paused %v, resumed %v", h.node.paused, h.node.resumed)
	}
}

func TestSendAgain(t *testing.T) {
	for _, step := range []struct {
		transfer    netcore.Transfer
		hint, toast string
	}{
		{with(out(netcore.Done, "a", "b"), func(t *netcore.Transfer) { t.FailedCount = 3 }), "Retry failed", "3 items to Anna"},
		{ended(out(netcore.Failed, "a", "b"), netcore.ErrLost, false), "Send again", "2 items to Anna"},
		{ended(out(netcore.Declined, "a"), netcore.ErrDeclined, true), "Send again", "1 item to Anna"},
	} {
		h := newHarness(t)
		h.tell(changed(step.transfer, 1))
		r := h.rowOf(transferID(1))
		if got := r.retry.words(); got != step.hint {
			t.Errorf("the button says %q, want %q", got, step.hint)
		}
		test.Tap(r.retry)
		if got := h.toasts.words.words(); got != step.toast || !slices.Equal(h.node.retried, []netcore.TransferID{transferID(1)}) {
			t.Errorf("the toast says %q, want %q; retried %v", got, step.toast, h.node.retried)
		}
		test.Tap(h.toasts.undo)
		if !slices.Equal(h.node.cancelled, []netcore.TransferID{transferID(101)}) {
			t.Errorf("undo cancels %v", h.node.cancelled)
		}
	}
}

func TestNothingToSendAgainIsSaid(t *testing.T) {
	h := newHarness(t)
	h.node.refuse = fmt.Errorf("%w: it is gone", netcore.ErrUnread)
	h.tell(changed(out(netcore.Cancelled, "a"), 1))
	test.Tap(h.rowOf(transferID(1)).retry)
	if got := h.toasts.words.words(); got != "There is nothing left of it to send again" || h.toasts.undo.Visible() {
		t.Errorf("the toast says %q", got)
	}
}

// The time in which somebody was asked says nothing of the speed.
func TestDetailsCountTheTimeInWhichItMoved(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(with(in(netcore.Done, "a"), func(t *netcore.Transfer) {
		t.Started, t.Ended, t.Active = noon, noon.Add(time.Minute), 2*time.Second
		t.Bytes, t.DoneBytes, t.ByRule = 4e6, 4e6, true
	}), 1))
	test.Tap(h.rowOf(transferID(1)).details)
	words := strings.Join(spoken(h.topSheet().panel), " | ")
	for _, want := range []string{"Took | 2 s", "2 MB/s on average", "Accepted | by your rule, without asking"} {
		if !strings.Contains(words, want) {
			t.Errorf("does not say %q: %s", want, words)
		}
	}
}

func TestDetailsOfWhatWasSentCanBeRetried(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(with(out(netcore.Done, "a"), func(t *netcore.Transfer) {
		t.FailedCount = 1
		t.FailedEntries = []netcore.EntryError{{Path: "a/b", Local: "/data/a/b", Err: netcore.ErrUnread}}
		t.Receipt = &netcore.Receipt{Files: 1317, Bytes: 42e6, Failed: 1, Root: []byte{0xab, 0x01}}
	}), 1))
	test.Tap(h.rowOf(transferID(1)).details)
	words := strings.Join(spoken(h.topSheet().panel), " | ")
	for _, want := range []string{"/data/a/b: it cannot be read", "1,317 files, 42 MB: every hash matched on both sides (ab01)", "Retry failed"} {
		if !strings.Contains(words, want) {
			t.Errorf("does not say %q: %s", want, words)
		}
	}
	h.key(fyne.KeyReturn)
	if h.topSheet() != nil || len(h.node.retried) != 1 {
		t.Errorf("retried %v", h.node.retried)
	}
}
