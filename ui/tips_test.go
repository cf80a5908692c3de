package ui

import (
	"testing"

	"ferry/netcore"
)

func TestATipSaysWhatAnIconDoes(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(out(netcore.Running, "a"), 1))
	b := h.rowOf(transferID(1)).pause
	b.MouseIn(nil)
	h.pass(tipDelay - 1)
	if h.tips.panel.Visible() {
		t.Error("it comes at once")
	}
	h.pass(1)
	if !h.tips.panel.Visible() || h.tips.words.words() != "Pause" {
		t.Errorf("visible: %v, says %q", h.tips.panel.Visible(), h.tips.words.words())
	}
	at, window := h.area(h.tips.panel), h.win.Canvas().Size()
	if at.pos.X < 0 || at.pos.X+at.size.Width > window.Width || at.pos.Y+at.size.Height > window.Height {
		t.Errorf("it is at %+v", at)
	}
	b.MouseOut()
	if h.tips.panel.Visible() {
		t.Error("it stays")
	}
}

func TestTipsThatNobodyWaitsForStayAway(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(out(netcore.Running, "a"), 1))
	b := h.rowOf(transferID(1)).pause
	b.MouseIn(nil)
	b.MouseOut()
	h.pass(tipDelay)
	if h.tips.panel.Visible() {
		t.Error("it comes after the pointer has left")
	}
	b.MouseIn(nil)
	h.pass(tipDelay)
	h.tell(changed(out(netcore.Done, "a"), 1)) // no pointer leaves a button that goes
	if h.tips.panel.Visible() {
		t.Error("it stays without its button")
	}
}

// Every button that is an icon says what it does.
func TestIconButtonsHaveWords(t *testing.T) {
	h := newHarness(t)
	h.tell(changed(out(netcore.Running, "a"), 1))
	row := h.rowOf(transferID(1)).buttons()
	for _, b := range append(row[:], h.sidebar.settings, h.main.warning.close) {
		if b.words() == "" || b.tips != h.tips {
			t.Errorf("a button says %q", b.words())
		}
	}
}
