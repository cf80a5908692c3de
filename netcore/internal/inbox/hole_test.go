package inbox

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/netcore/internal/fault"
)

const (
	holeData = "0123456789abcdef"
	holeSize = 4 << 20
)

// holed writes data, a hole, data, and a hole.
func holed(t testing.TB, p *Partial) {
	t.Helper()
	for range 2 {
		if _, err := p.Write([]byte(holeData)); err != nil {
			t.Fatal(err)
		}
		if err := p.Hole(holeSize); err != nil {
			t.Fatal(err)
		}
	}
}

var holedContent = strings.Repeat(holeData+strings.Repeat("\x00", holeSize), 2)

func TestHoles(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	for _, path := range []string{"new", "over"} {
		if path == "over" { // an attempt that left other bytes in the partial
			if err := start(t, d, path, strings.Repeat("x", len(holedContent)), holeSize+100).Keep(); err != nil {
				t.Fatal(err)
			}
			f, where, _, err := d.Lookup(entry(path, holedContent))
			if where != Found || err != nil {
				t.Fatal(where, err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
		p := start(t, d, path, holedContent, 0)
		holed(t, p)
		if err := p.Finish(); err != nil {
			t.Fatal(err)
		}
		commit(t, d)
		path = filepath.Join(in.dir, path)
		if read(t, path) != holedContent {
			t.Errorf("%s: the content is wrong", path)
		}
		if got := onDisk(t, path); got > 1<<20 {
			t.Errorf("%s takes %d bytes on disk", path, got)
		}
		if got := modTime(t, path); !got.Equal(mtime) {
			t.Errorf("%s: %v", path, got)
		}
	}
}

// Files that are small enough for memory, or have too small a hole for a disk.
func TestSmallHoles(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	for path, n := range map[string]int{"tiny": 1, "odd": 4095, "block": 4096, "most": smallSize - 2} {
		content := "a" + strings.Repeat("\x00", n) + "b"
		p := start(t, d, path, content, 1)
		if err := p.Hole(int64(n)); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write([]byte("b")); err != nil {
			t.Fatal(err)
		}
		if err := p.Finish(); err != nil {
			t.Fatal(err)
		}
		only := start(t, d, path+" and nothing else", strings.Repeat("\x00", n), 0)
		if err := errors.Join(only.Hole(int64(n)), only.Finish()); err != nil {
			t.Fatal(err)
		}
		commit(t, d)
		if got := read(t, filepath.Join(in.dir, path)); got != content {
			t.Errorf("%s: %d bytes, want %d", path, len(got), len(content))
		}
		if got := read(t, filepath.Join(in.dir, path+" and nothing else")); got != content[1:1+n] {
			t.Errorf("%s: %d bytes of nothing, want %d", path, len(got), n)
		}
	}
}

func TestHolesThatAreTooLarge(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	p := start(t, d, "a", holedContent, 10)
	for _, n := range []int64{0, -1, -1 << 63, int64(len(holedContent)) - 9, 1<<63 - 1} {
		if err := p.Hole(n); !errors.Is(err, fault.Protocol) {
			t.Errorf("%d: %v", n, err)
		}
	}
	if err := p.Discard(); err != nil {
		t.Fatal(err)
	}
	if err := p.Hole(1); !errors.Is(err, os.ErrClosed) {
		t.Errorf("after Discard: %v", err)
	}
}

// What is kept has the hole at its end; what a kill leaves never claims more
// than came.
func TestHolesAndResumption(t *testing.T) {
	in := newInbox(t)
	d := in.Begin(sender)
	kept, killed := start(t, d, "kept", holedContent, 0), start(t, d, "killed", holedContent, 0)
	for _, p := range []*Partial{kept, killed} {
		if _, err := p.Write([]byte(holeData)); err != nil {
			t.Fatal(err)
		}
		if err := p.Hole(holeSize); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(kept.Keep(), killed.file.Close()); err != nil {
		t.Fatal(err)
	}
	again := begin(t, reopen(t, in.dir))
	for path, want := range map[string]int64{"kept": int64(len(holeData)) + holeSize, "killed": int64(len(holeData))} {
		e := entry(path, holedContent)
		f, where, length, err := again.Lookup(e)
		if where != Found || err != nil || length != want {
			t.Fatalf("%s: %v, %d bytes, %v; want %d", path, where, length, err, want)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		p, err := again.Create(e, length)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write([]byte(holedContent[length:])); err != nil {
			t.Fatal(err)
		}
		if err := p.Finish(); err != nil {
			t.Fatal(err)
		}
		commit(t, again)
		if read(t, filepath.Join(in.dir, path)) != holedContent {
			t.Errorf("%s: the content is wrong", path)
		}
	}
}
