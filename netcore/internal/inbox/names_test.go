package inbox

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestWindowsNames(t *testing.T) {
	for part, want := range map[string]string{
		"report.pdf":       "report.pdf",
		`C:\x`:             "C__x",
		"a:b":              "a_b",
		"file.txt::$DATA":  "file.txt__$DATA",
		`a<>:"/\|?*b`:      "a_________b",
		"a\x01\x1fb":       "a__b",
		"x.":               "x_",
		"x ":               "x_",
		"x. . ":            "x_",
		"...":              "_",
		" ":                "_",
		" x":               " x",
		"CON":              "_CON",
		"con":              "_con",
		"nul.txt":          "_nul.txt",
		"NUL.tar.gz":       "_NUL.tar.gz",
		"Com1 .log":        "_Com1 .log",
		"LPT9":             "_LPT9",
		"COM¹":             "_COM¹",
		"lpt³.x":           "_lpt³.x",
		"CONIN$":           "_CONIN$",
		"conout$":          "_conout$",
		"CON.":             "CON_",
		"AUX:":             "AUX_",
		"COM":              "COM",
		"COM10":            "COM10",
		"CONSOLE":          "CONSOLE",
		"LPT":              "LPT",
		"1":                "1",
		"FERRY-~1":         "FERRY-~1",
		".ferry-partial. ": ".ferry-partial_",
		"日本語":              "日本語",
	} {
		if got := windowsNames.local(part); got != want {
			t.Errorf("%q: %q, want %q", part, got, want)
		}
	}
}

func TestLongNamesAreShortened(t *testing.T) {
	long := strings.Repeat("n", 300)
	for _, rules := range []nameRules{unixNames(255), unixNames(143), windowsNames} {
		a, b := rules.local(long+"a.tar.gz"), rules.local(long+"b.tar.gz")
		if a == b {
			t.Errorf("two names became one, %q", a)
		}
		if len(a) != rules.max || !strings.HasSuffix(a, ".tar.gz") || !strings.HasPrefix(a, "nnnn") {
			t.Errorf("%q", a)
		}
	}
	// 255 characters are 765 bytes here, and 255 units on Windows.
	wide := strings.Repeat("語", 255)
	if got := unixNames(255).local(wide); !utf8.ValidString(got) || len(got) > 255 || len(got) < 250 {
		t.Errorf("%d bytes: %q", len(got), got)
	}
	if got := windowsNames.local(wide); got != wide {
		t.Errorf("%q", got)
	}
}

func TestNumbered(t *testing.T) {
	rules := unixNames(255)
	for name, want := range map[string]string{
		"report.pdf":             "report (1).pdf",
		"archive.tar.gz":         "archive (1).tar.gz",
		"Makefile":               "Makefile (1)",
		".bashrc":                ".bashrc (1)",
		".config.json":           ".config (1).json",
		"..x":                    "..x (1)",
		"x.":                     "x. (1)",
		"Dr. Who and the others": "Dr. Who and the others (1)",
		".tar.gz":                ".tar (1).gz",
		"report (1).pdf":         "report (1) (1).pdf",
		"файл.текст":             "файл (1).текст",
	} {
		if got := rules.numbered(name, 1); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := rules.numberedFolder("v1.2", 7); got != "v1.2 (7)" {
		t.Errorf("%q", got)
	}
	full := strings.Repeat("n", 251) + ".pdf"
	if got := rules.numbered(full, 999); len(got) != 255 || !strings.HasSuffix(got, "n (999).pdf") {
		t.Errorf("%d: %q", len(got), got)
	}
}

// isComponent reports whether name is one safe name for a file, by a judgement
// of its own.
func isComponent(name string, windows bool) bool {
	ok := name != "" && name != "." && name != ".." && utf8.ValidString(name) && !strings.ContainsAny(name, "/\x00")
	if !windows {
		return ok && len(name) <= 255
	}
	if len(utf16.Encode([]rune(name))) > 255 || strings.ContainsAny(name, `<>:"\|?*`) || strings.TrimRight(name, ". ") != name {
		return false
	}
	for _, c := range name {
		if c < 0x20 {
			return false
		}
	}
	return ok
}

func checkNames(t interface {
	Errorf(string, ...any)
}, path string) {
	if CheckPath(path) != nil {
		return
	}
	if !filepath.IsLocal(filepath.FromSlash(path)) {
		t.Errorf("%q passed, and is not local", path)
	}
	for part := range strings.SplitSeq(path, "/") {
		for windows, rules := range map[bool]nameRules{false: unixNames(255), true: windowsNames} {
			name := rules.local(part)
			for _, got := range []string{name, rules.numbered(name, 1), rules.numbered(name, maxNumber), rules.numberedFolder(name, 12)} {
				if !isComponent(got, windows) || windows && isDevice(got) {
					t.Errorf("%q became %q (windows %v)", part, got, windows)
				}
			}
			if rules.local(part) != name {
				t.Errorf("%q: not always the same", part)
			}
			if composed := norm.NFC.String(part); !windows && len(composed) <= 255 && name != composed {
				t.Errorf("%q became %q", part, name)
			}
		}
	}
}

func TestAnyPathStaysInside(t *testing.T) {
	pieces := rapid.SampledFrom([]string{
		"..", ".", "/", "//", "\\", ":", "\x00", " ", "CON", "nul", "COM¹", "~1", "$DATA", "a", "é", "e\u0301", "語", "😀",
		".tar", ".gz", "\x7f", "\u200d", "\ufeff", "\xff", strings.Repeat("x", 120), strings.Repeat("😀", 70), stagingName,
	})
	rapid.Check(t, func(t *rapid.T) {
		path := strings.Join(rapid.SliceOfN(rapid.OneOf(pieces, rapid.String()), 0, 12).Draw(t, "pieces"), "")
		checkNames(t, path)
	})
}

func FuzzNames(f *testing.F) {
	for _, path := range []string{"a/b", "../x", "CON.txt", `C:\x`, "x. ", "a\x00b", strings.Repeat("語", 300)} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) { checkNames(t, path) })
}
