package transfer

import (
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/wire"
)

func entryNo(i int) wire.Entry {
	if i%1000 == 0 {
		return wire.Entry{Path: fmt.Sprintf("folder %d", i/1000), Folder: true, ModTime: time.Unix(int64(i), 0)}
	}
	return wire.Entry{Path: fmt.Sprintf("folder %d/%d", i/1000, i), Size: int64(i), ModTime: time.Unix(int64(i), 5), Exec: i%2 == 0}
}

// TestManifestIsTheSameInMemoryAndOnDisk fills lists of a few and of many
// entries, at both ends of a connection, and reads them back.
func TestManifestIsTheSameInMemoryAndOnDisk(t *testing.T) {
	for _, n := range []int{1, 2000, 300_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			dir := t.TempDir()
			sender, receiver := NewManifest(dir), NewManifest(dir)
			for i := range n {
				if err := sender.Add(entryNo(i)); err != nil {
					t.Fatal(err)
				}
			}
			if err := sender.Seal(); err != nil {
				t.Fatal(err)
			}
			if err := sender.sendPages(receiver.AddPage); err != nil {
				t.Fatal(err)
			}
			if err := receiver.Seal(); err != nil {
				t.Fatal(err)
			}
			for _, m := range []*Manifest{sender, receiver} {
				checkManifest(t, m, n)
				if err := m.Close(); err != nil {
					t.Error(err)
				}
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left on disk: %v (%v)", left, err)
			}
		})
	}
}

func checkManifest(t *testing.T, m *Manifest, n int) {
	t.Helper()
	if m.Entries() != int64(n) || m.Folders != int64((n+999)/1000) || len(m.Top) != (n+999)/1000 {
		t.Fatalf("%d entries, %d folders, %d of them on top; want %d entries", m.Entries(), m.Folders, len(m.Top), n)
	}
	var sum int64
	for _, e := range m.Top {
		sum += e.Size
	}
	if sum != m.Bytes {
		t.Errorf("the tops add up to %d bytes of %d", sum, m.Bytes)
	}
	c := m.cursor()
	for i := range n {
		e, err := c.next()
		want := entryNo(i)
		if err != nil || e.Path != want.Path || e.Size != want.Size || !e.ModTime.Equal(want.ModTime) || e.Exec != want.Exec || e.Folder != want.Folder {
			t.Fatalf("entry %d is %+v (%v), want %+v", i, e, err, want)
		}
	}
	if _, err := c.next(); err != io.EOF {
		t.Errorf("behind the last entry: %v, want io.EOF", err)
	}
}

func TestManifestRefusesPathsThatPointOutside(t *testing.T) {
	for _, path := range []string{"../x", "/x", "a/../../x", "a/./b", "a//b", "a\x00b", ".", "..", "a/", "\xff"} {
		m := NewManifest(t.TempDir())
		if err := m.Add(wire.Entry{Path: path}); !errors.Is(err, fault.BadName) {
			t.Errorf("%q: %v, want a bad name", path, err)
		}
	}
}

func TestManifestRefusesSizesThatOverflow(t *testing.T) {
	m := NewManifest(t.TempDir())
	if err := m.Add(wire.Entry{Path: "a", Size: 1 << 62}); err != nil {
		t.Fatal(err)
	}
	if err := m.Add(wire.Entry{Path: "b", Size: 1 << 62}); !errors.Is(err, fault.Protocol) {
		t.Errorf("sum of 2^63: %v, want a protocol error", err)
	}
}
