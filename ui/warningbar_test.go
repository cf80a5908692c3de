package ui

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

func TestACloneIsMadeADeviceOfItsOwn(t *testing.T) {
	h := newHarness(t)
	h.tell(netcore.Warning{Kind: netcore.WarnClone})
	h.draw()
	bar := h.main.warning
	if !bar.do.Visible() || bar.do.words() != "Make this a device of its own…" {
		t.Fatalf("the bar has %q", bar.do.words())
	}
	test.Tap(bar.do)
	said := strings.Join(spoken(h.topSheet().panel), "\n")
	if !strings.Contains(said, "compare codes") || !strings.Contains(said, "sent again") {
		t.Errorf("the sheet does not say what is lost: %q", said)
	}
	h.key(fyne.KeyReturn)
	h.key(fyne.KeyEscape)
	if h.settled(); h.node.renewed != 0 || h.Restarts() || h.topSheet() != nil {
		t.Error("Enter was enough, or Esc was not")
	}
	h.node.refuse = errors.New("read-only")
	h.askRenew()
	test.Tap(h.topSheet().buttons[1])
	if h.settled(); h.Restarts() || !strings.Contains(h.toasts.words.words(), "could not be changed") {
		t.Errorf("without a key it starts again: %v; it says %q", h.Restarts(), h.toasts.words.words())
	}
	h.node.refuse = nil
	h.askRenew()
	test.Tap(h.topSheet().buttons[1])
	if h.settled(); h.node.renewed != 2 || !h.Restarts() || h.ended.Err() == nil {
		t.Errorf("%d new keys, starts again: %v, has closed: %v", h.node.renewed, h.Restarts(), h.ended.Err() != nil)
	}
}

func TestSettingsThatWereNotUnderstood(t *testing.T) {
	damaged := errors.New("unexpected end")
	for _, tt := range []struct {
		err  netcore.SettingsError
		want string
	}{
		{netcore.SettingsError{Keys: []string{"history_days", "history_limit", "theme"}}, "not used: Keep the history · Theme."},
		{netcore.SettingsError{Keys: []string{"visibility"}, Hides: true}, "nobody does, until you choose anew"},
		{netcore.SettingsError{Err: damaged}, "What can be read of it is used"},
		{netcore.SettingsError{Err: damaged, Hides: true}, "Nobody sees this device"},
	} {
		h := newHarness(t)
		h.tell(netcore.Warning{Kind: netcore.WarnSettings, Err: &tt.err})
		h.draw()
		if got := h.main.warning.words.words; !strings.Contains(got, tt.want) {
			t.Errorf("%v: the bar says %q", &tt.err, got)
		}
		test.Tap(h.main.warning.do)
		if h.topSheet() == nil || h.topSheet() != h.setting.sheet {
			t.Errorf("%v: the settings are not open", &tt.err)
		}
		test.Tap(find[*option](h, "Known devices only"))
		if h.draw(); len(h.view.warnings) != 0 {
			t.Errorf("%v: a choice leaves the warning", &tt.err)
		}
	}
}

// TestEverySettingHasAName: also those that only a person who writes the file can get wrong.
func TestEverySettingHasAName(t *testing.T) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[netcore.Settings]()) {
		k, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if k != "" && k != "visibility" && settingNames([]string{k}) == "" {
			t.Errorf("%s has none", k)
		}
	}
}
