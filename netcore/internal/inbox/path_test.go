package inbox

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"ferry/netcore/internal/fault"
)

func TestCheckPath(t *testing.T) {
	deep := strings.Repeat("d/", 127) + "f"
	for _, path := range []string{
		"a", "a/b", "...", "..a", "a..", ".bashrc", "a b", " a", "a ", "-rf", "~", "~/x",
		`C:\x`, "C:", "CON", "a:b", "a\nb", "a\x1b[31mb", "\u202egnp.exe", "日本語/ファイル.txt", "n\u0303", "\ufffd",
		strings.Repeat("n", 1024), deep, strings.Repeat("n", 1000) + "/" + strings.Repeat("n", 1000),
	} {
		if err := CheckPath(path); err != nil {
			t.Errorf("%.40q: %v", path, err)
		}
	}
	for _, path := range []string{
		"", ".", "..", "/", "/x", "//x", "x/", "a//b", "./x", "x/.", "../x", "x/..", "a/../b", "a/../../x",
		"a\x00b", "\x00", "a/\x00", "\xff", "a/\xc3\x28", "\xed\xa0\x80",
		strings.Repeat("n", 1025), deep + "/g", strings.Repeat("n/", 2048) + "n", strings.Repeat("nnnnnnnnn/", 410) + "n",
	} {
		if err := CheckPath(path); !errors.Is(err, fault.BadName) {
			t.Errorf("%.40q: %v, want %v", path, err, fault.BadName)
		}
	}
}

func TestBadPathsAreRefusedByEveryMethod(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	for _, path := range []string{"../x", "/x", "a/../../x", "a\x00b", "a//b", "", ".."} {
		e := Entry{Path: path, Size: 1}
		if err := d.Folder(e); !errors.Is(err, fault.BadName) {
			t.Errorf("Folder(%q): %v", path, err)
		}
		if f, _, _, err := d.Lookup(e); f != nil || !errors.Is(err, fault.BadName) {
			t.Errorf("Lookup(%q): %v, %v", path, f, err)
		}
		if p, err := d.Create(e, 0); p != nil || !errors.Is(err, fault.BadName) {
			t.Errorf("Create(%q): %v, %v", path, p, err)
		}
		d.Use(e)
	}
	if got := tree(t, in.dir, ""); strings.Count(got, "\n") != 1 {
		t.Errorf("something was written:\n%s", got)
	}
}

// FuzzCheckPath: what passes the gate stays below the folder that it is joined to, on any system's terms that
// os.Root does not look after.
func FuzzCheckPath(f *testing.F) {
	for _, path := range []string{"a/b", "../a", "/a", "a//b", "a/./b", "a\x00", "\xff", "C:/x", `..\x`} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if CheckPath(path) != nil {
			return
		}
		if path == "" || len(path) > maxPath || !utf8.ValidString(path) || strings.ContainsRune(path, 0) {
			t.Errorf("%q has passed", path)
		}
		for part := range strings.SplitSeq(path, "/") {
			if part == "" || part == "." || part == ".." || len(part) > maxPart {
				t.Errorf("%q has passed", path)
			}
		}
	})
}
