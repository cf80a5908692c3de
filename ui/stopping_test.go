package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

// arrived is an incoming transfer of which some files are there.
func arrived(state netcore.State, found, done int) netcore.Transfer {
	return with(in(state, "a"), func(t *netcore.Transfer) { t.Files, t.FoundFiles, t.DoneFiles = 9, found, done })
}

func (h *harness) wantCancelled(keep ...netcore.Keep) {
	h.t.Helper()
	if !slices.Equal(h.node.kept, keep) {
		h.t.Errorf("cancelled with %v, want %v", h.node.kept, keep)
	}
}

func TestCancelAsksWhereFilesHaveArrived(t *testing.T) {
	for button, keep := range [][]netcore.Keep{nil, {netcore.KeepNothing}, {netcore.KeepFiles}} {
		h := newHarness(t)
		h.tell(changed(arrived(netcore.Running, 2, 5), 1))
		test.Tap(h.rowOf(transferID(1)).cancel)
		if words := strings.Join(spoken(h.topSheet().panel), " | "); !strings.Contains(words, "3 files have arrived whole.") {
			t.Errorf("asks %s", words)
		}
		h.wantCancelled()
		test.Tap(h.topSheet().buttons[button])
		h.wantCancelled(keep...)
		if h.topSheet() != nil || h.stopping != nil {
			t.Error("the question is still there")
		}
	}
}

func TestEscGoesOnReceivingAndEnterKeeps(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(arrived(netcore.Running, 0, 1), 1))
	test.Tap(h.rowOf(transferID(1)).cancel)
	h.key(fyne.KeyEscape)
	h.wantCancelled()
	test.Tap(h.rowOf(transferID(1)).cancel)
	h.key(fyne.KeyReturn)
	h.wantCancelled(netcore.KeepFiles)
}

func TestCancelDoesNotAskWhereNothingWouldBeLost(t *testing.T) {
	for _, transfer := range []netcore.Transfer{
		arrived(netcore.Running, 0, 0),
		arrived(netcore.Running, 5, 5), // they were there before
		in(netcore.Offered, "a"),
		with(out(netcore.Running, "a"), func(t *netcore.Transfer) { t.DoneFiles = 5 }),
	} {
		h := newHarness(t)
		h.tell(changed(transfer, 1))
		test.Tap(h.rowOf(transferID(1)).cancel)
		h.wantCancelled(netcore.KeepNothing)
	}
}

// After an interruption a transfer finds what it has brought itself: that was
// not there before.
func TestWhatCameBeforeAnInterruptionHasArrivedToo(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(arrived(netcore.Running, 2, 5), 1))
	h.tell(changed(ended(arrived(netcore.Paused, 2, 5), netcore.ErrLost, false), 1))
	h.tell(changed(arrived(netcore.Running, 5, 5), 1))
	if got := h.view.items[0].brought(); got != 3 {
		t.Errorf("brought %d, want 3", got)
	}
	// Of a transfer of an earlier run all may be its own.
	h.tell(changed(ended(arrived(netcore.Paused, 4, 4), netcore.ErrShutdown, false), 2))
	h.tell(changed(arrived(netcore.Running, 4, 4), 2))
	test.Tap(h.rowOf(transferID(2)).cancel)
	if h.stopping == nil || h.stopping.files != 4 {
		t.Error("was not asked")
	}
}

func TestTheQuestionFollowsTheTransfer(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(arrived(netcore.Running, 0, 1), 1))
	test.Tap(h.rowOf(transferID(1)).cancel)
	h.tell(changed(arrived(netcore.Running, 0, 2), 1))
	if words := spoken(h.topSheet().panel); !strings.Contains(words[1], "2 files have arrived") {
		t.Errorf("asks %q", words)
	}
	h.tell(changed(arrived(netcore.Done, 0, 9), 1))
	if h.topSheet() != nil || h.stopping != nil {
		t.Error("asks about what has ended")
	}
}
