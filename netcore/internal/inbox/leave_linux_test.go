package inbox

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"ferry/netcore/internal/fault"
)

func TestLeavingOnAFullDisk(t *testing.T) { onSmallDisk(t, "size=1m", testLeavingOnAFullDisk) }

// A small file that does not fit when its delivery ends is given back: nothing of it
// stays open, locked or held, and what is left of it is its beginning.
func testLeavingOnAFullDisk(t *testing.T, dir string) {
	in := reopen(t, dir)
	content := strings.Repeat("0123456789abcdef", smallSize/16)
	for _, room := range []int64{64 << 10, 0} {
		d := begin(t, in)
		deliver(t, d, "first", "so that there is a staging folder")
		p := start(t, d, "small", content, len(content)-1)
		fill(t, dir, room)
		open := openFiles(t)
		if err := p.Keep(); !errors.Is(err, fault.NoSpace) {
			t.Errorf("Keep with room for %d bytes: %v", room, err)
		}
		if now := openFiles(t); now > open+1 { // the journal
			t.Errorf("%d files are open, before it were %d", now, open)
		}
		if len(in.held) != 0 {
			t.Errorf("held: %v", in.held)
		}
		for _, name := range partials(t, dir) {
			if left := read(t, dir+"/"+StagingName+"/"+name); !strings.HasPrefix(content, left) {
				t.Errorf("%d bytes are left that are not its beginning", len(left))
			}
		}
		if err := os.Remove(dir + "/full"); err != nil {
			t.Fatal(err)
		}
		deliver(t, d, "small", content)
		if got := read(t, dir+"/small"); got != content {
			t.Errorf("it has %d bytes that are not the same", len(got))
		}
		if err := os.Remove(dir + "/small"); err != nil {
			t.Fatal(err)
		}
	}
}

// fill writes a file "full" that leaves no more than room bytes free.
func fill(t *testing.T, dir string, room int64) {
	t.Helper()
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	write(t, dir+"/full", strings.Repeat("x", int(int64(st.Bavail)*st.Bsize-room)))
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
