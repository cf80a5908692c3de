package ui

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"ferry/assets"
)

// forms are the plural forms of the languages that there are.
var forms = map[string][]string{"en": {"one", "other"}, "zh-Hans": {"other"}}

// load reads a translation: its messages, each with its plural forms, or with one that
// has no name.
func load(t *testing.T, language string) map[string]map[string]string {
	t.Helper()
	files, err := fs.Glob(assets.Translations, "translations/*"+language+".json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	raw := make(map[string]any)
	for _, file := range files {
		data, err := assets.Translations.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &raw); err != nil { // adds to what is there
			t.Fatal(err)
		}
	}
	all := make(map[string]map[string]string)
	for k, v := range raw {
		all[k] = make(map[string]string)
		switch v := v.(type) {
		case string:
			all[k][""] = v
		case map[string]any:
			for form, text := range v {
				all[k][form] = text.(string)
			}
		}
	}
	return all
}

func sorted[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// source is what this package's code, without its tests, says about keys: the names of the
// constants with their values, and how often each name is used besides.
func source(t *testing.T) (values map[string]string, uses map[string]int) {
	t.Helper()
	values, uses = make(map[string]string), make(map[string]int)
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				if id, ok := n.Type.(*ast.Ident); ok && id.Name == "key" {
					text, err := strconv.Unquote(n.Values[0].(*ast.BasicLit).Value)
					if err != nil {
						t.Fatal(err)
					}
					values[n.Names[0].Name] = text
					return false
				}
			case *ast.Ident:
				uses[n.Name]++
			}
			return true
		})
	}
	return values, uses
}

func TestKeysAndMessagesAreTheSame(t *testing.T) {
	values, uses := source(t)
	keys := make(map[string]bool)
	for name, value := range values {
		keys[value] = true
		if uses[name] == 0 {
			t.Errorf("%s is never said", name)
		}
	}
	if len(keys) != len(values) {
		t.Error("two constants have one key")
	}
	for language := range forms {
		if got, want := sorted(load(t, language)), sorted(keys); !slices.Equal(got, want) {
			t.Errorf("%s: the keys differ:\n%v\n%v", language, got, want)
		}
	}
}

var field = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

func fields(text string) []string {
	all := field.FindAllString(text, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

// hasWords reports whether there is something to translate in text.
func hasWords(text string) bool {
	return strings.ContainsFunc(field.ReplaceAllString(text, ""), unicode.IsLetter)
}

func TestMessagesAreTranslatedWhole(t *testing.T) {
	english := load(t, "en")
	for language, want := range forms {
		for k, m := range load(t, language) {
			_, plain := english[k][""]
			if _, one := m[""]; one != plain {
				t.Errorf("%s: %s has plural forms in one language only", language, k)
			}
			if !plain && !slices.Equal(sorted(m), want) {
				t.Errorf("%s: %s has the forms %v", language, k, sorted(m))
			}
			for form, text := range m {
				if text == "" {
					t.Errorf("%s: %s is empty", language, k)
				}
				if language != "en" && hasWords(text) && text == english[k][form] {
					t.Errorf("%s: %s is not translated", language, k)
				}
				// N and All are two ways to count; a language takes what it needs.
				allowed := append(fields(english[k][""]+english[k]["other"]), "{{.N}}", "{{.All}}")
				for _, f := range fields(text) {
					if !slices.Contains(allowed, f) {
						t.Errorf("%s: %s has %s", language, k, f)
					}
				}
				for _, f := range fields(english[k][form]) {
					if f != "{{.N}}" && !slices.Contains(fields(text), f) {
						t.Errorf("%s: %s lacks %s", language, k, f)
					}
				}
			}
		}
	}
}

func TestTheEnvironmentChoosesTheLanguage(t *testing.T) {
	for _, test := range []struct{ lang, language, want string }{
		{"en_GB.UTF-8", "", "No devices yet"},
		{"zh_CN.UTF-8", "", "还没有发现设备"},
		{"zh_SG.UTF-8", "", "还没有发现设备"},
		{"en_US.UTF-8", "zh_CN:en", "还没有发现设备"},
		{"zh_CN.UTF-8", "en_US", "No devices yet"},
		{"fr_FR.UTF-8", "", "No devices yet"}, // Fyne has French, Ferry has not
		{"pl_PL.UTF-8", "", "No devices yet"},
		{"tlh", "", "No devices yet"},
		{"C", "", "No devices yet"},
		{"", "", "No devices yet"},
	} {
		speak(t, test.lang)
		if err := os.Setenv("LANGUAGE", test.language); err != nil {
			t.Fatal(err)
		}
		if err := LoadTranslations(); err != nil {
			t.Fatal(err)
		}
		if got := say(phrase{key: keyNobody}); got != test.want {
			t.Errorf("LANG=%q LANGUAGE=%q: %q, want %q", test.lang, test.language, got, test.want)
		}
	}
}

func TestPluralsWithoutATranslation(t *testing.T) {
	speak(t, "pl_PL.UTF-8")
	for n, want := range map[int]string{1: "1 item to An{{.N}}na", 2: "2 items to An{{.N}}na", 5: "5 items to An{{.N}}na"} {
		if got := say(plurally(keySentToast, n, args{"Peer": "An{{.N}}na"})); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
