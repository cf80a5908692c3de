package ui

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

// dragOver drags files over the middle of an object.
func (h *harness) dragOver(o fyne.CanvasObject) {
	a := h.area(o)
	h.draggedOver(a.pos.AddXY(a.size.Width/2, a.size.Height/2))
}

func (h *harness) wantLit(want *card) {
	h.t.Helper()
	for _, c := range h.sidebar.cards.live {
		if c.target != (c == want) {
			h.t.Errorf("%s is lit: %v; it says %q", c.peer.Name, c.target, c.caption.words())
		}
	}
	if want != nil && h.hover.hint.Visible() {
		h.t.Error("says that a drop asks")
	}
}

func TestTheCardUnderADragSaysWhatADropDoes(t *testing.T) {
	h := newHarness(t)
	away := bob
	away.Online, away.Known = false, true
	h.meet(anna, away)
	before := h.card(anna).caption.words()

	h.dragOver(h.card(anna))
	h.wantLit(h.card(anna))
	if got := h.card(anna).caption.words(); got != "Release to send to Anna" {
		t.Errorf("says %q", got)
	}
	h.dragOver(h.card(away))
	h.wantLit(h.card(away))
	if got := h.card(away).caption.words(); got != "Release to send when Bob is back" {
		t.Errorf("says %q", got)
	}
	if got := h.card(anna).caption.words(); got != before {
		t.Errorf("once the drag has gone on, Anna's card says %q", got)
	}
	h.dragEnded()
	h.wantLit(nil)
}

func TestADragBesideTheCardsSaysThatADropAsks(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	h.draggedOver(fyne.NewPos(600, 400))
	h.wantLit(nil)
	if !h.hover.hint.Visible() || h.hover.hint.text.words() != "Release to choose who gets it" {
		t.Errorf("says %q: %v", h.hover.hint.text.words(), h.hover.hint.Visible())
	}
	h.dragOver(h.card(anna))
	if h.hover.hint.Visible() {
		t.Error("says so over a card, too")
	}
	h.draggedOver(fyne.NewPos(600, 400))
	h.dragEnded()
	if h.hover.hint.Visible() {
		t.Error("says so after the drag")
	}
}

func TestADropPutsTheLightOut(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	h.dragOver(h.card(anna))
	h.dropOn(h.card(anna), files(t, "a.txt")...)
	h.wantLit(nil)
	if len(h.node.sent) != 1 {
		t.Errorf("sent %v", h.node.sent)
	}
}

// Nothing lights up that a drop would not go to.
func TestADragOverAWindowThatAsksLightsNothing(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	h.dragOver(h.card(anna))
	h.askVisibility()
	h.followDrag()
	h.wantLit(nil)
	if h.hover.hint.Visible() {
		t.Error("says that a drop asks")
	}
	test.Tap(h.topSheet().buttons[0])
	h.followDrag()
	h.wantLit(h.card(anna))
}

// A card that comes may push another one away from under a drag that rests.
func TestTheLightStaysUnderADragWhenCardsMove(t *testing.T) {
	h := newHarness(t)
	h.meet(bob)
	h.dragOver(h.card(bob))
	h.meet(anna) // is listed first
	h.followDrag()
	h.wantLit(h.card(anna))
	gone := anna
	gone.Online = false
	h.meet(gone)
	h.followDrag()
	h.wantLit(h.card(bob))
}

func TestPixelsOfADragAreScaled(t *testing.T) {
	h := newHarness(t)
	h.win.Canvas().(test.WindowlessCanvas).SetScale(2)
	if at := h.onCanvas(image.Pt(100, 30)); at != fyne.NewPos(50, 15) {
		t.Errorf("100, 30 is at %v", at)
	}
}

// TestAWarningStaysUnderADrag drags files over a device that has the name of a known one: it must not turn into "Release to send
// to Anna" in the moment that matters.
func TestAWarningStaysUnderADrag(t *testing.T) {
	h := newHarness(t)
	other := peerWith(anna, func(p *netcore.Peer) { p.ID[3], p.Namesake = 9, true })
	h.meet(anna, other)
	h.dragOver(h.card(other))
	h.wantLit(h.card(other))
	if got := h.card(other).caption.words(); got != "not the Anna you know" {
		t.Errorf("says %q", got)
	}
}
