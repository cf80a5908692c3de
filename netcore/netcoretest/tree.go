package netcoretest

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A Tree is files and folders by their slash-separated paths. A folder ends in
// a slash and has no content.
type Tree map[string]string

// Write makes the tree in dir.
func (tree Tree) Write(t testing.TB, dir string) {
	t.Helper()
	for _, path := range slices.Sorted(maps.Keys(tree)) {
		local := filepath.Join(dir, filepath.FromSlash(path))
		parent, isFolder := filepath.Dir(local), strings.HasSuffix(path, "/")
		if isFolder {
			parent = local
		}
		if err := os.MkdirAll(parent, 0o755); err != nil {
			t.Fatal(err)
		}
		if isFolder {
			continue
		}
		if err := os.WriteFile(local, []byte(tree[path]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Snapshot describes all that is in dir: a line for each entry with its path
// and the hash of its content.
func Snapshot(t testing.TB, dir string) []string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir():
			lines = append(lines, rel+"/")
		case d.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			lines = append(lines, rel+" -> "+target)
			return err
		case d.Type().IsRegular():
			data, err := os.ReadFile(path)
			lines = append(lines, fmt.Sprintf("%s %d bytes %x", rel, len(data), sha256.Sum256(data)))
			return err
		default:
			lines = append(lines, rel+" "+d.Type().String())
		}
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return lines
}

// SameTree fails the test unless a and b hold the same.
func SameTree(t testing.TB, a, b string) {
	t.Helper()
	left, right := Snapshot(t, a), Snapshot(t, b)
	if slices.Equal(left, right) {
		return
	}
	for _, line := range left {
		if !slices.Contains(right, line) {
			t.Errorf("only in %s: %s", a, line)
		}
	}
	for _, line := range right {
		if !slices.Contains(left, line) {
			t.Errorf("only in %s: %s", b, line)
		}
	}
}

// RandomFile writes size bytes, the same ones for the same seed.
func RandomFile(t testing.TB, path string, size int64, seed uint64) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var key [32]byte
	key[0], key[1] = byte(seed), byte(seed>>8)
	random := rand.NewChaCha8(key)
	buf := make([]byte, min(size, 1<<20))
	for left := size; left > 0; {
		n := min(left, int64(len(buf)))
		random.Read(buf[:n])
		if _, err := f.Write(buf[:n]); err != nil {
			t.Fatal(err)
		}
		left -= n
	}
}
