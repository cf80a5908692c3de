package inbox

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// listed yields entries of content by their paths; a path that ends in a slash is a folder's.
func listed(paths ...string) iter.Seq2[Entry, bool] {
	return func(yield func(Entry, bool) bool) {
		for _, path := range paths {
			e := entry(strings.TrimSuffix(path, "/"), "content")
			if !yield(e, strings.HasSuffix(path, "/")) {
				return
			}
		}
	}
}

func look(t testing.TB, dir string, paths ...string) Preview {
	t.Helper()
	p, err := Look(t.Context(), dir, listed(paths...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLook(t *testing.T) {
	in := newInbox(t)
	write(t, filepath.Join(in.dir, "taken.txt"), "other")
	write(t, filepath.Join(in.dir, "there.txt"), "content")
	write(t, filepath.Join(in.dir, "photos"), "a file where a folder should be")
	write(t, filepath.Join(in.dir, "docs", "a.txt"), "content")
	for _, name := range []string{"there.txt", "docs/a.txt"} {
		if err := os.Chtimes(filepath.Join(in.dir, name), mtime, mtime); err != nil {
			t.Fatal(err)
		}
	}
	long := strings.Repeat("x", 300)
	before := tree(t, in.outside, "")
	p := look(t, in.dir, "taken.txt", "there.txt", "photos/", "photos/1.jpg", "docs/", "docs/a.txt", "docs/b.txt", "new/", "new/"+long, "loose/c.txt")
	if p.There != 2 || p.Bytes != 14 || p.Clashes != 2 || p.Renamed != 1 || p.Free <= 0 {
		t.Errorf("%+v", p)
	}
	want := []Rename{
		{Path: "photos", Local: "photos (1)"}, {Path: "taken.txt", Local: "taken (1).txt"},
		{Path: "new/" + long, Local: "new/" + in.names.local(long)},
	}
	if !slices.Equal(p.Examples, want) {
		t.Errorf("examples %q, want %q", p.Examples, want)
	}
	if after := tree(t, in.outside, ""); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// TestLookWhereNothingIs asks about a folder that is not there: it is not made.
func TestLookWhereNothingIs(t *testing.T) {
	in := newInbox(t)
	p := look(t, filepath.Join(in.dir, "not", "there"), "a/", "a/b.txt", "inbox", "secret.txt")
	if p.There+p.Clashes+p.Renamed+len(p.Examples) != 0 || p.Free <= 0 {
		t.Errorf("%+v", p)
	}
	wantFiles(t, in.dir)
	if _, err := Look(t.Context(), filepath.Join(in.outside, "secret.txt"), listed("a")); err == nil {
		t.Error("looked into a file")
	}
}

func TestLookCanBeEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	looked := 0
	_, err := Look(ctx, t.TempDir(), func(yield func(Entry, bool) bool) {
		for looked = 0; yield(entry("a", ""), false); looked++ {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || looked > 1 {
		t.Errorf("%d entries, %v", looked, err)
	}
}

// TestLookIsRight compares what Look says with what a delivery of the same then does, for any
// inbox and list, with names that are mended, taken, or meet in one.
func TestLookIsRight(t *testing.T) {
	parts := []string{"a", "a (1)", "b", "é", "e\u0301", "c:d", "c_d", "x.txt", "x (1).txt", "con", strings.Repeat("l", 260), "É"}
	for seed := range uint64(150) {
		random, parts := rand.New(rand.NewPCG(seed, 1)), parts
		if seed%2 == 0 {
			parts = parts[:len(parts)-1] // this disk tells it from "é", where Windows would not
		}
		pick := func() string { return parts[random.IntN(len(parts))] }
		in := newInbox(t)
		if seed%2 == 0 {
			in.names, in.disk.names = windowsNames, windowsNames
		}
		for range random.IntN(12) {
			path := filepath.Join(in.dir, in.names.local(pick()))
			if random.IntN(2) == 0 {
				path = filepath.Join(path, in.names.local(pick()))
			}
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err == nil {
				_ = os.WriteFile(path, []byte("other content"), 0o666) // unless it is a folder
			}
		}
		kind := map[string]bool{} // whether a folder
		var list []string
		for range 1 + random.IntN(15) {
			path := pick()
			if random.IntN(2) == 0 {
				kind[path+"/"] = true
				path += "/" + pick()
			}
			kind[path] = true
		}
		for path := range kind {
			if strings.HasSuffix(path, "/") || !kind[path+"/"] {
				list = append(list, path)
			}
		}
		slices.Sort(list)
		o := outlook{d: newDelivery(in.Inbox, "", nil), folders: []spot{{at: in.base}}}
		if err := o.all(t.Context(), listed(list...)); err != nil {
			t.Fatal(err)
		}
		d := begin(t, in.Inbox)
		for e, folder := range listed(list...) {
			if folder {
				if err := d.Folder(e); err != nil {
					t.Fatal(err)
				}
			}
		}
		for e, folder := range listed(list...) {
			if !folder {
				finish(t, d, e.Path, "content")
			}
		}
		commit(t, d)
		r := d.Results()
		if o.told.There != 0 || o.told.Clashes+o.told.Renamed != r.RenameCount {
			t.Fatalf("seed %d: of %q, it was %+v that was told, and these were renamed: %q", seed, list, o.told, r.Renames)
		}
	}
}

func BenchmarkLook(b *testing.B) {
	const files = 100_000
	dir := b.TempDir()
	var list []string
	for i := range files {
		folder := fmt.Sprintf("top/folder %03d", i/100)
		if i%100 == 0 {
			list = append(list, folder+"/")
			if err := os.MkdirAll(filepath.Join(dir, folder), 0o777); err != nil {
				b.Fatal(err)
			}
		}
		path := fmt.Sprintf("%s/Überschrift %06d.txt", folder, i)
		list = append(list, path)
		if i%2 == 0 {
			if err := os.WriteFile(filepath.Join(dir, path), []byte("other"), 0o666); err != nil {
				b.Fatal(err)
			}
		}
	}
	for b.Loop() {
		if p := look(b, dir, list...); p.Clashes != files/2 {
			b.Fatalf("%+v", p)
		}
	}
}
