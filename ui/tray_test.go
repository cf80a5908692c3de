package ui

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"ferry/netcore"
)

func TestClosingGoesIntoTheTrayOnlyWhereThereIsOne(t *testing.T) {
	for _, c := range []struct {
		chosen, there bool
		hides         bool
	}{
		{chosen: true, there: true, hides: true},
		{chosen: true, there: false},
		{chosen: false, there: true},
	} {
		h := newHarness(t)
		h.settings.now.Tray = c.chosen
		h.opts.HasTray = func() bool { return c.there }
		h.closing()
		if h.hidden != c.hides || (h.ended.Err() == nil) != c.hides {
			t.Errorf("%+v: hidden %v, ended %v", c, h.hidden, h.ended.Err() != nil)
		}
	}
}

func TestATrayThatGoesGivesTheWindowBack(t *testing.T) {
	h := newHarness(t)
	there := true
	h.settings.now.Tray = true
	h.opts.HasTray = func() bool { return there }
	h.closing()
	there = false
	h.TrayChanged()
	h.drain()
	if h.hidden {
		t.Error("a window in no tray cannot be found")
	}
}

func TestPathsOfASecondStartAreSent(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	path := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.hidden = true
	h.Open([]string{path, "/no/such/file"})
	h.until("the question", func() bool { return h.asking != nil })
	if h.hidden {
		t.Error("the window stays hidden")
	}
}

// notices is a desktop that shows notices.
type notices chan Notice

func (n notices) Notify(_ context.Context, notice Notice) error {
	n <- notice
	return nil
}

func TestNoticesComeOnlyToThoseWhoLookAwayAndWantThem(t *testing.T) {
	for _, c := range []struct{ away, quiet, comes bool }{
		{away: true, comes: true}, {away: true, quiet: true}, {},
	} {
		h := newHarness(t)
		desktop := make(notices, 1)
		h.notifier = desktop
		h.away.Store(c.away)
		h.chooseSetting(keyNotSaved, func(s *netcore.Settings) { s.Quiet = c.quiet })
		h.notify(t.Context(), Notice{Title: "Ferry"})
		h.settled()
		if got := len(desktop) == 1; got != c.comes {
			t.Errorf("%+v: a notice came: %v", c, got)
		}
	}
}
