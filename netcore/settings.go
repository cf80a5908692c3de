package netcore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	settingsFile    = "settings.json"
	maxSettingsSize = 64 << 10
)

// Settings are what a person chose once for all front ends. They live in the
// config folder as settings.json.
type Settings struct {
	Name  string `json:"name,omitempty"`  // as in Config
	Inbox string `json:"inbox,omitempty"` // as in Config

	Limits     Limits     `json:"limits,omitzero"`      // as in Config
	Visibility Visibility `json:"visibility,omitempty"` // as in Config
	Interfaces []string   `json:"interfaces,omitempty"` // as in Config

	HistoryLimit int `json:"history_limit,omitempty"` // as in Config
	HistoryDays  int `json:"history_days,omitempty"`  // as in Config

	// What follows is for front ends with a window.

	Language string `json:"language,omitempty"` // as a BCP 47 tag: "zh-Hans"; empty: the system's
	Theme    Theme  `json:"theme,omitempty"`
	// Tray is whether closing the window leaves Ferry running, where there is a system tray.
	Tray bool `json:"tray,omitempty"`
	// Quiet is whether the desktop is told nothing, and Silent whether that makes no sound.
	Quiet  bool `json:"quiet,omitempty"`
	Silent bool `json:"silent,omitempty"`
	// Window is how large the window was last.
	Window WindowSize `json:"window,omitzero"`
}

// A Theme is how bright a window is. Empty is as the desktop is.
type Theme string

// The themes.
const (
	ThemeLight Theme = "light"
	ThemeDark  Theme = "dark"
)

// A WindowSize is in pixels of a screen of 96 dots an inch.
type WindowSize struct {
	Width  float32 `json:"width"`
	Height float32 `json:"height"`
}

// ErrSetting is wrapped by the error of LoadSettings where it read all but some values that
// it does not know.
var ErrSetting = errors.New("a setting that is not known")

// HasSettings reports whether settings were ever saved to dir: false at the first start.
func HasSettings(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, settingsFile))
	return !errors.Is(err, fs.ErrNotExist)
}

// LoadSettings reads the settings in dir. Where there are none they are zero.
// A damaged file is an error, and is left as it is. Values that make no sense are left out, and
// named in an error that wraps [ErrSetting]; what is returned can be used all the same.
func LoadSettings(dir string) (Settings, error) {
	var s Settings
	path := filepath.Join(dir, settingsFile)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSettingsSize+1))
	if err != nil {
		return s, err
	}
	if len(data) > maxSettingsSize {
		return s, fmt.Errorf("%s: larger than %d bytes; mend it, or remove it to start with none", path, maxSettingsSize)
	}
	s, wrong, err := parseSettings(data)
	if err != nil {
		return Settings{}, fmt.Errorf("%s: %w; mend it, or remove it to start with none", path, err)
	}
	if len(wrong) > 0 {
		return s, fmt.Errorf("%s: %w: %s; the usual is taken", path, ErrSetting, strings.Join(wrong, ", "))
	}
	return s, nil
}

// parseSettings reads what is in the file, without the values that make no sense: wrong is what they were.
func parseSettings(data []byte) (s Settings, wrong []string, err error) {
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&s); err != nil {
		return Settings{}, nil, err
	}
	return s, s.mend(), nil
}

// The most that settings may be.
const (
	mostHistoryDays = 100 * 366
	mostWindow      = 100_000 // no screen is wider
)

// mend takes out the values that make no sense, and returns what they were.
func (s *Settings) mend() (wrong []string) {
	check := func(ok bool, name string, value any, zero func()) {
		if !ok {
			wrong = append(wrong, fmt.Sprintf("%s %.40q", name, fmt.Sprint(value)))
			zero()
		}
	}
	check(s.Inbox == "" || filepath.IsAbs(s.Inbox), "inbox", s.Inbox, func() { s.Inbox = "" }) // relative to what?
	check(s.Visibility.valid(), "visibility", s.Visibility, func() { s.Visibility = "" })
	check(s.Theme == "" || s.Theme == ThemeLight || s.Theme == ThemeDark, "theme", s.Theme, func() { s.Theme = "" })
	check(isTag(s.Language), "language", s.Language, func() { s.Language = "" })
	check(s.Limits.Upload >= 0 && s.Limits.Download >= 0, "limits", s.Limits, func() { s.Limits = Limits{} })
	check(s.HistoryLimit >= 0, "history_limit", s.HistoryLimit, func() { s.HistoryLimit = 0 })
	check(s.HistoryDays >= 0 && s.HistoryDays <= mostHistoryDays, "history_days", s.HistoryDays, func() { s.HistoryDays = 0 })
	check(s.Window.valid(), "window", s.Window, func() { s.Window = WindowSize{} })
	return wrong
}

func (v Visibility) valid() bool {
	return v == "" || v == VisibleToAll || v == VisibleToKnown || v == VisibleToNone
}

func (w WindowSize) valid() bool {
	return w.Width >= 0 && w.Height >= 0 && w.Width < mostWindow && w.Height < mostWindow
}

// isTag reports whether s may be a language tag; whether a front end speaks that language is
// its own matter.
func isTag(s string) bool {
	return s == "" || len(s) <= 35 && strings.Trim(s, "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == ""
}

// Save writes the settings to dir, all or nothing.
func (s Settings) Save(dir string) error {
	data, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		return err
	}
	return replaceFile(dir, settingsFile, append(data, '\n'))
}

// replaceFile writes a file of the config folder, for its owner only: all of it, or nothing.
func replaceFile(dir, name string, data []byte) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, name+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), filepath.Join(dir, name))
}
