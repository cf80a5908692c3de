//go:build linux

package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const megabyte = 1_000_000

// writeFile writes size random bytes, the same for the same path.
func writeFile(t testing.TB, path string, size int64) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.CopyN(f, rand.NewChaCha8(sha256.Sum256([]byte(filepath.Base(path)))), size)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// writeParcel writes what a person may want to send at once: a large file, a
// folder of 50 files and an empty folder, a file with a difficult name. It
// returns their paths.
func writeParcel(t testing.TB, dir string) []string {
	t.Helper()
	album := filepath.Join(dir, "album")
	for i := range 50 {
		name := fmt.Sprintf("%d/picture %02d.jpg", i/10, i)
		writeFile(t, filepath.Join(album, name), int64(i)*4099) // the first is empty
	}
	if err := os.MkdirAll(filepath.Join(album, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	return []string{
		writeFile(t, filepath.Join(dir, "film.mkv"), 100*megabyte),
		album,
		writeFile(t, filepath.Join(dir, "报告 50% 完成 #1.txt"), 12345),
	}
}

// digest maps every file and folder below dir to what is in it. Of names that
// begin with a dot nothing is said at the top: there the receiver keeps what is on its way.
func digest(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		switch {
		case err != nil:
			return err
		case rel == ".":
			return nil
		case strings.HasPrefix(rel, "."):
			return skip(d)
		case d.IsDir():
			found[rel] = "folder"
			return nil
		}
		found[rel], err = hash(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func skip(d fs.DirEntry) error {
	if d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

func hash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
}

// sameTree requires that got holds exactly what want does, to the last byte.
func sameTree(t testing.TB, got, want string) {
	t.Helper()
	g, w := digest(t, got), digest(t, want)
	for _, path := range slices.Sorted(maps.Keys(w)) {
		if g[path] != w[path] {
			t.Errorf("%s: got %q, want %q", path, g[path], w[path])
		}
		delete(g, path)
	}
	for path := range g {
		t.Errorf("%s: nobody sent that", path)
	}
}

// emptyInbox requires that nothing has arrived: no name that a person would
// take for a received file.
func emptyInbox(t testing.TB, w *window) {
	t.Helper()
	entries, err := os.ReadDir(w.inbox())
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s is in %s's inbox", e.Name(), w.name)
		}
	}
}
