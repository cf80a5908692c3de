package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

func TestTheFirstStartAsksForNameAndInbox(t *testing.T) {
	h := newHarness(t)
	h.welcome()
	name := h.win.Canvas().Focused().(*entry)
	if name.Text != "Kim" {
		t.Errorf("it suggests %q", name.Text)
	}
	name.SetText("Desk")
	h.key(fyne.KeyReturn)
	h.picked = []string{"/data/in"}
	visit(h.topSheet().panel, func(o fyne.CanvasObject) {
		if b, ok := o.(*button); ok && b.words() == "Change…" {
			test.Tap(b)
		}
	})
	h.settled()
	if words := strings.Join(spoken(h.topSheet().panel), " | "); !strings.Contains(words, "/data/in") {
		t.Errorf("says %s", words)
	}
	h.key(fyne.KeyReturn)
	if s := h.saved(); h.topSheet() != nil || s.Name != "Desk" || s.Inbox != "/data/in" || h.node.name != "Desk" {
		t.Errorf("saved is %+v", s)
	}
}

func TestTheFirstStartCanBeSkipped(t *testing.T) {
	h := newHarness(t)
	h.welcome()
	h.key(fyne.KeyEscape)
	h.settled()
	if h.topSheet() != nil || !netcore.HasSettings(h.dir) {
		t.Error("it asks again at the next start")
	}
	h.welcome()
	h.key(fyne.KeyReturn)
	h.key(fyne.KeyEscape) // back
	if name, ok := h.win.Canvas().Focused().(*entry); !ok || name.Text != "Kim" {
		t.Error("Esc does not go back to the name")
	}
}
