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
}

// LoadSettings reads the settings in dir. Where there are none they are zero.
// A damaged file is an error, and is left as it is.
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
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&s); err != nil {
		return Settings{}, fmt.Errorf("%s: %w; mend it, or remove it to start with none", path, err)
	}
	return s, nil
}

// Save writes the settings to dir, all or nothing.
func (s Settings) Save(dir string) error {
	data, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, settingsFile+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(append(data, '\n'))
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), filepath.Join(dir, settingsFile))
}
