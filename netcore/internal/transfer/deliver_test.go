package transfer

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

// TestWhatIsThereIsNotSent delivers into an inbox that has some of the files, one with
// other bytes, and one in part: both ends count the same.
func TestWhatIsThereIsNotSent(t *testing.T) {
	e, dir := newEnds(t), tempDir(t)
	top, here := filepath.Join(dir, "top"), filepath.Join(dir, "inbox")
	for _, name := range []string{"a", "b", "c", "d"} {
		randomFile(t, filepath.Join(top, name), 100_000, uint64(name[0]))
	}
	copyFile(t, filepath.Join(top, "a"), filepath.Join(here, "top", "a"))
	copyFile(t, filepath.Join(top, "b"), filepath.Join(here, "top", "b"))
	randomFile(t, filepath.Join(here, "top", "c"), 100_000, 9)
	a := &attempt{id: NewID(), src: scan(t, top), box: openBox(t, here)}
	o := e.mustMake(t, a)
	for name, m := range map[string]*Meter{"sender": &a.anna, "receiver": &a.bob} {
		if m.FoundFiles() != 2 || m.Found() != 200_000 || m.Files() != 4 || m.Bytes() != 400_000 {
			t.Errorf("%s: found %d files of %d, %d bytes of %d", name, m.FoundFiles(), m.Files(), m.Found(), m.Bytes())
		}
	}
	if o.sent.Receipt.Files != 4 || !bytes.Equal(o.sent.Receipt.Root, o.got.Receipt.Root) {
		t.Errorf("receipt is %+v", o.sent.Receipt)
	}
	for name, local := range map[string]string{"a": "a", "b": "b", "c": "c (1)", "d": "d"} {
		sameFile(t, filepath.Join(top, name), filepath.Join(here, "top", local))
	}
}

// TestHaveComesWhileMoreIsHashed counts the frames in which a receiver says that it has large
// files: the sender must not have to wait for all of it.
func TestHaveComesWhileMoreIsHashed(t *testing.T) {
	e, dir, here := newEnds(t), tempDir(t), t.TempDir()
	for _, name := range []string{"a", "b", "c"} {
		for _, folder := range []string{filepath.Join(dir, "top"), filepath.Join(here, "top")} {
			mkdir(t, folder)
			if err := errors.Join(os.WriteFile(filepath.Join(folder, name), nil, 0o644), os.Truncate(filepath.Join(folder, name), haveEvery)); err != nil {
				t.Fatal(err)
			}
		}
	}
	a := &attempt{id: NewID(), src: scan(t, filepath.Join(dir, "top")), box: openBox(t, here)}
	anna, bob := e.mustConnect(t)
	received := make(chan error, 1)
	go func() {
		_, err := a.receive(t.Context(), bob)
		received <- err
	}()
	s := &sender{c: anna, m: a.src.Manifest}
	if err := s.offer(a.id); err != nil {
		t.Fatal(err)
	}
	frames := 0
	for decided := int64(0); decided < 4; frames++ {
		if typ, _, err := anna.Next(); err != nil || typ != wire.TypeHave {
			t.Fatalf("%v frame (%v)", typ, err)
		}
		body, err := anna.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		next, err := wire.ReadHave(body, func(wire.HaveItem) error { return nil })
		if err != nil || next <= decided {
			t.Fatalf("have up to %d after %d (%v)", next, decided, err)
		}
		decided = next
	}
	if frames != 3 {
		t.Errorf("%d frames, want one for each file", frames)
	}
	anna.Close()
	if err := <-received; !errors.Is(err, fault.Lost) {
		t.Error(err)
	}
}

// randomFile writes a file of size bytes, the same ones for the same seed.
func randomFile(t testing.TB, path string, size int, seed uint64) {
	t.Helper()
	mkdir(t, filepath.Dir(path))
	if err := os.WriteFile(path, randomBytes(size, seed), 0o644); err != nil {
		t.Fatal(err)
	}
}

func randomBytes(size int, seed uint64) []byte {
	b := make([]byte, size)
	rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)}).Read(b) // never fails
	return b
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	mkdir(t, filepath.Dir(to))
	if err := os.WriteFile(to, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func sameFile(t testing.TB, a, b string) {
	t.Helper()
	left, err := os.ReadFile(a)
	if err != nil {
		t.Fatal(err)
	}
	right, err := os.ReadFile(b)
	if err != nil || !bytes.Equal(left, right) {
		t.Errorf("%s is not %s: %d and %d bytes (%v)", a, b, len(left), len(right), err)
	}
}
