package ui

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"sync/atomic"

	"fyne.io/fyne/v2/lang"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"ferry/assets"
)

// A message is one entry of a translation: a string, or one for each plural form.
type message struct{ Zero, One, Two, Few, Many, Other string }

// A catalog is all that Ferry says, in one language.
type catalog struct {
	tag      language.Tag
	messages map[key]message
}

var (
	// catalogs are the languages that there are, English first: it stands in for those that
	// Ferry does not have.
	catalogs []*catalog
	// spokenNow is the one that is said now.
	spokenNow atomic.Pointer[catalog]
)

// LoadTranslations reads the languages of assets and chooses one by the
// environment (LANGUAGE, LC_ALL, LC_MESSAGES, LANG; the system's own setting
// on Windows and macOS). Call it before any window is made.
func LoadTranslations() error {
	const dir = "translations"
	files, err := assets.Translations.ReadDir(dir)
	if err != nil {
		return err
	}
	catalogs = []*catalog{{tag: language.English, messages: make(map[key]message)}}
	for _, f := range files {
		if err := loadMessages(path.Join(dir, f.Name())); err != nil {
			return err
		}
	}
	speakLanguage("")
	return nil
}

// loadMessages adds the messages of a file to their language's: of en.json, say, or trust.en.json.
func loadMessages(file string) error {
	data, err := assets.Translations.ReadFile(file)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(path.Base(file), ".json")
	tag, err := language.Parse(name[strings.LastIndexByte(name, '.')+1:])
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := json.Unmarshal(data, &catalogOf(tag).messages); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// catalogOf is the catalogue of a language, made if there is none.
func catalogOf(tag language.Tag) *catalog {
	for _, c := range catalogs {
		if c.tag == tag {
			return c
		}
	}
	c := &catalog{tag: tag, messages: make(map[key]message)}
	catalogs = append(catalogs, c)
	return c
}

// speakLanguage chooses the language for what is said from now on: the one of tag or, if that is empty, the
// system's. What Ferry does not have is English.
func speakLanguage(tag string) {
	if tag == "" {
		tag = lang.SystemLocale().LanguageString()
	}
	tags := make([]language.Tag, len(catalogs))
	for i, c := range catalogs {
		tags[i] = c.tag
	}
	_, i, confidence := language.NewMatcher(tags).Match(language.Make(tag))
	if confidence == language.No {
		i = 0
	}
	spokenNow.Store(catalogs[i])
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *message) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &m.Other)
	}
	type forms message // without this method
	return json.Unmarshal(data, (*forms)(m))
}

// fill puts data into the form of p's message that is right for p's number.
func (c *catalog) fill(p phrase, data map[string]string) string {
	text := c.messages[p.key].form(c.tag, p)
	var pairs []string
	for name, value := range data {
		pairs = append(pairs, "{{."+name+"}}", value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

func (m message) form(tag language.Tag, p phrase) string {
	text := ""
	if p.plural {
		switch plural.Cardinal.MatchPlural(tag, max(p.number, 0), 0, 0, 0, 0) {
		case plural.Zero:
			text = m.Zero
		case plural.One:
			text = m.One
		case plural.Two:
			text = m.Two
		case plural.Few:
			text = m.Few
		case plural.Many:
			text = m.Many
		}
	}
	if text == "" {
		return m.Other
	}
	return text
}
