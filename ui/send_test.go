package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

var anna, bob = somebody("Anna"), somebody("Bob")

// files makes files to send.
func files(t *testing.T, names ...string) []string {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for _, name := range names {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, p)
	}
	return paths
}

func (h *harness) wantSent(to netcore.Peer, paths ...string) {
	h.t.Helper()
	if len(h.node.sent) != 1 || h.node.sent[0].to != to.ID || !slices.Equal(h.node.sent[0].paths, paths) {
		h.t.Errorf("sent %+v, want %q to %s", h.node.sent, paths, to.Name)
	}
}

func TestDropOnACardSendsToThatPeer(t *testing.T) {
	h := newHarness(t)
	h.meet(anna, bob)
	paths := files(t, "a b.txt", "日本語 100%#?.txt")
	h.dropOn(h.card(bob), paths...)
	h.wantSent(bob, paths...)
	if got := h.toasts.words.words(); got != "2 items to Bob" || !h.toasts.panel.Visible() {
		t.Errorf("the toast says %q", got)
	}
}

func TestUndoCancelsTheTransfer(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	h.dropOn(h.card(anna), files(t, "a.txt")...)
	h.dropOn(h.card(anna), files(t, "b.txt")...)
	test.Tap(h.toasts.undo)
	if want := []netcore.TransferID{transferID(2)}; !slices.Equal(h.node.cancelled, want) {
		t.Errorf("cancelled %v, want %v", h.node.cancelled, want)
	}
	if h.toasts.panel.Visible() {
		t.Error("the toast is still there")
	}
}

func TestAToastGoesAfterItsOwnTime(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	h.dropOn(h.card(anna), files(t, "a.txt")...)
	h.pass(toastTime / 2)
	h.dropOn(h.card(anna), files(t, "b.txt")...)
	h.pass(toastTime / 2) // the end of the first
	if !h.toasts.panel.Visible() {
		t.Error("the second toast went with the first")
	}
	h.pass(toastTime / 2)
	if h.toasts.panel.Visible() {
		t.Error("the toast stays")
	}
}

func TestDropBesideTheCardsAsks(t *testing.T) {
	h := newHarness(t)
	h.meet(anna, bob)
	paths := files(t, "a.txt")
	h.drop(fyne.NewPos(600, 400), paths...)
	if h.asking == nil || len(h.node.sent) != 0 {
		t.Fatalf("nobody was asked, sent %v", h.node.sent)
	}
	test.Tap(h.asking.cards.live[bob.ID])
	h.key(fyne.KeyReturn)
	h.wantSent(bob, paths...)
	if h.asking != nil || h.win.Canvas().Overlays().Top() != nil {
		t.Error("the question is still there")
	}
}

// A device with the name of a known one is there, and the known one is not: Enter must not send to it.
func TestANamesakeIsNotChosenByItself(t *testing.T) {
	h := newHarness(t)
	h.meet(peerWith(anna, func(p *netcore.Peer) { p.Namesake = true }))
	h.drop(fyne.NewPos(600, 400), files(t, "a.txt")...)
	if len(h.asking.chosen) != 0 || !h.asking.send.disabled {
		t.Error("it is chosen")
	}
	test.Tap(h.asking.cards.live[anna.ID])
	if len(h.asking.chosen) != 1 {
		t.Error("it cannot be chosen")
	}
	h.key(fyne.KeyEscape)
	h.card(anna).MouseIn(&desktop.MouseEvent{})
	if got := h.card(anna).caption.words(); got != "not the Anna you know" {
		t.Errorf("below the mouse: %q", got)
	}
}

func TestTheQuestionFollowsWhoIsThere(t *testing.T) {
	h := newHarness(t)
	h.drop(fyne.NewPos(600, 400), files(t, "a.txt")...)
	if !h.asking.nobody.Visible() {
		t.Error("does not say that nobody is there")
	}
	h.meet(anna)
	if len(h.asking.cards.live) != 1 || h.asking.nobody.Visible() {
		t.Error("Anna came and is not listed")
	}
	gone := anna
	gone.Online = false
	h.meet(gone)
	if len(h.asking.cards.live) != 0 {
		t.Error("Anna left and is still listed")
	}
	h.key(fyne.KeyEscape)
	if h.asking != nil || h.win.Canvas().Overlays().Top() != nil {
		t.Error("Esc does not close the question")
	}
}

// What is dropped on cards that something covers goes to nobody, and not without a word.
func TestDropWhileASheetIsOpenIsRefused(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	h.askVisibility()
	h.dropOn(h.card(anna), files(t, "b.txt")...)
	if len(h.node.sent) != 0 || h.asking != nil {
		t.Error("the drop was taken")
	}
	if words := h.toasts.words.words(); !h.toasts.panel.Visible() || !strings.HasPrefix(words, "Nothing was sent.") {
		t.Errorf("it says %q", words)
	}
}

// What is dropped while something is picked already goes with it, to whomever that goes.
func TestAnotherDropAddsToWhatIsPicked(t *testing.T) {
	h := newHarness(t)
	h.meet(anna, bob)
	first, second := files(t, "a.txt"), files(t, "b.txt")
	h.drop(fyne.NewPos(600, 400), first...)
	h.dropOn(h.card(anna), append(second, first...)...)
	if words := strings.Join(spoken(h.asking.sheet.panel), " | "); !strings.Contains(words, "2 items to send | a.txt | b.txt | 2 files · 0 B in all") {
		t.Errorf("the tray says %s", words)
	}
	test.Tap(h.asking.cards.live[bob.ID])
	h.key(fyne.KeyReturn)
	h.wantSent(bob, append(first, second...)...)
}

