package transfer

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// TestReviseSeesWhatChanged changes what was picked in all ways, between two runs of
// the program.
func TestReviseSeesWhatChanged(t *testing.T) {
	dir := tempDir(t)
	top := filepath.Join(dir, "top")
	for _, name := range []string{"same", "longer", "touched", "gone", "now a folder", "sub/same"} {
		write(t, filepath.Join(top, name))
	}
	src := load(t, save(t, scan(t, top)))
	if now, changed, err := src.Revise(t.Context(), dir); now != src || changed != 0 || err != nil {
		t.Errorf("nothing has changed, but %d files, another source: %v (%v)", changed, now != src, err)
	}
	write(t, filepath.Join(top, "longer")+"x")
	if err := os.Rename(filepath.Join(top, "longerx"), filepath.Join(top, "longer")); err != nil {
		t.Fatal(err)
	}
	later := time.Now().Add(time.Hour).Truncate(time.Second)
	for _, name := range []string{"touched", "sub"} {
		if err := os.Chtimes(filepath.Join(top, name), later, later); err != nil {
			t.Fatal(err)
		}
	}
	remove(t, filepath.Join(top, "gone"))
	remove(t, filepath.Join(top, "now a folder"))
	mkdir(t, filepath.Join(top, "now a folder"))
	now, changed, err := src.Revise(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer closeSource(t, now)
	if changed != 2 || now == src {
		t.Errorf("%d files changed, want 2", changed)
	}
	if now.Manifest.Names() != src.Manifest.Names() || now.Manifest.Digest() == src.Manifest.Digest() {
		t.Error("it must be the same list with other sizes and times")
	}
	for e := range now.Manifest.All() {
		name := strings.TrimPrefix(e.Path, "top/")
		if e.Folder {
			if name == "sub" && !e.ModTime.Equal(later) {
				t.Errorf("%s: time is %v, want %v", name, e.ModTime, later)
			}
			continue
		}
		want := map[string]error{"gone": fault.Unread, "now a folder": fault.Changed}[name]
		f, err := now.open(new(nearby), e)
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
		if err == nil {
			f.Close()
		}
	}
}

func TestReviseEndsWithItsContext(t *testing.T) {
	src := longSource(t, 10)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(fault.Cancelled)
	if _, _, err := src.Revise(ctx, t.TempDir()); !errors.Is(err, fault.Cancelled) {
		t.Errorf("got %v, want %v", err, fault.Cancelled)
	}
}

// TestNamesTellListsApart changes one thing after the other about an entry.
func TestNamesTellListsApart(t *testing.T) {
	names := func(entries ...wire.Entry) [wire.HashSize]byte {
		m := NewManifest(t.TempDir())
		for _, e := range entries {
			if err := m.Add(e); err != nil {
				t.Fatal(err)
			}
		}
		return m.Names()
	}
	file, link := wire.Entry{Path: "a", Size: 1}, wire.Entry{Path: "b", Link: true, Target: "a"}
	list := names(file, link)
	if names(wire.Entry{Path: "a", Size: 2, ModTime: time.Now(), Exec: true}, link) != list {
		t.Error("a list with other sizes and times is another list")
	}
	for name, other := range map[string][wire.HashSize]byte{
		"shorter":      names(file),
		"other path":   names(wire.Entry{Path: "c", Size: 1}, link),
		"other kind":   names(wire.Entry{Path: "a", Folder: true}, link),
		"other target": names(file, wire.Entry{Path: "b", Link: true, Target: "c"}),
		"other order":  names(link, file),
		"no link":      names(file, wire.Entry{Path: "b"}),
	} {
		if other == list {
			t.Errorf("%s: the same list", name)
		}
	}
}
