package transfer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/inbox"
)

// tempDir returns a folder by the name that Scan has for it: the system's may
// be reached through a link.
func tempDir(t testing.TB) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// write makes a file whose content is its path, and the folders that it is in.
func write(t testing.TB, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(path), 0o644); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t testing.TB, path string) {
	t.Helper()
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

func scan(t testing.TB, paths ...string) *Source {
	t.Helper()
	src, err := Scan(t.Context(), paths, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	})
	return src
}

// offered returns the paths of the entries of src, sorted, folders with a slash, links
// with an arrow and their target. It opens each file, and holds its content against where it must be.
func offered(t *testing.T, src *Source) []string {
	t.Helper()
	var list []string
	contents := map[string]string{}
	for e := range src.Manifest.All() {
		if e.Folder {
			list = append(list, e.Path+"/")
			continue
		}
		if e.Link {
			list = append(list, e.Path+" -> "+e.Target)
			continue
		}
		list = append(list, e.Path)
		f, err := src.open(new(nearby), e)
		if err != nil {
			t.Errorf("%s: %v", e.Path, err)
			continue
		}
		f.Close()
		content, err := os.ReadFile(src.local(e))
		if err != nil || string(content) == "" {
			t.Errorf("%s: %q, %v", e.Path, content, err)
		}
		if other, twice := contents[string(content)]; twice {
			t.Errorf("%q and %q are the same file, %q", e.Path, other, content)
		}
		contents[string(content)] = e.Path
	}
	slices.Sort(list)
	return list
}

func wantOffered(t *testing.T, src *Source, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := offered(t, src); !slices.Equal(got, want) {
		t.Errorf("offered are\n%q, want\n%q", got, want)
	}
}

// wantFailed compares what could not be offered with want: local paths, and kinds.
func wantFailed(t *testing.T, src *Source, want map[string]error) {
	t.Helper()
	got := map[string]error{}
	for _, f := range src.failed.list {
		got[f.Local] = f.Err
		if kind, ok := want[f.Local]; !ok || !errors.Is(f.Err, kind) {
			t.Errorf("%q failed: %v, want %v", f.Local, f.Err, kind)
		}
	}
	for path, kind := range want {
		if got[path] == nil {
			t.Errorf("%q did not fail, want %v", path, kind)
		}
	}
}

func TestScanKeepsPickedEntriesOfOneNameApart(t *testing.T) {
	dir := tempDir(t)
	var picked []string
	for _, sub := range []string{"one", "two", "three"} {
		write(t, filepath.Join(dir, sub, "a.b.txt"))
		write(t, filepath.Join(dir, sub, ".profile"))
		write(t, filepath.Join(dir, sub, "v1.2", "x"))
		for _, name := range []string{"a.b.txt", ".profile", "v1.2"} {
			picked = append(picked, filepath.Join(dir, sub, name))
		}
	}
	src := scan(t, picked...)
	wantOffered(t, src,
		"a.b.txt", "a.b (1).txt", "a.b (2).txt",
		".profile", ".profile (1)", ".profile (2)",
		"v1.2/", "v1.2 (1)/", "v1.2 (2)/", "v1.2/x", "v1.2 (1)/x", "v1.2 (2)/x")
	if !slices.Equal(src.Paths, picked) {
		t.Errorf("paths are %q, want %q", src.Paths, picked)
	}
}

func TestScanTakesPathsAsPeopleWriteThem(t *testing.T) {
	dir := tempDir(t)
	write(t, filepath.Join(dir, "album", "a"))
	mkdir(t, filepath.Join(dir, "album", "empty"))
	t.Chdir(filepath.Join(dir, "album"))
	slash := string(filepath.Separator)
	for _, picked := range []string{
		".", "." + slash, "empty" + slash + "..", ".." + slash + "album",
		filepath.Join(dir, "album") + slash, filepath.Join(dir, "album") + slash + ".",
	} {
		t.Run(picked, func(t *testing.T) {
			wantOffered(t, scan(t, picked), "album/", "album/a", "album/empty/")
		})
	}
}

func TestScanGoesOnWithoutWhatIsMissing(t *testing.T) {
	dir := tempDir(t)
	write(t, filepath.Join(dir, "there"))
	missing := filepath.Join(dir, "missing")
	src := scan(t, missing, filepath.Join(dir, "there"))
	wantOffered(t, src, "there")
	wantFailed(t, src, map[string]error{missing: fault.Unread})
	if _, err := src.Nothing(); err != nil {
		t.Errorf("nothing to offer: %v", err)
	}
	none := scan(t, missing)
	if result, err := none.Nothing(); !errors.Is(err, fault.Unread) || result.FailedCount != 1 {
		t.Errorf("only a missing file: %v, %d failed", err, result.FailedCount)
	}
}

