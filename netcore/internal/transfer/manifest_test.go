package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
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

// TestTooMuchIsTheFaultOfWhoeverListsIt fills lists beyond each limit: an own
// one cannot be sent, one that comes in breaks the protocol.
func TestTooMuchIsTheFaultOfWhoeverListsIt(t *testing.T) {
	tests := map[string]func(*Manifest){
		"entries": func(m *Manifest) { m.Files = wire.MaxEntries },
		"bytes":   func(m *Manifest) { m.Bytes = math.MaxInt64 },
		"paths":   func(m *Manifest) { m.paths = wire.MaxPaths - 1 },
		"list":    func(m *Manifest) { m.spool.size = maxSpool },
	}
	for name, fill := range tests {
		t.Run(name, func(t *testing.T) {
			e := wire.Entry{Path: "ab", Size: 1, ModTime: time.Unix(0, 0)}
			own := NewManifest(t.TempDir())
			fill(own)
			err := own.Add(e)
			if err == nil {
				err = own.Seal()
			}
			if !errors.Is(err, fault.TooLarge) || errors.Is(err, fault.Protocol) {
				t.Errorf("own list: %v, want that it is too large", err)
			}
			theirs := NewManifest(t.TempDir())
			fill(theirs)
			if err := theirs.AddPage(pageOf(t, e)); !errors.Is(err, fault.Protocol) {
				t.Errorf("a peer's list: %v, want a protocol error", err)
			}
		})
	}
}

func TestManifestRefusesAnEntryThatIsThereTwice(t *testing.T) {
	m := NewManifest(t.TempDir())
	once, more := wire.Entry{Path: "a", Folder: true}, wire.Entry{Path: "a/b"}
	if err := m.AddPage(pageOf(t, once, more)); err != nil {
		t.Fatal(err)
	}
	if err := m.AddPage(pageOf(t, more)); !errors.Is(err, fault.Protocol) {
		t.Errorf("on the next page: %v, want a protocol error", err)
	}
	if err := NewManifest(t.TempDir()).AddPage(pageOf(t, once, wire.Entry{Path: "a"})); !errors.Is(err, fault.Protocol) {
		t.Errorf("a folder that is a file too: %v, want a protocol error", err)
	}
}

func pageOf(t *testing.T, entries ...wire.Entry) []byte {
	t.Helper()
	var page wire.Page
	for _, e := range entries {
		if !page.Add(e) {
			t.Fatal("page is full")
		}
	}
	return page.Body()
}

// TestDensePagesStayPacked takes in pages that unpack to 80 MB each. To walk
// over them, also before anybody has accepted them, must take no more than a page.
func TestDensePagesStayPacked(t *testing.T) {
	m := NewManifest(t.TempDir())
	long := strings.Repeat(strings.Repeat("p", 1000)+"/", 4)
	var dense []wire.Entry
	for i := range 20_000 {
		dense = append(dense, wire.Entry{Path: long + string(rune('a'+i%2)), ModTime: time.Unix(0, 0)})
	}
	page := pageOf(t, dense...)
	pages := 0
	var err error
	for ; err == nil; pages++ {
		err = m.AddPage(page)
	}
	if !errors.Is(err, fault.Protocol) || pages != wire.MaxPaths/(20_000*len(dense[0].Path))+1 {
		t.Errorf("page %d: %v, want a protocol error", pages, err)
	}
	if err := m.Seal(); err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c := m.cursor()
	if _, err := c.at(100_000, nil); err != nil {
		t.Error(err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 2<<20 {
		t.Errorf("walking over 100,000 entries took %d bytes of memory", got)
	}
}

func TestListThatCannotBeWrittenSaysSo(t *testing.T) {
	s := spool{dir: filepath.Join(t.TempDir(), "missing")}
	if err := s.append(make([]byte, spoolMemory)); !errors.Is(err, fault.Unwritten) {
		t.Errorf("no folder for the list: %v, want %v", err, fault.Unwritten)
	}
}

func TestDamagedListIsNoShorterList(t *testing.T) {
	for name, mem := range map[string][]byte{
		"ends after a length": {5},
		"ends within a page":  {5, 1, 2},
		"endless page":        {0xff, 0xff, 0xff, 0xff, 0x7f, 1},
	} {
		s := spool{mem: mem}
		if _, err := s.pages(0).next(); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("%s: %v, want an error", name, err)
		}
	}
}

// Long lists share what room there is; short ones need none of it.
func TestLongListsShareARoom(t *testing.T) {
	room := NewRoom(3 << 20)
	fill := func(pages int) (*Manifest, error) {
		m := NewManifest(t.TempDir())
		m.spool.room = room
		for i := range pages {
			page := bytes.Repeat([]byte{byte(i)}, 1<<20)
			if err := m.spool.append(page); err != nil {
				return m, err
			}
		}
		return m, m.Seal()
	}
	first, err := fill(2)
	if err != nil {
		t.Fatal(err)
	}
	second, err := fill(2)
	if !errors.Is(err, fault.Busy) {
		t.Errorf("the room is full: %v, want fault.Busy", err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
	if short, err := fill(0); err != nil || short.Close() != nil {
		t.Errorf("a short list: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	if left := room.left.Load(); left != 3<<20 {
		t.Errorf("%d bytes are left in the end", left)
	}
}
