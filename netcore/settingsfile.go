package netcore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"
)

const (
	settingsFile    = "settings.json"
	maxSettingsSize = 64 << 10
	visibilityKey   = "visibility"
	// maxBroken is how much of a damaged file is kept: settings that people have written are smaller.
	maxBroken = 16 << 20
)

// A SettingsError is the error of LoadSettings where settings are there, but not all of them could be understood. What was returned
// with it can be used. Nothing is lost: what was not understood stays in the file until something else is chosen
// for it, and if the file as a whole is damaged, a copy is kept when it is written anew.
type SettingsError struct {
	Path string   // of the file
	Keys []string // of the settings that were not understood, as in the file
	// Hides is whether who can see this device is among them, or may be: then nobody can.
	Hides bool
	// Err is why the file as a whole cannot be read; nil if it can. What stands before the damage was.
	Err error
}

func (e *SettingsError) Error() string {
	text := e.Path + ": not understood"
	if len(e.Keys) > 0 {
		text += ": " + strings.Join(e.Keys, ", ")
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *SettingsError) Unwrap() error { return e.Err }

// HasSettings reports whether settings were ever saved to dir: false at the first start.
func HasSettings(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, settingsFile))
	return !errors.Is(err, fs.ErrNotExist)
}

// LoadSettings reads the settings in dir. Where there are none they are zero. If some make no sense, as may be when the file was
// written by hand or by another version, the error is a [*SettingsError] and the usual stands in for
// them; for who can see this device, [VisibleToNone].
func LoadSettings(dir string) (Settings, error) {
	path := filepath.Join(dir, settingsFile)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Settings{}, nil
	}
	if err != nil {
		return Settings{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSettingsSize+1))
	if err != nil {
		return Settings{}, err
	}
	s, trouble := parseSettings(data)
	if trouble != nil {
		trouble.Path = path
		return s, trouble
	}
	return s, nil
}

// parseSettings reads what is in the file: each setting by itself, so that one that makes no sense leaves the others.
func parseSettings(data []byte) (s Settings, trouble *SettingsError) {
	values, err := readValues(data)
	trouble = &SettingsError{Err: err}
	unread := make(map[string]json.RawMessage)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		switch {
		case !slices.Contains(settingKeys, key): // of a later version
			unread[key] = values[key]
		case !s.take(key, values[key]):
			unread[key] = values[key]
			trouble.Keys = append(trouble.Keys, key)
		}
	}
	_, said := values[visibilityKey]
	if slices.Contains(trouble.Keys, visibilityKey) || err != nil && !said {
		trouble.Hides = true // who made a slip must not be seen by all
		s.Visibility = VisibleToNone
	}
	s.keep(unread)
	if s.broken = err != nil; s.broken || len(trouble.Keys) > 0 {
		return s, trouble
	}
	return s, nil
}

// settingKeys are the keys that this version knows.
var settingKeys = func() (keys []string) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Settings]()) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			keys = append(keys, name)
		}
	}
	return keys
}()

// readValues reads an object, as far as it goes: the error is what is wrong behind that.
func readValues(data []byte) (map[string]json.RawMessage, error) {
	values := make(map[string]json.RawMessage)
	if len(data) > maxSettingsSize {
		return values, fmt.Errorf("larger than %d bytes", maxSettingsSize)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return values, errors.Join(errors.New("it is no list of settings"), err)
	}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return values, err
		}
		key, _ := token.(string) // there is nothing else before a colon
		for _, known := range settingKeys {
			if strings.EqualFold(key, known) { // as encoding/json has it
				key = known
			}
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return values, err
		}
		values[key] = raw
	}
	if _, err := dec.Token(); err != nil {
		return values, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return values, errors.New("something follows the settings")
	}
	return values, nil
}

// take takes over one setting, if it makes sense.
func (s *Settings) take(key string, raw json.RawMessage) bool {
	one, err := json.Marshal(map[string]json.RawMessage{key: raw})
	next := *s
	if err != nil || string(raw) == "null" || json.Unmarshal(one, &next) != nil || !next.sensible() {
		return false
	}
	*s = next
	return true
}

// keep has Save write values that were not understood as they were, for as long as what stands in for them stays.
func (s *Settings) keep(unread map[string]json.RawMessage) {
	if len(unread) == 0 {
		return
	}
	s.kept = make(map[string]keptSetting)
	instead, err := s.values()
	for key, raw := range unread {
		if err == nil {
			s.kept[key] = keptSetting{raw, instead[key]}
		}
	}
}

// values are the settings by their keys, but for those that were kept.
func (s Settings) values() (values map[string]json.RawMessage, err error) {
	data, err := json.Marshal(s)
	if err == nil {
		err = json.Unmarshal(data, &values)
	}
	return values, err
}

// encode is what is in the file.
func (s Settings) encode() ([]byte, error) {
	values, err := s.values()
	if err != nil {
		return nil, err
	}
	own := maps.Clone(values)
	for key, k := range s.kept {
		if bytes.Equal(values[key], k.instead) {
			values[key] = k.raw
		}
	}
	data, err := json.MarshalIndent(values, "", "\t")
	if err == nil && len(data) >= maxSettingsSize {
		data, err = json.MarshalIndent(own, "", "\t") // nobody could read it again
	}
	return append(data, '\n'), err
}

// Save writes the settings to dir, all or nothing. If they were loaded from a damaged file, a copy of that is left
// beside it.
func (s Settings) Save(dir string) error {
	data, err := s.encode()
	if err != nil {
		return err
	}
	if s.broken {
		if err := setAside(filepath.Join(dir, settingsFile)); err != nil {
			return err
		}
	}
	return replaceFile(dir, settingsFile, data)
}

// setAside leaves a copy of what is at path, if anything is, under another name. The file itself stays, so that there is
// one at every moment: without, it would be the first start.
func setAside(path string) error {
	src, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer src.Close()
	name := path + ".broken-" + time.Now().UTC().Format("20060102-150405.000")
	dst, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, io.LimitReader(src, maxBroken))
	if cerr := dst.Close(); err == nil {
		err = cerr
	}
	return err
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
