package transfer

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"ferry/netcore/internal/fault"
)

func remove(t testing.TB, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func pick(t *testing.T, picks ...Pick) *Source {
	t.Helper()
	src, err := ScanPicks(t.Context(), picks, t.TempDir())
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

// TestPicksComeUnderTheirPaths picks from anywhere, in no order: each first part is in
// one place of the list, and a folder comes before what is in it.
func TestPicksComeUnderTheirPaths(t *testing.T) {
	dir := tempDir(t)
	for _, name := range []string{"1", "2", "3", "4", "other/x", "sub/x", "sub/y/z"} {
		write(t, filepath.Join(dir, name))
	}
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	src := pick(t,
		Pick{"photos/2024/a.jpg", at("1")},
		Pick{"docs", at("2")},
		Pick{"photos/2023", at("sub")},
		Pick{"photos/2023/x", at("sub/x")}, // in the one above
		Pick{"photos/2024/a.jpg", at("3")}, // another one of that name
		Pick{"docs", at("2")},              // the same once more
		Pick{"photos.txt", at("4")},
		Pick{"photos/../x", at("4")},
		Pick{"photos/gone", at("gone")},
	)
	wantOffered(t, src, "photos/2024/a.jpg", "photos/2024/a (1).jpg", "docs", "photos.txt",
		"photos/2023/", "photos/2023/x", "photos/2023/y/", "photos/2023/y/z")
	wantFailed(t, src, map[string]error{at("4"): fault.BadName, at("gone"): fault.Unread})
	var tops []string
	for _, e := range src.Manifest.Top {
		tops = append(tops, e.Path)
		if wantFolder := e.Path == "photos"; e.Folder != wantFolder {
			t.Errorf("top %q: folder is %v", e.Path, e.Folder)
		}
	}
	if want := []string{"photos", "docs", "photos.txt"}; !slices.Equal(tops, want) {
		t.Errorf("tops are %q, want %q", tops, want)
	}
	if want := []string{at("sub"), at("1"), at("3"), at("2"), at("4")}; !slices.Equal(src.Paths, want) {
		t.Errorf("paths are %q, want %q", src.Paths, want)
	}
}

// TestPickedLinks: one that stands alone is followed, one that was inside of a picked
// folder is a link still.
func TestPickedLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Log("only an administrator makes links there")
		return
	}
	dir := tempDir(t)
	write(t, filepath.Join(dir, "file"))
	link := filepath.Join(dir, "link")
	if err := os.Symlink("file", link); err != nil {
		t.Fatal(err)
	}
	wantOffered(t, pick(t, Pick{"alone", link}, Pick{"folder/link", link}), "alone", "folder/link -> file")
}
