package transfer

import (
	"path/filepath"
	"strings"
	"testing"

	"ferry/netcore/internal/fault"
)

// originals returns the original names of the entries of src that have one.
func originals(src *Source) map[string]string {
	list := map[string]string{}
	for e := range src.Manifest.All() {
		if e.Original != "" {
			list[e.Path] = e.Original
		}
	}
	return list
}

const (
	gbkBeijing = "\xb1\xb1\xbe\xa9"         // 北京
	gbkReport  = "\xb1\xa8\xb8\xe6 1.txt"   // 报告 1.txt
	gbkRare    = "\x81\x39\xef\x31\xa1\xa1" // four bytes of GB18030, and an ideographic space
)

func TestNamesInGBKAreReadable(t *testing.T) {
	top := filepath.Join(tempDir(t), "top")
	for _, name := range []string{gbkBeijing + "/" + gbkReport, gbkBeijing + "/plain", gbkRare, "r\xe9sum\xe9.txt", gbkBeijing + "\x80.txt"} {
		write(t, filepath.Join(top, name))
	}
	src := scan(t, top)
	rare, ok := chinese(gbkRare)
	if !ok {
		t.Fatalf("%q is no GB18030", gbkRare)
	}
	wantOffered(t, src, "top/", "top/北京/", "top/北京/报告 1.txt", "top/北京/plain", "top/"+rare,
		"top/r%E9sum%E9.txt", "top/%B1%B1%BE%A9%80.txt")
	wantFailed(t, src, nil)
	got := originals(src)
	for path, want := range map[string]string{
		"top/北京": gbkBeijing, "top/北京/报告 1.txt": gbkReport, "top/" + rare: gbkRare,
		"top/r%E9sum%E9.txt": "r\xe9sum\xe9.txt", "top/%B1%B1%BE%A9%80.txt": gbkBeijing + "\x80.txt",
	} {
		if got[path] != want {
			t.Errorf("original of %q is %q, want %q", path, got[path], want)
		}
		delete(got, path)
	}
	if len(got) > 0 {
		t.Errorf("others have an original too: %q", got)
	}
	if len(src.places) != 2 { // of the picked one, and of the folder
		t.Errorf("memory grows with names in GBK: %q", src.places)
	}
}

func TestPickedNameInGBK(t *testing.T) {
	dir := tempDir(t)
	write(t, filepath.Join(dir, "target"))
	write(t, filepath.Join(dir, gbkReport))
	symlink(t, "target", filepath.Join(dir, gbkBeijing))
	symlink(t, gbkReport, filepath.Join(dir, "link"))
	src := scan(t, filepath.Join(dir, gbkBeijing), filepath.Join(dir, "link"))
	wantOffered(t, src, "北京", "link")
	if got := originals(src); len(got) != 1 || got["北京"] != gbkBeijing {
		t.Errorf("originals are %q", got)
	}
}

// TestNamesOfAFolderStayApart has names of all kinds that could become the same.
func TestNamesOfAFolderStayApart(t *testing.T) {
	top := filepath.Join(tempDir(t), "top")
	names := []string{
		gbkBeijing, "北京", "%~北京", gbkBeijing + "%FF", "北京\xff", "北京%FF", "%~北京%FF",
		"%B1%B1%BE%A9%FF", gbkBeijing + "/x", "北京/x",
	}
	for _, name := range names[2:] {
		write(t, filepath.Join(top, name))
	}
	src := scan(t, top) // wantOffered opens each, and sees that no two are the same
	list := offered(t, src)
	if want := 1 + 2 + len(names) - 2; len(list) != want {
		t.Errorf("%d entries, want %d: %q", len(list), want, list)
	}
	seen := map[string]bool{}
	for _, path := range list {
		if seen[path] {
			t.Errorf("%q is there twice", path)
		}
		seen[path] = true
	}
}

func TestNamesThatHideSomethingStayBytes(t *testing.T) {
	for _, name := range []string{
		"a\xff", "\xb1", "50%" + gbkBeijing, // would not be told from names of bytes
		gbkBeijing + "\n", gbkBeijing + "\x01", // no print
		"\xa1", "\x80\x80",
	} {
		if text, ok := chinese(name); ok {
			t.Errorf("%q is read as %q", name, text)
		}
	}
}

func FuzzReadable(f *testing.F) {
	for _, s := range []string{gbkBeijing, gbkReport, gbkRare, "a\xff", "50%\xff", "北京"} {
		f.Add(s, "北京%FF")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		left, right := readable(a), readable(b)
		if left == right && a != b && left != a && right != b {
			t.Fatalf("%q and %q are both called %q", a, b, left)
		}
		if strings.Contains(left, "/") != strings.Contains(a, "/") || strings.Contains(left, "\x00") != strings.Contains(a, "\x00") {
			t.Fatalf("%q is called %q", a, left)
		}
	})
}

// TestFailuresCanBePickedAgain gives what a scan could not list, and one file of
// many, to another scan, when there is nothing in the way any more.
func TestFailuresCanBePickedAgain(t *testing.T) {
	dir := tempDir(t)
	top := filepath.Join(dir, "top")
	write(t, filepath.Join(top, gbkBeijing, "good"))
	symlink(t, "../../outside", filepath.Join(top, gbkBeijing, "link"))
	src := scan(t, top, filepath.Join(dir, "missing"))
	wantOffered(t, src, "top/", "top/北京/", "top/北京/good")
	_, failed := src.Failed()
	var picks []Pick
	for _, f := range failed {
		picks = append(picks, Pick{f.Path, f.Local})
	}
	write(t, filepath.Join(dir, "missing"))
	remove(t, filepath.Join(top, gbkBeijing, "link"))
	write(t, filepath.Join(top, gbkBeijing, "link"))
	again := pick(t, picks...)
	wantOffered(t, again, "top/北京/link", "missing")
	wantFailed(t, again, nil)
	if n := len(failed); n != 2 || failed[0].Path != "top/北京/link" || failed[1].Path != "missing" {
		t.Errorf("failed were %v", failed)
	}
	wantFailed(t, src, map[string]error{
		filepath.Join(top, gbkBeijing, "link"): fault.Skipped,
		filepath.Join(dir, "missing"):          fault.Unread,
	})
}
