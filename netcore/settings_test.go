package netcore

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestSettingsComeBackAsTheyWere(t *testing.T) {
	dir := t.TempDir()
	if HasSettings(dir) {
		t.Error("settings are there that nobody saved")
	}
	want := Settings{
		Name: "Kim", Inbox: "/in", Limits: Limits{Upload: 2000}, Visibility: VisibleToKnown, Interfaces: []string{"eth0"},
		HistoryLimit: 500, HistoryDays: 30, Language: "zh-Hans", Theme: ThemeDark, Tray: true, Quiet: true, Silent: true, Window: WindowSize{900, 640},
	}
	if err := want.Save(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := LoadSettings(dir); err != nil || !reflect.DeepEqual(got, want) || !HasSettings(dir) {
		t.Errorf("%+v, %v", got, err)
	}
}

// Who writes the file by hand, or with another version, keeps what can be understood.
func TestOneBadSettingLeavesTheOthers(t *testing.T) {
	for name, value := range map[string]string{
		"inbox": `"Downloads"`, "visibility": `"friends"`, "theme": `"pink"`, "language": `"../../x"`,
		"limits": `{"upload": -1}`, "history_days": `-3`, "history_limit": `-1`, "window": `{"width": -5, "height": 1e9}`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, settingsFile), []byte(`{"name": "Kim", "`+name+`": `+value+`}`), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := LoadSettings(dir)
		if !reflect.DeepEqual(got, Settings{Name: "Kim"}) {
			t.Errorf("%s: %+v", name, got)
		}
		if !errors.Is(err, ErrSetting) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}
