package inbox

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
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
		".tar", ".gz", "\x7f", "\u200d", "\ufeff", "\xff", strings.Repeat("x", 120), strings.Repeat("😀", 70), StagingName,
	})
	rapid.Check(t, func(t *rapid.T) {
		path := strings.Join(rapid.SliceOfN(rapid.OneOf(pieces, rapid.String()), 0, 12).Draw(t, "pieces"), "")
		checkNames(t, path)
	})
}

func TestNamesArriveComposed(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	deliver(t, d, "u\u0308ber/e\u0301te\u0301.txt", "x")
	deliver(t, d, "u\u0308ber/plain", "y")
	deliver(t, d, "\u00fcbrig", "z")
	wantFiles(t, in.dir, "\u00fcber/", "\u00fcber/\u00e9t\u00e9.txt=x", "\u00fcber/plain=y", "\u00fcbrig=z")
	wantRenames(t, d, Rename{Path: "u\u0308ber", Local: "\u00fcber"},
		Rename{Path: "u\u0308ber/e\u0301te\u0301.txt", Local: "\u00fcber/\u00e9t\u00e9.txt"})
	// An attempt that follows finds them.
	again := begin(t, in.Inbox)
	deliver(t, again, "u\u0308ber/e\u0301te\u0301.txt", "x")
	if got := len(files(t, in.dir)); got != 4 {
		t.Errorf("%q", files(t, in.dir))
	}
}

// insensitive are the rules that make a filesystem of this system behave like
// one that takes names that differ in case for the same.
func insensitive() nameRules {
	rules := unixNames(255)
	rules.mend = strings.ToLower
	return rules
}

// Entries whose names are one here stay apart, in whatever order they come, and
// also if they are the same otherwise; a later attempt finds each again.
func TestNamesThatMeetStayApart(t *testing.T) {
	for name, c := range map[string]struct {
		rules nameRules
		names [2]string
		local string
	}{
		"case":          {insensitive(), [2]string{"Photos", "photos"}, "photos"},
		"both changed":  {insensitive(), [2]string{"Photos", "PHOTOS"}, "photos"},
		"normalisation": {unixNames(255), [2]string{"n\u0303", "\u00f1"}, "\u00f1"},
		"mended":        {windowsNames, [2]string{"a?", "a_"}, "a_"},
	} {
		for order := range 2 {
			t.Run(fmt.Sprint(name, order), func(t *testing.T) {
				in := newInbox(t)
				in.names = c.rules
				in.folds.Store(true)
				one, two := c.names[order], c.names[1-order]
				for range 2 {
					d := begin(t, in.Inbox)
					for i, path := range []string{one, two} {
						if err := d.Folder(Entry{Path: "d/" + path}); err != nil {
							t.Fatal(err)
						}
						deliver(t, d, "d/"+path+"/x", fmt.Sprint(i))
						deliver(t, d, "f/"+path, "same")
						if err := d.Link(link("l/"+path, "same")); err != nil {
							t.Fatal(err)
						}
						// One that is decided on in one go, as small files are.
						finish(t, d, "g/"+path, "same")
					}
					commit(t, d)
					first, second := c.local, c.local+" (1)"
					wantFiles(t, in.dir, "d/", "f/", "l/", "g/",
						"d/"+first+"/", "d/"+first+"/x=0", "d/"+second+"/", "d/"+second+"/x=1",
						"f/"+first+"=same", "f/"+second+"=same", "g/"+first+"=same", "g/"+second+"=same", "l/"+first+"@", "l/"+second+"@")
				}
			})
		}
	}
}

func TestOriginalNamesAreTold(t *testing.T) {
	in := newInbox(t)
	write(t, filepath.Join(in.dir, "b\ufffd"), "mine")
	d := begin(t, in.Inbox)
	folder := Entry{Path: "d\ufffd", Original: "d\xff"}
	l := link("d\ufffd/l\ufffd", "x")
	l.Original = "l\xff"
	if err := errors.Join(d.Folder(folder), d.Link(l)); err != nil {
		t.Fatal(err)
	}
	for path, original := range map[string]string{"d\ufffd/a\ufffd": "a\xff", "b\ufffd": "b\xff"} {
		e := entry(path, "yours")
		e.Original = original
		p, err := d.Create(e, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write([]byte("yours")); err != nil {
			t.Fatal(err)
		}
		if err := p.Finish(); err != nil {
			t.Fatal(err)
		}
		commit(t, d)
	}
	got := d.Results().Renames
	slices.SortFunc(got, func(a, b Rename) int { return strings.Compare(a.Path, b.Path) })
	want := []Rename{
		{Path: "b\ufffd", Local: "b\ufffd (1)", Original: "b\xff"},
		{Path: "d\ufffd", Local: "d\ufffd", Original: "d\xff"},
		{Path: "d\ufffd/a\ufffd", Local: "d\ufffd/a\ufffd", Original: "a\xff"},
		{Path: "d\ufffd/l\ufffd", Local: "d\ufffd/l\ufffd", Original: "l\xff"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	// A folder that is renamed as well is told once.
	write(t, filepath.Join(in.dir, "e\ufffd"), "mine")
	again := begin(t, in.Inbox)
	if err := again.Folder(Entry{Path: "e\ufffd", Original: "e\xff"}); err != nil {
		t.Fatal(err)
	}
	wantRenames(t, again, Rename{Path: "e\ufffd", Local: "e\ufffd (1)", Original: "e\xff"})
}

func FuzzNames(f *testing.F) {
	for _, path := range []string{"a/b", "../x", "CON.txt", `C:\x`, "x. ", "a\x00b", strings.Repeat("語", 300)} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) { checkNames(t, path) })
}