// A folder that is received into is sent without what is still coming in.
func TestScanLeavesOutPartials(t *testing.T) {
	top := filepath.Join(tempDir(t), "inbox")
	write(t, filepath.Join(top, "whole"))
	write(t, filepath.Join(top, inbox.StagingName, "partial"))
	if got := offered(t, scan(t, top)); !slices.Equal(got, []string{"inbox/", "inbox/whole"}) {
		t.Errorf("%q", got)
	}
}

// TestScanStopsAtTheDeepestPath stands for a folder that contains itself as well.
func TestScanStopsAtTheDeepestPath(t *testing.T) {
	dir := tempDir(t)
	top := filepath.Join(dir, "d")
	write(t, filepath.Join(top, strings.Repeat("d/", 126), "deepest"))
	tooDeep := filepath.Join(top, strings.Repeat("d/", 126), "d")
	mkdir(t, filepath.Join(tooDeep, "never seen"))
	write(t, filepath.Join(tooDeep, "never seen", "x"))
	write(t, filepath.Join(tooDeep, "x"))
	write(t, filepath.Join(top, "shallow"))
	src := scan(t, top)
	list := offered(t, src)
	if want := 127 + 1 + 2; len(list) != want || !slices.Contains(list, "d/shallow") ||
		!slices.Contains(list, strings.Repeat("d/", 127)+"deepest") {
		t.Errorf("%d entries, want %d", len(list), want)
	}
	wantFailed(t, src, map[string]error{
		filepath.Join(tooDeep, "x"):          fault.BadName,
		filepath.Join(tooDeep, "never seen"): fault.BadName,
	})
}

// TestScanOffersFoldersOfAnySize lists more files than are read at once.
func TestScanOffersFoldersOfAnySize(t *testing.T) {
	dir := filepath.Join(tempDir(t), "many")
	var want []string
	for i := range 1100 {
		name := fmt.Sprintf("%04d", i)
		if i%100 == 0 {
			mkdir(t, filepath.Join(dir, name))
			name += "/"
		} else {
			write(t, filepath.Join(dir, name))
		}
		want = append(want, "many/"+name)
	}
	wantOffered(t, scan(t, dir), append(want, "many/")...)
}

func TestScanEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(fault.Cancelled)
	if _, err := Scan(ctx, []string{t.TempDir()}, t.TempDir()); !errors.Is(err, fault.Cancelled) {
		t.Errorf("got %v, want %v", err, fault.Cancelled)
	}
}

// TestRefusedRootIsNotPicked gives a source a top-level entry whose name no
// path may have.
func TestRefusedRootIsNotPicked(t *testing.T) {
	local := filepath.Join(t.TempDir(), "x")
	write(t, local)
	info, err := os.Stat(local)
	if err != nil {
		t.Fatal(err)
	}
	src := scan(t)
	if err := src.addPicked(t.Context(), strings.Repeat("x", 1025), local, local, info); err != nil {
		t.Fatal(err)
	}
	wantFailed(t, src, map[string]error{local: fault.BadName})
	if len(src.Paths) > 0 || len(src.places) > 0 || src.Manifest.Entries() > 0 {
		t.Errorf("a refused entry is at %q, in %v", src.Paths, src.places)
	}
}

// TestHardLinksAreFilesOfTheirOwn: what is one file here is two there.
func TestHardLinksAreFilesOfTheirOwn(t *testing.T) {
	e, top, here := newEnds(t), filepath.Join(tempDir(t), "top"), t.TempDir()
	write(t, filepath.Join(top, "a"))
	if err := os.Link(filepath.Join(top, "a"), filepath.Join(top, "b")); err != nil {
		t.Fatal(err)
	}
	o := e.mustMake(t, &attempt{id: NewID(), src: scan(t, top), box: openBox(t, here)})
	if o.got.Receipt.Files != 2 {
		t.Errorf("%d files have arrived, want 2", o.got.Receipt.Files)
	}
	for _, name := range []string{"a", "b"} {
		sameFile(t, filepath.Join(top, name), filepath.Join(here, "top", name))
	}
}
