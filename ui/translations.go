package ui

import (
	"encoding/json"
	"fmt"
	"strings"

	"fyne.io/fyne/v2/lang"

	"ferry/assets"
)

// A message is one entry of en.json: a string, or one for each plural form.
type message struct{ One, Other string }

var (
	// english is what is said where a language of Fyne's is chosen that Ferry
	// does not have: lang would say the keys.
	english map[key]message
	// translated is whether the chosen language is one of Ferry's.
	translated bool
)

// LoadTranslations makes the languages of assets known and chooses one by the
// environment (LANGUAGE, LC_ALL, LC_MESSAGES, LANG; the system's own setting
// on Windows and macOS). Call it on the main goroutine before any window is
// made.
func LoadTranslations() error {
	data, err := assets.Translations.ReadFile("translations/en.json")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, &english); err != nil {
		return fmt.Errorf("en.json: %w", err)
	}
	if err := lang.AddTranslationsFS(assets.Translations, "translations"); err != nil {
		return err
	}
	translated = lang.X(string(keyLanguage), "") != ""
	return nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *message) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &m.Other)
	}
	type forms message // without this method
	return json.Unmarshal(data, (*forms)(m))
}

// fill puts data into the form that is right for p.
func (m message) fill(p phrase, data map[string]string) string {
	text := m.Other
	if p.plural && p.number == 1 {
		text = m.One
	}
	var pairs []string
	for name, value := range data {
		pairs = append(pairs, "{{."+name+"}}", value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
