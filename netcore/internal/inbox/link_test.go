package inbox

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ferry/netcore/internal/fault"
)

func TestCheckTarget(t *testing.T) {
	for _, c := range []struct{ path, target string }{
		{"top/l", "x"}, {"top/l", "./x"}, {"top/l", "x/y//z"}, {"top/l", "."}, {"top/l", "x/"}, {"top/l", "..."},
		{"top/a/l", ".."}, {"top/a/l", "../x"}, {"top/a/b/l", "../../x/y"}, {"top/a/b/l", ".././../x"}, {"top/l", "a b\n\x1b"},
		{"top/l", "\xff"}, {"top/l", strings.Repeat("x/", 2047) + "xx"},
	} {
		if err := CheckTarget(c.path, c.target); err != nil {
			t.Errorf("%s -> %.20q: %v", c.path, c.target, err)
		}
	}
	for _, c := range []struct{ path, target string }{
		{"top/l", ""}, {"top/l", "/"}, {"top/l", "/etc/passwd"}, {"top/l", "//server/share"}, {"top/l", "x\x00y"}, {"top/l", strings.Repeat("x", 4097)},
		{"l", "x"}, {"l", "."}, {"top/l", ".."}, {"top/l", "../top/x"}, {"top/a/l", "../.."}, {"top/a/l", "../../top"}, {"top/a/l", "./../../x"},
		// If "a" is a link to "../..", these lead out.
		{"top/b/c/l", "a/../x"}, {"top/b/c/l", "a/../../x"}, {"top/b/c/l", "../a/.."},
	} {
		if err := CheckTarget(c.path, c.target); !errors.Is(err, fault.Skipped) {
			t.Errorf("%s -> %.20q: %v, want %v", c.path, c.target, err, fault.Skipped)
		}
	}
}

func link(path, target string) Entry {
	return Entry{Path: path, Link: true, Target: target, ModTime: mtime}
}

func TestLinks(t *testing.T) {
	in := newInbox(t)
	write(t, filepath.Join(in.dir, "top", "taken"), "a file")
	symlink(t, "same", filepath.Join(in.dir, "top", "there"))
	symlink(t, "other", filepath.Join(in.dir, "top", "other"))
	d := begin(t, in.Inbox)
	for path, target := range map[string]string{
		"top/a/l": "../x", "top/dangling": "nowhere/at all", "top/taken": "x", "top/there": "same", "top/other": "another",
	} {
		if err := d.Link(link(path, target)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	commit(t, d)
	for path, want := range map[string]string{
		"a/l": "../x", "dangling": "nowhere/at all", "taken (1)": "x", "there": "same", "other": "other", "other (1)": "another",
	} {
		path = filepath.Join(in.dir, "top", path)
		if got, err := os.Readlink(path); got != want {
			t.Errorf("%s: %q, %v, want %q", path, got, err, want)
		}
		info, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		if made := want != "same" && want != "other"; info.ModTime().Equal(mtime) != made {
			t.Errorf("%s: its time is %v", path, info.ModTime())
		}
	}
	r := d.Results()
	if want := []string{filepath.Join(in.dir, "top")}; !slices.Equal(r.Paths, want) || r.RenameCount != 2 {
		t.Errorf("%+v", r)
	}
}

func TestLinksThatAreRefused(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	for path, target := range map[string]string{"top/a": "../x", "b": "x", "top/c": "/x", "top/d": ""} {
		if err := d.Link(link(path, target)); !errors.Is(err, fault.Skipped) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if err := d.Link(link("../a", "x")); !errors.Is(err, fault.BadName) {
		t.Errorf("a bad path: %v", err)
	}
	in.names = windowsNames
	for _, target := range []string{`C:\x`, "C:x", `..\x`, `a\..\..\x`, `\\server\share`, "file:stream"} {
		if err := d.Link(link("top/w", target)); !errors.Is(err, fault.Skipped) {
			t.Errorf("%s on Windows: %v", target, err)
		}
	}
	wantFiles(t, in.dir)
}

func TestTheTargetIsCalledAsItsFileIs(t *testing.T) {
	in := newInbox(t)
	in.names = windowsNames
	d := begin(t, in.Inbox)
	deliver(t, d, "top/a?/nul", "x")
	if err := d.Link(link("top/l", "a?/nul")); err != nil {
		t.Fatal(err)
	}
	deliver(t, d, "top/n\u0303", "y")
	if err := d.Link(link("top/m", "n\u0303")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, filepath.Join(in.dir, "top", "l")) + read(t, filepath.Join(in.dir, "top", "m")); got != "xy" {
		t.Errorf("the links lead to %q", got)
	}
}

// newInbox checks that nothing outside changes.
func TestNothingIsWrittenThroughLinksOfTheDelivery(t *testing.T) {
	in := newInbox(t)
	write(t, filepath.Join(in.dir, "mine", "x"), "mine")
	d := begin(t, in.Inbox)
	if err := d.Folder(Entry{Path: "top/real"}); err != nil {
		t.Fatal(err)
	}
	for path, target := range map[string]string{"top/folder": "real", "top/deep/up": "..", "top/file": "real/f", "top/dangling": "nothing"} {
		if err := d.Link(link(path, target)); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"top/folder/f", "top/deep/up/f", "top/file", "top/dangling", "top/dangling/f"} {
		deliver(t, d, path, path)
	}
	if err := d.Folder(Entry{Path: "top/folder"}); err != nil {
		t.Fatal(err)
	}
	if err := d.Link(link("top/folder/l", "x")); err != nil {
		t.Fatal(err)
	}
	commit(t, d)
	wantFiles(t, in.dir, "mine/", "mine/x=mine", "top/", "top/real/", "top/folder@", "top/deep/", "top/deep/up@", "top/file@", "top/dangling@",
		"top/folder (1)/", "top/folder (1)/f=top/folder/f", "top/folder (1)/l@", "top/deep/up (1)/", "top/deep/up (1)/f=top/deep/up/f",
		"top/file (1)=top/file", "top/dangling (1)=top/dangling", "top/dangling (2)/", "top/dangling (2)/f=top/dangling/f")
}

// However the links of a delivery are combined, none leads out of the folder
// that they came in.
func TestNoChainOfLinksLeadsOut(t *testing.T) {
	part := rapid.SampledFrom([]string{"a", "b", "c"})
	piece := rapid.SampledFrom([]string{"a", "b", "c", "..", "..", "."})
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		in, err := Open(dir)
		if err != nil {
			rt.Fatal(err)
		}
		defer in.Close()
		d := in.Begin(sender)
		defer d.Close()
		var made []string
		for range rapid.IntRange(1, 6).Draw(rt, "links") {
			path := "top/" + strings.Join(rapid.SliceOfN(part, 1, 4).Draw(rt, "path"), "/")
			target := strings.Join(rapid.SliceOfN(piece, 1, 5).Draw(rt, "target"), "/")
			if d.Link(link(path, target)) == nil {
				made = append(made, path)
			}
		}
		top := filepath.Join(dir, "top")
		err = filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
			if real, err := filepath.EvalSymlinks(path); err == nil && e.Type()&os.ModeSymlink != 0 && !within(real, top) {
				rt.Errorf("%s leads to %s; made: %q", path, real, made)
			}
			return err
		})
		if err != nil {
			rt.Fatal(err)
		}
	})
}
