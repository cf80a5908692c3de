//go:build linux || darwin

package transfer

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"

	"ferry/netcore/internal/fault"
)

// sparseFile writes a file of size bytes with random data at some offsets, and holes
// between them.
func sparseFile(t testing.TB, path string, size int64, data map[int64]int) {
	t.Helper()
	mkdir(t, filepath.Dir(path))
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	for at, n := range data {
		if _, err := f.WriteAt(randomBytes(n, uint64(at)), at); err != nil {
			t.Fatal(err)
		}
	}
}

func storedBytes(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := stored(info)
	return n
}

// TestSparseFilesStaySparse sends files with holes at their beginning, in the middle, at their
// end, and of nothing else.
func TestSparseFilesStaySparse(t *testing.T) {
	e, top, here := newEnds(t), filepath.Join(tempDir(t), "top"), t.TempDir()
	sparseFile(t, filepath.Join(top, "middle"), 72<<20, map[int64]int{0: 100_000, 3 << 20: 200_000, 72<<20 - 5: 5})
	sparseFile(t, filepath.Join(top, "ends"), 9<<20, map[int64]int{4 << 20: 1})
	sparseFile(t, filepath.Join(top, "nothing"), 9<<20, nil)
	randomFile(t, filepath.Join(top, "full"), 300_000, 1)
	a := &attempt{id: NewID(), src: scan(t, top), box: openBox(t, here)}
	o := e.mustMake(t, a)
	if o.got.Receipt.Files != 4 || a.anna.Bytes() != 90<<20+300_000 || a.bob.Bytes() != a.anna.Bytes() {
		t.Errorf("%d files, %d and %d bytes", o.got.Receipt.Files, a.anna.Bytes(), a.bob.Bytes())
	}
	for _, name := range []string{"middle", "ends", "nothing", "full"} {
		from, to := filepath.Join(top, name), filepath.Join(here, "top", name)
		sameFile(t, from, to)
		if name != "full" && storedBytes(t, from) < 1<<20 && storedBytes(t, to) > 1<<20 {
			t.Errorf("%s takes %d bytes there", name, storedBytes(t, to))
		}
	}
}

// TestHolesTakeNoRoom sends a file that is larger than all the room there is, but for its holes; also after the list was
// saved and loaded.
func TestHolesTakeNoRoom(t *testing.T) {
	e, dir := newEnds(t), tempDir(t)
	file := filepath.Join(dir, "disk.img")
	sparseFile(t, file, 64<<20, map[int64]int{0: 100_000, 40 << 20: 100_000})
	free := func() int64 { return 1 << 20 }
	src := scan(t, file)
	e.mustMake(t, &attempt{id: NewID(), src: src, box: openBox(t, t.TempDir()), free: free})
	list := filepath.Join(dir, "list")
	if err := src.Save(list); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(list)
	if err != nil {
		t.Fatal(err)
	}
	defer loaded.Close()
	revised, changed, err := loaded.Revise(t.Context(), dir)
	if err != nil || revised != loaded || changed != 0 {
		t.Fatal(revised, changed, err)
	}
	here := t.TempDir()
	e.mustMake(t, &attempt{id: NewID(), src: revised, box: openBox(t, here), free: free})
	sameFile(t, file, filepath.Join(here, "disk.img"))
}

// countingFile counts how often somebody looks for holes.
type countingFile struct {
	sourceFile
	seeks *atomic.Int64
}

func (f countingFile) Seek(at int64, whence int) (int64, error) {
	f.seeks.Add(1)
	return f.sourceFile.Seek(at, whence)
}

// TestHolesAreNotLookedForInVain sends files that are all on the disk.
func TestHolesAreNotLookedForInVain(t *testing.T) {
	e, top := newEnds(t), three(t)
	src := scan(t, top)
	var seeks atomic.Int64
	src.openAt = func(near *nearby, path string) (sourceFile, error) {
		f, err := near.open(path)
		return countingFile{f, &seeks}, err
	}
	e.mustMake(t, &attempt{id: NewID(), src: src, box: openBox(t, t.TempDir())})
	if seeks.Load() > 0 {
		t.Errorf("looked for holes %d times", seeks.Load())
	}
}

// TestHolesThatCannotBeFoundAreSent has a system that fails to tell where the holes are.
func TestHolesThatCannotBeFoundAreSent(t *testing.T) {
	e, dir, here := newEnds(t), tempDir(t), t.TempDir()
	file := filepath.Join(dir, "file")
	sparseFile(t, file, 3<<20, map[int64]int{1 << 20: 1})
	for name, seek := range map[string]func(f io.Seeker, at int64, whence int) (int64, error){
		"never":    func(io.Seeker, int64, int) (int64, error) { return 0, os.ErrInvalid },
		"no sense": func(_ io.Seeker, at int64, _ int) (int64, error) { return at, nil },
	} {
		src := scan(t, file)
		src.openAt = func(near *nearby, path string) (sourceFile, error) {
			f, err := near.open(path)
			return blindFile{f, seek}, err
		}
		box := openBox(t, filepath.Join(here, name))
		e.mustMake(t, &attempt{id: NewID(), src: src, box: box})
		sameFile(t, file, filepath.Join(here, name, "file"))
	}
}

type blindFile struct {
	sourceFile
	seek func(f io.Seeker, at int64, whence int) (int64, error)
}

func (f blindFile) Seek(at int64, whence int) (int64, error) { return f.seek(f.sourceFile, at, whence) }

// TestCutWithinHoles goes on with a sparse file where the connection broke.
func TestCutWithinHoles(t *testing.T) {
	e, dir, here := newEnds(t), tempDir(t), t.TempDir()
	file := filepath.Join(dir, "file")
	data := map[int64]int{}
	for at := int64(0); at < 64<<20; at += 4 << 20 {
		data[at] = 500_000
	}
	sparseFile(t, file, 64<<20, data)
	a := &attempt{id: NewID(), src: scan(t, file), box: openBox(t, here), breaks: 3_000_000}
	if o := e.make(t.Context(), a); o.gotErr == nil || fault.CodeOf(o.gotErr) != "lost" {
		t.Fatalf("the connection did not break: %v", o.gotErr)
	}
	a.breaks = 0
	e.mustMake(t, a)
	if a.bob.Found() < 4<<20 || a.bob.Found() != a.anna.Found() {
		t.Errorf("found %d and %d bytes", a.anna.Found(), a.bob.Found())
	}
	sameFile(t, file, filepath.Join(here, "file"))
	if runtime.GOOS == "linux" && storedBytes(t, filepath.Join(here, "file")) > 16<<20 {
		t.Errorf("it takes %d bytes there", storedBytes(t, filepath.Join(here, "file")))
	}
}
