package transfer

import (
	"os"
	"path/filepath"
	"testing"
)

// What is opened is what is there now, also if the folder of the files before it was moved away
// and another one is in its place.
func TestNearbyFindsTheFolderThatIsThereNow(t *testing.T) {
	top := tempDir(t)
	folder := filepath.Join(top, "folder")
	sizes := map[string]int{"a": 1, "b": 2}
	fill := func() {
		t.Helper()
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, size := range sizes {
			randomFile(t, filepath.Join(folder, name), size, 1)
		}
	}
	var near nearby
	defer near.close()
	opens := func(name string) {
		t.Helper()
		f, err := near.open(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil || info.Size() != int64(sizes[name]) {
			t.Errorf("%s: %v, %v; want %d bytes", name, info, err, sizes[name])
		}
	}
	fill()
	opens("a")
	opens("b")
	opens("a")
	if err := os.Rename(folder, folder+" away"); err != nil {
		t.Fatal(err)
	}
	sizes = map[string]int{"c": 3, "d": 4}
	fill()
	opens("c")
	opens("d")
	if f, err := near.open(filepath.Join(folder, "e")); !os.IsNotExist(err) {
		t.Error(f, err)
	}
}