func TestOneDropGoesToSeveral(t *testing.T) {
	h := newHarness(t)
	h.meet(anna, bob)
	h.drop(fyne.NewPos(600, 400), files(t, "a.txt")...)
	h.key(fyne.KeyReturn)
	if len(h.node.sent) != 0 || h.asking == nil {
		t.Fatal("Enter sends to nobody")
	}
	test.Tap(h.asking.cards.live[anna.ID])
	test.Tap(h.asking.cards.live[bob.ID])
	if got := h.asking.send.words(); got != "Send to 2 devices" {
		t.Errorf("the button says %q", got)
	}
	test.Tap(h.asking.send)
	if len(h.node.sent) != 2 || h.node.sent[0].to != anna.ID || h.node.sent[1].to != bob.ID {
		t.Fatalf("sent %v", h.node.sent)
	}
	test.Tap(h.toasts.undo)
	if len(h.node.cancelled) != 2 {
		t.Errorf("undo cancels %v", h.node.cancelled)
	}
}

// What has ended cannot be undone.
func TestTheToastGoesWithItsTransfers(t *testing.T) {
	h := newHarness(t)
	h.toasts.showSent(phrase{key: keySentMany}, transferID(1), transferID(2))
	h.tell(changed(out(netcore.Declined, "a"), 1))
	h.tell(changed(out(netcore.Running, "a"), 2))
	if !h.toasts.panel.Visible() {
		t.Fatal("it is gone while one is on its way")
	}
	h.tell(changed(out(netcore.Done, "a"), 2))
	if h.toasts.panel.Visible() {
		t.Error("it stays when both have ended")
	}
	h.toasts.show(phrase{key: keyCopied}, nil)
	h.tell(changed(out(netcore.Done, "a"), 1))
	if !h.toasts.panel.Visible() {
		t.Error("another one goes, too")
	}
}

func TestPathsOfNothingAreNotSent(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	real := files(t, "a.txt")
	h.dropOn(h.card(anna), append([]string{"/no/such/file", "relative.txt"}, real...)...)
	h.wantSent(anna, real...)

	h.node.sent = nil
	web, err := storage.ParseURI("https://example.org/picture.png")
	if err != nil {
		t.Fatal(err)
	}
	h.dropped(h.area(h.card(anna)).pos.AddXY(5, 5), []fyne.URI{web})
	h.settled()
	if len(h.node.sent) != 0 {
		t.Errorf("sent %v", h.node.sent)
	}
	if got := h.toasts.words.words(); got != "There are no files or folders in that" || h.toasts.undo.Visible() {
		t.Errorf("the toast says %q", got)
	}
}

func TestASendThatFailsSaysWhy(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	h.node.refuse = &netcore.Error{Op: "send", Err: netcore.ErrOffline}
	h.dropOn(h.card(anna), files(t, "a.txt")...)
	if got := h.toasts.words.words(); got != "Not sent: Anna cannot be reached" || h.toasts.undo.Visible() {
		t.Errorf("the toast says %q", got)
	}
}

func TestButtonsPickAndAsk(t *testing.T) {
	for _, folder := range []bool{false, true} {
		h := newHarness(t)
		h.meet(anna)
		h.picked = files(t, "a.txt", "b.txt")
		b := h.main.files
		if folder {
			b = h.main.folder
		}
		test.Tap(b)
		h.settled()
		if len(h.asks) != 1 || h.asks[0].folder != folder {
			t.Errorf("asked for %+v", h.asks)
		}
		if h.asking == nil {
			t.Fatal("did not ask to whom")
		}
		h.key(fyne.KeyReturn) // Anna is the only one
		h.wantSent(anna, h.picked...)
	}
}

func TestPressingACardPicksForThatPeer(t *testing.T) {
	h := newHarness(t)
	h.meet(anna, bob)
	h.picked = files(t, "a.txt")
	test.Tap(h.card(bob))
	h.settled()
	h.wantSent(bob, h.picked...)
}

func TestPickingNothingDoesNothing(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	test.Tap(h.main.files)
	h.settled()
	if h.asking != nil || h.toasts.panel.Visible() {
		t.Error("something happened")
	}
}

// TestOneButtonChoosesAllThatAreHere, as a teacher does; but nobody who is away, or may be somebody else.
func TestOneButtonChoosesAllThatAreHere(t *testing.T) {
	h := newHarness(t)
	away := peerWith(somebody("Away"), func(p *netcore.Peer) { p.Online, p.Known = false, true })
	double := peerWith(anna, func(p *netcore.Peer) { p.ID[3], p.Namesake = 9, true })
	student10, student9 := somebody("Student 10"), somebody("student 9")
	h.meet(student10, student9, away, anna, double)
	dir := t.TempDir()
	h.drop(fyne.NewPos(600, 400), dir)
	if words := h.asking.all.words(); words != "Choose all" || !h.asking.all.Visible() {
		t.Fatalf("the button says %q", words)
	}
	if folder := h.asking.signs[dir].Resource.Name(); !strings.Contains(folder, "folder") {
		t.Errorf("a folder has the sign %s", folder)
	}
	test.Tap(h.asking.all)
	var names []string
	for _, p := range h.asking.to() {
		names = append(names, p.Name)
	}
	if want := []string{"Anna", "student 9", "Student 10"}; !slices.Equal(names, want) {
		t.Errorf("it goes to %q, want %q", names, want)
	}
	test.Tap(h.asking.all)
	if n := len(h.asking.to()); n != 0 || !h.asking.send.disabled {
		t.Errorf("pressed again, it goes to %d", n)
	}
}
