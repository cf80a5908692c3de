//go:build linux

package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTreeIsWhatItSays(t *testing.T) {
	for _, c := range []struct {
		tree  tree
		files int
		size  int64
		first int64 // bytes of the smallest and the largest file
		last  int64
	}{
		{oneFile(5000), 1, 5000, 5000, 5000},
		{manyFiles(3, 4, 10), 12, 120, 10, 10},
		{mixedFiles(3, 10, 1000), 3, 1110, 10, 1000},
	} {
		files, size := c.tree.amount()
		if files != c.files || size != c.size || c.tree.size(0) != c.first || c.tree.size(files-1) != c.last {
			t.Errorf("%s: %d files of %d bytes, from %d to %d", c.tree.describe, files, size, c.tree.size(0), c.tree.size(files-1))
		}
		dir := t.TempDir()
		if _, err := c.tree.write(t.Context(), dir); err != nil {
			t.Fatal(err)
		}
		if err := c.tree.check(dir); err != nil {
			t.Errorf("%s: %v", c.tree.describe, err)
		}
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	tree := manyFiles(2, 2, 10)
	for name, spoil := range map[string]func(file string) error{
		"missing":   os.Remove,
		"short":     func(file string) error { return os.Truncate(file, 9) },
		"one more":  func(file string) error { return os.Link(file, file+"2") },
		"only here": func(file string) error { return os.Rename(file, filepath.Join(filepath.Dir(file), ".part")) },
	} {
		dir := t.TempDir()
		source, err := tree.write(t.Context(), dir)
		if err == nil {
			err = spoil(filepath.Join(source, "0001/picture-0000003.jpg"))
		}
		if err != nil {
			t.Fatal(err)
		}
		if tree.check(dir) == nil {
			t.Errorf("%s: not found", name)
		}
	}
}

func TestSameContent(t *testing.T) {
	sent, got := t.TempDir(), t.TempDir()
	tree := mixedFiles(4, mib-1, 2*mib+1) // around the size of what is compared at once
	source, err := tree.write(t.Context(), sent)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.write(t.Context(), got); err != nil {
		t.Fatal(err)
	}
	if err := sameContent(t.Context(), got, source); err != nil {
		t.Error(err)
	}
	file := filepath.Join(got, "album/0000/picture-0000003.jpg")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-1] ^= 1
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if sameContent(t.Context(), got, source) == nil {
		t.Error("a wrong byte at the end was not found")
	}
	if err := os.Truncate(file, int64(len(data)-1)); err != nil {
		t.Fatal(err)
	}
	if sameContent(t.Context(), got, source) == nil {
		t.Error("a missing byte at the end was not found")
	}
}
