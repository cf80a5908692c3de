package transfer

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/zeebo/blake3"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// longSource is a source with a list of n entries that are nowhere.
func longSource(t testing.TB, n int) *Source {
	t.Helper()
	s, err := newSource(t.TempDir()).filled(func() error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := s.Manifest.Add(entryNo(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Manifest.Seal(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeSource(t, s) })
	return s
}

func closeSource(t testing.TB, s *Source) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func save(t testing.TB, s *Source) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "list")
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t testing.TB, path string) *Source {
	t.Helper()
	s, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeSource(t, s) })
	return s
}

// TestSourceOutlivesTheProgram saves what was picked and goes on with what Load makes of
// it: the same list, the same places, the same failures.
func TestSourceOutlivesTheProgram(t *testing.T) {
	dir := tempDir(t)
	write(t, filepath.Join(dir, "one", "a"))
	write(t, filepath.Join(dir, "one", "sub", "b"))
	write(t, filepath.Join(dir, "two", "a"))
	src := scan(t, filepath.Join(dir, "one"), filepath.Join(dir, "two", "a"), filepath.Join(dir, "missing"))
	path := save(t, src)
	again := load(t, path)
	remove(t, path) // it is not needed any more
	wantOffered(t, again, offeredAs(src)...)
	if again.Manifest.Digest() != src.Manifest.Digest() || again.Manifest.Names() != src.Manifest.Names() {
		t.Error("the list is another one")
	}
	if !slices.Equal(again.Paths, src.Paths) || !maps.Equal(again.places, src.places) {
		t.Errorf("paths are %q, places %q", again.Paths, again.places)
	}
	count, list := again.Failed()
	_, before := src.Failed()
	if count != 1 || len(list) != 1 || list[0].Path != "missing" || list[0].Local != before[0].Local ||
		!errors.Is(list[0].Err, fault.Unread) || list[0].Err.Error() != before[0].Err.Error() {
		t.Errorf("failures are %v, want %v", list, before)
	}
}

// offeredAs lists the entries of src as offered does, without opening them.
func offeredAs(src *Source) []string {
	var list []string
	for e := range src.Manifest.All() {
		if e.Folder {
			e.Path += "/"
		}
		list = append(list, e.Path)
	}
	return list
}

// TestLongListIsSavedWithoutBeingInMemory saves and loads 120,000 entries.
func TestLongListIsSavedWithoutBeingInMemory(t *testing.T) {
	const n = 120_000
	src := longSource(t, n)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	path := save(t, src)
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 4<<20 {
		t.Errorf("saving took %d bytes of memory", got)
	}
	again := load(t, path)
	checkManifest(t, again.Manifest, n)
	dir, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(dir) > 1 && runtime.GOOS != "windows" {
		t.Errorf("beside the list: %v (%v)", dir, err)
	}
}

// TestSaveIsAllOrNothing saves where that is not possible: what was there before stays.
func TestSaveIsAllOrNothing(t *testing.T) {
	src := longSource(t, 10)
	dir := t.TempDir()
	path := filepath.Join(dir, "list")
	mkdir(t, filepath.Join(path, "in the way"))
	if err := src.Save(path); !errors.Is(err, fault.Unwritten) {
		t.Errorf("over a folder: %v, want %v", err, fault.Unwritten)
	}
	if err := src.Save(filepath.Join(dir, "missing", "list")); !errors.Is(err, fault.Unwritten) {
		t.Errorf("into nowhere: %v, want %v", err, fault.Unwritten)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left on disk: %v (%v)", left, err)
	}
	good := save(t, src)
	if err := longSource(t, 20).Save(good); err != nil {
		t.Fatal(err)
	}
	checkManifest(t, load(t, good).Manifest, 20)
	if info, err := os.Stat(good); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v (%v)", info, err)
	}
}

func TestDamagedFileIsNoSource(t *testing.T) {
	src := longSource(t, 3000)
	good, err := os.ReadFile(save(t, src))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string][]byte{
		"empty":         {},
		"another file":  []byte("hello\n"),
		"cut":           good[:len(good)/2],
		"without hash":  good[:len(good)-wire.HashSize],
		"more behind":   append(slices.Clone(good), 0),
		"one bit":       flip(good, len(good)/2),
		"hash":          flip(good, len(good)-1),
		"version":       flip(good, len(sourceMagic)-2),
		"path outside":  sealed(sourceMagic, record(pageOf(t, wire.Entry{Path: "../x"}))+"\x00\x00\x00\x00\x00"),
		"lying count":   sealed(sourceMagic, "\x00\xff\xff\x7f"),
		"lying failure": sealed(sourceMagic, "\x00\x00\x00\x00\x01\x00\x00\x00\x00"),
		"huge page":     sealed(sourceMagic, "\xff\xff\xff\xff\x7f"),
	}
	for name, content := range tests {
		path := filepath.Join(t.TempDir(), "list")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); !errors.Is(err, fault.Internal) || errors.Is(err, fault.Protocol) {
			t.Errorf("%s: %v, want that it is damaged", name, err)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, fault.Unread) {
		t.Errorf("no file: %v", err)
	}
	if _, err := Load(t.TempDir()); !errors.Is(err, fault.Unread) {
		t.Errorf("a folder: %v, want %v", err, fault.Unread)
	}
}

func flip(b []byte, i int) []byte {
	b = slices.Clone(b)
	b[i] ^= 4
	return b
}

// record is b as it is in the file of a source, with its length before it.
func record(b []byte) string {
	var out bytes.Buffer
	w := newRecordWriter(&out)
	w.bytes(b)
	w.w.Flush()
	return out.String()
}

// sealed returns the parts with their hash behind them.
func sealed(parts ...string) []byte {
	all := []byte(strings.Join(parts, ""))
	sum := blake3.Sum256(all)
	return append(all, sum[:]...)
}

func FuzzLoad(f *testing.F) {
	src := longSource(f, 50)
	src.Paths, src.places["x"] = []string{"/a"}, "/a"
	src.skip("missing", "/missing", fault.Skipped)
	good, err := os.ReadFile(save(f, src))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good[len(sourceMagic) : len(good)-wire.HashSize])
	f.Add([]byte{0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := loadBytes(sealed(sourceMagic, string(body)))
		if err != nil {
			if errors.Is(err, fault.Protocol) || !errors.Is(err, fault.Internal) {
				t.Fatalf("not said to be damaged: %v", err)
			}
			return
		}
		defer closeSource(t, s)
		var out bytes.Buffer
		if err := s.write(&out); err != nil {
			t.Fatal(err)
		}
		again, err := loadBytes(out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		defer closeSource(t, again)
		if again.Manifest.Digest() != s.Manifest.Digest() || !maps.Equal(again.places, s.places) || !slices.Equal(again.Paths, s.Paths) {
			t.Error("what was loaded is saved otherwise")
		}
		for e := range s.Manifest.All() {
			if local := s.local(e); local != "" && len(s.places) == 0 {
				t.Errorf("%q is at %q, and nothing was picked", e.Path, local)
			}
		}
	})
}

func loadBytes(b []byte) (*Source, error) {
	s := newSource("")
	return s.filled(func() error { return s.read(bytes.NewReader(b)) })
}
