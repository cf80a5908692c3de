//go:build linux

package e2e

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// smallSize is about the size of a small file, in bytes.
const smallSize = 10_000

// writeGoods makes a folder of about size bytes that has one of everything
// that must arrive as it is: a large file, small and empty ones, a program, links, an
// empty folder, times to the nanosecond. It returns its path.
func writeGoods(t testing.TB, dir string, size int64) string {
	t.Helper()
	root := filepath.Join(dir, "goods")
	writeFile(t, filepath.Join(root, "film.mkv"), size-size/8)
	for i := range size / 8 / smallSize {
		path := filepath.Join(root, fmt.Sprintf("album/%02d/picture %04d.jpg", i/50, i))
		writeFile(t, path, smallSize-i%50)
		taken := time.Date(2019, 5, 17, 10, 30, int(i), 123456789, time.UTC)
		if err := os.Chtimes(path, taken, taken); err != nil {
			t.Fatal(err)
		}
	}
	writeFile(t, filepath.Join(root, "none.txt"), 0)
	for _, err := range []error{
		os.Chmod(writeFile(t, filepath.Join(root, "run.sh"), 100), 0o755),
		os.Mkdir(filepath.Join(root, "empty"), 0o755),
		os.Symlink("film.mkv", filepath.Join(root, "latest")),
		os.Symlink("../../none.txt", filepath.Join(root, "album/00/up")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// writeTiny makes a folder of files of 1 to 8 KiB in a few folders, and returns its path.
func writeTiny(t testing.TB, dir string, files int) string {
	t.Helper()
	root := filepath.Join(dir, "goods")
	for i := range files {
		writeFile(t, filepath.Join(root, fmt.Sprintf("%02d/note %04d.txt", i/100, i)), int64(1024+i*7%(7<<10+1)))
	}
	return root
}

// sizeOf adds up the sizes of all files below dir.
func sizeOf(t testing.TB, dir string) (size int64) {
	t.Helper()
	walk(t, dir, func(_ string, info fs.FileInfo) {
		if info.Mode().IsRegular() {
			size += info.Size()
		}
	})
	return size
}

// sameGoods requires that got is what want is: names, kinds, content, times,
// who may execute, where links point.
func sameGoods(t testing.TB, got, want string) {
	t.Helper()
	g, w := inventory(t, got), inventory(t, want)
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

// inventory describes everything below dir.
func inventory(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	walk(t, dir, func(path string, info fs.FileInfo) {
		rel, err := filepath.Rel(dir, path)
		if err == nil {
			all[rel], err = describe(path, info)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	return all
}

func describe(path string, info fs.FileInfo) (string, error) {
	switch {
	case info.IsDir():
		return "folder", nil
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(path)
		return "link to " + target, err
	}
	sum, err := hash(path)
	return fmt.Sprintf("%s, executable %v, %v", sum, info.Mode()&0o100 != 0, info.ModTime().UTC()), err
}

func walk(t testing.TB, dir string, see func(path string, info fs.FileInfo)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			see(path, info)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
