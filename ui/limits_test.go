package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

func TestParseLimit(t *testing.T) {
	for in, want := range map[string]int64{
		"": 0, "  ": 0, "0": 0, "0.0": 0, "5": 5_000_000, "2.5": 2_500_000, "2,5": 2_500_000, " 0.5 ": 500_000, "0.002": 2000, "1000": 1e9,
	} {
		if got, ok := parseLimit(in); !ok || got != want {
			t.Errorf("%q: %d, %v; want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{"fast", "-1", "+1", "0.0001", "1e3", "inf", "NaN", "0x5", "1.2.3", "1,000.5", ".", "5 MB", "9999999999"} {
		if got, ok := parseLimit(in); ok {
			t.Errorf("%q is %d", in, got)
		}
	}
	for _, limit := range []int64{0, 1024, 500_000, 2_500_000, 123_456_789} {
		if got, ok := parseLimit(formatLimit(limit)); !ok || got != limit {
			t.Errorf("%d is written %q and read %d", limit, formatLimit(limit), got)
		}
	}
}

func TestLimitsHoldAtOnceAndAreSaved(t *testing.T) {
	h := newHarness(t)
	if err := (netcore.Settings{Name: "Kim", Inbox: "/inbox"}).Save(h.dir); err != nil {
		t.Fatal(err)
	}
	test.Tap(h.sidebar.settings)
	h.setting.rail.take(sectionNetwork)
	if h.setting.upload.Text != "2.5" || h.setting.download.Text != "" {
		t.Errorf("shows %q and %q", h.setting.upload.Text, h.setting.download.Text)
	}
	h.win.Canvas().Focus(h.setting.upload)
	h.setting.upload.SetText("")
	h.setting.download.SetText("10")
	h.key(fyne.KeyReturn) // in a field
	h.settled()
	want := netcore.Limits{Download: 10_000_000}
	if h.topSheet() == nil || !slices.Equal(h.node.limits, []netcore.Limits{want}) {
		t.Errorf("limits are %v", h.node.limits)
	}
	saved, err := netcore.LoadSettings(h.dir)
	if err != nil || saved.Name != "Kim" || saved.Inbox != "/inbox" || saved.Limits != want {
		t.Errorf("saved %+v, %v", saved, err)
	}
	h.key(fyne.KeyEscape)
	h.openSettings(sectionNetwork)
	if h.setting.upload.Text != "" || h.setting.download.Text != "10" {
		t.Errorf("then shows %q and %q", h.setting.upload.Text, h.setting.download.Text)
	}
}

func TestWhatIsNoSpeedIsNotTaken(t *testing.T) {
	h := newHarness(t)
	h.openSettings(sectionNetwork)
	sheet := h.topSheet()
	h.win.Canvas().Focus(h.setting.download)
	h.setting.download.SetText("fast")
	h.win.Canvas().Focus(h.setting.upload)
	if len(h.node.limits) != 0 {
		t.Errorf("took %v", h.node.limits)
	}
	if words := strings.Join(spoken(sheet.panel), " | "); !strings.Contains(words, "Write a number") {
		t.Errorf("says %s", words)
	}
	h.setting.download.SetText("3")
	h.key(fyne.KeyEscape) // in a field
	want := netcore.Limits{Upload: 2_500_000, Download: 3_000_000}
	if h.topSheet() != nil || !slices.Equal(h.node.limits, []netcore.Limits{want}) {
		t.Errorf("Esc does not close the sheet, or it has not taken %v", h.node.limits)
	}
}

func TestTheKeyForSettings(t *testing.T) {
	h := newHarness(t)
	h.shortcut(settingsKeys)
	h.shortcut(settingsKeys) // pressed twice
	if len(h.sheets) != 1 || h.setting == nil || h.topSheet() != h.setting.sheet {
		t.Errorf("%d sheets are open", len(h.sheets))
	}
}

// Where nothing can be saved, the limits hold all the same.
func TestLimitsThatCannotBeSaved(t *testing.T) {
	h := newHarness(t)
	if err := os.Mkdir(filepath.Join(h.dir, "settings.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	h.setLimits(netcore.Limits{Upload: 1e6})
	h.settled()
	if len(h.node.limits) != 1 || !strings.Contains(h.toasts.words.words(), "could not be saved") {
		t.Errorf("limits are %v, the toast says %q", h.node.limits, h.toasts.words.words())
	}
}

// A damaged file is kept beside the one that takes its place.
func TestDamagedSettingsAreKept(t *testing.T) {
	h := newHarness(t)
	damaged := filepath.Join(h.dir, "settings.json")
	if err := os.WriteFile(damaged, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	h.setLimits(netcore.Limits{Upload: 1e6})
	if got := h.saved(); got.Limits.Upload != 1e6 || got.Visibility != netcore.VisibleToNone {
		t.Errorf("saved is %+v", got)
	}
	kept, err := filepath.Glob(damaged + ".broken-*")
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept are %v, %v", kept, err)
	}
	if data, err := os.ReadFile(kept[0]); err != nil || string(data) != "{" {
		t.Errorf("kept is %q, %v", data, err)
	}
}
