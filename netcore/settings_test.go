package netcore

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestSettingsComeBackAsTheyWere(t *testing.T) {
	dir := t.TempDir()
	if HasSettings(dir) {
		t.Error("settings are there that nobody saved")
	}
	want := Settings{
		Name: "Kim", Inbox: "/in", Limits: Limits{Upload: 2000}, Visibility: VisibleToKnown, Interfaces: []string{"eth0"}, Port: 9000,
		HistoryLimit: 500, HistoryDays: 30, Language: "zh-Hans", Theme: ThemeDark, Tray: true, Quiet: true, Silent: true, Window: WindowSize{900, 640},
	}
	if err := want.Save(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := LoadSettings(dir); err != nil || !reflect.DeepEqual(got, want) || !HasSettings(dir) {
		t.Errorf("%+v, %v", got, err)
	}
}

func writeSettings(t *testing.T, text string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, settingsFile), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func readSettings(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, settingsFile))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Who writes the file by hand, or with another version, keeps what can be understood, and what cannot until it is changed.
func TestOneBadSettingLeavesTheOthers(t *testing.T) {
	for key, value := range map[string]string{
		"inbox": `"Downloads"`, "visibility": `"friends"`, "theme": `"pink"`, "language": `"../../x"`, "port": `70000`,
		"limits": `{"upload": -1}`, "history_days": `-3`, "history_limit": `-1`, "window": `{"width": -5, "height": 1e9}`,
		"interfaces": `"eth0"`, "tray": `"yes"`, "quiet": `null`,
	} {
		dir := writeSettings(t, `{"later": [1], "`+key+`": `+value+`, "name": "Kim"}`)
		got, err := LoadSettings(dir)
		var trouble *SettingsError
		if !errors.As(err, &trouble) || !slices.Equal(trouble.Keys, []string{key}) || trouble.Err != nil || trouble.Hides != (key == "visibility") {
			t.Errorf("%s: the error is %+v", key, err)
			continue
		}
		want := Settings{Name: "Kim"}
		if key == "visibility" {
			want.Visibility = VisibleToNone
		}
		clean := got
		clean.kept = nil
		if !reflect.DeepEqual(clean, want) {
			t.Errorf("%s: %+v", key, got)
		}
		got.Name = "Kim's"
		if err := got.Save(dir); err != nil {
			t.Fatal(err)
		}
		again, err := LoadSettings(dir)
		if !errors.As(err, &trouble) || !slices.Equal(trouble.Keys, []string{key}) || again.Name != "Kim's" {
			t.Errorf("%s, saved: %+v, %v", key, again, err)
		}
		if text := readSettings(t, dir); !strings.Contains(text, `"later"`) {
			t.Errorf("%s: what a later version has said is lost: %s", key, text)
		}
	}
}

// TestAnUnknownVisibilityGoesWhenAPersonChooses: also the value that stands in for it.
func TestAnUnknownVisibilityGoesWhenAPersonChooses(t *testing.T) {
	for _, v := range []Visibility{VisibleToNone, VisibleToAll} {
		dir := writeSettings(t, `{"Visibility": "friends"}`)
		s, err := LoadSettings(dir)
		if err == nil || s.Visibility != VisibleToNone {
			t.Fatalf("%q, %v", s.Visibility, err)
		}
		s.ChooseVisibility(v)
		if err := s.Save(dir); err != nil {
			t.Fatal(err)
		}
		if got, err := LoadSettings(dir); err != nil || got.Visibility != v {
			t.Errorf("%q became %q (%v)", v, got.Visibility, err)
		}
	}
}

// TestBrokenSettings: of a damaged file is used what can be read; nobody sees the device unless that says so, and the file
// is kept when it is written anew.
func TestBrokenSettings(t *testing.T) {
	const known, all, none = VisibleToKnown, VisibleToAll, VisibleToNone
	for text, want := range map[string]Settings{
		``:                                      {Visibility: none},
		`[]`:                                    {Visibility: none},
		`null`:                                  {Visibility: none},
		`{`:                                     {Visibility: none},
		`{"name": "Kim", "theme`:                {Name: "Kim", Visibility: none},
		`{"name": "Kim",}`:                      {Name: "Kim", Visibility: none},
		`{"visibility": "known", "name": "Kim"`: {Name: "Kim", Visibility: known},
		`{"visibility": "everyone"} {}`:         {Visibility: all},
		`{"visibility": "everyone", "vis`:       {Visibility: all},
		"{\"name\": \"Kim\"\n\"tray\": true}":   {Name: "Kim", Visibility: none},
		"\x00\x00\x00":                          {Visibility: none},
		strings.Repeat(" ", 70_000) + `{}`:      {Visibility: none},
	} {
		dir := writeSettings(t, text)
		got, err := LoadSettings(dir)
		var trouble *SettingsError
		if !errors.As(err, &trouble) || trouble.Err == nil {
			t.Errorf("%.40q: %v", text, err)
		}
		want.broken = true
		if !reflect.DeepEqual(got, want) || trouble.Hides != !strings.Contains(text, "visibility") {
			t.Errorf("%.40q: %+v, %v", text, got, err)
		}
		if err := got.Save(dir); err != nil {
			t.Fatal(err)
		}
		copies, err := filepath.Glob(filepath.Join(dir, settingsFile+".broken-*"))
		if err != nil || len(copies) != 1 {
			t.Fatalf("%.40q: kept as %v (%v)", text, copies, err)
		}
		if kept, err := os.ReadFile(copies[0]); err != nil || string(kept) != text {
			t.Errorf("%.40q was kept as %q (%v)", text, kept, err)
		}
		if again, err := LoadSettings(dir); err != nil || again.Visibility != want.Visibility || again.Name != want.Name {
			t.Errorf("%.40q, saved: %+v (%v)", text, again, err)
		}
	}
}
