package netcore

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"strings"
)

// Settings are what a person chose once for all front ends. They live in the
// config folder as settings.json.
type Settings struct {
	Name  string `json:"name,omitempty"`  // as in Config
	Inbox string `json:"inbox,omitempty"` // as in Config

	Limits     Limits     `json:"limits,omitzero"`      // as in Config
	Visibility Visibility `json:"visibility,omitempty"` // as in Config
	Interfaces []string   `json:"interfaces,omitempty"` // as in Config
	Port       uint16     `json:"port,omitempty"`       // as in Config

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

	kept   map[string]keptSetting // what is in the file and was not understood
	broken bool                   // so is the file as a whole
}

// A keptSetting stays in the file until a person chooses another value than the one that stands in for it.
type keptSetting struct{ raw, instead json.RawMessage }

// ChooseVisibility is how a person's choice of Visibility is taken over: it holds also if it is what stands in for a
// value that was not understood.
func (s *Settings) ChooseVisibility(v Visibility) {
	s.Visibility = v
	s.kept = maps.Clone(s.kept)
	delete(s.kept, visibilityKey)
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

// The most that settings may be.
const (
	mostHistoryDays = 100 * 366
	mostWindow      = 100_000 // no screen is wider
)

// sensible reports whether the settings are such as a front end could have chosen.
func (s *Settings) sensible() bool {
	return (s.Inbox == "" || filepath.IsAbs(s.Inbox)) && // relative to what?
		s.Visibility.valid() && isTag(s.Language) && s.Window.valid() &&
		(s.Theme == "" || s.Theme == ThemeLight || s.Theme == ThemeDark) &&
		s.Limits.Upload >= 0 && s.Limits.Download >= 0 &&
		s.HistoryLimit >= 0 && s.HistoryDays >= 0 && s.HistoryDays <= mostHistoryDays
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
