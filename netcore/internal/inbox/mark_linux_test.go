package inbox

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// markOf returns the mark of a file; "" if it has none.
func markOf(t testing.TB, path string) string {
	t.Helper()
	var value [64]byte
	n, err := unix.Lgetxattr(path, markName, value[:])
	if errors.Is(err, unix.ENODATA) || errors.Is(err, unix.ENOTSUP) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(value[:n])
}

// canMark reports whether the filesystem of dir has what marks are made of, as the system itself says.
func canMark(t testing.TB, dir string) bool {
	t.Helper()
	probe := filepath.Join(dir, "probe")
	write(t, probe, "")
	err := unix.Setxattr(probe, markName, []byte("x"), 0)
	if rerr := os.Remove(probe); rerr != nil {
		t.Fatal(rerr)
	}
	return err == nil
}

// TestReceivedFilesAreMarked delivers small and large files, one that an earlier attempt has begun, and one
// that is there: what was received has the mark, with its time, and what was there is as it was.
func TestReceivedFilesAreMarked(t *testing.T) {
	in := newInbox(t)
	want := ""
	if canMark(t, in.outside) {
		want = markValue
	}
	write(t, filepath.Join(in.dir, "there"), "content")
	d := begin(t, in.Inbox)
	if err := d.Folder(Entry{Path: "folder", ModTime: mtime}); err != nil {
		t.Fatal(err)
	}
	if err := start(t, d, "begun", "content", 3).Keep(); err != nil {
		t.Fatal(err)
	}
	large := string(make([]byte, smallSize+1))
	for path, content := range map[string]string{"folder/small": "content", "empty": "", "large": large, "begun": "content", "there": "content"} {
		deliver(t, d, path, content)
		info, err := os.Stat(filepath.Join(in.dir, path))
		if err != nil {
			t.Fatal(err)
		}
		if path != "there" && !info.ModTime().Equal(mtime) {
			t.Errorf("%s has the time %v", path, info.ModTime())
		}
	}
	for path, want := range map[string]string{"folder/small": want, "empty": want, "large": want, "begun": want, "there": "", "folder": ""} {
		if got := markOf(t, filepath.Join(in.dir, path)); got != want {
			t.Errorf("%s has the mark %q, want %q", path, got, want)
		}
	}
}

// TestMarksThatAreRefused: files arrive all the same, and the filesystem is asked once.
func TestMarksThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want int
	}{"always": {unix.ENOTSUP, 1}, "this time": {unix.EIO, 3}} {
		t.Run(name, func(t *testing.T) {
			in := newInbox(t)
			asked := 0
			in.marks.set = func(*os.File, string) error { asked++; return c.err }
			d := begin(t, in.Inbox)
			for _, path := range []string{"a", "b", "c"} {
				deliver(t, d, path, "content")
			}
			if asked != c.want {
				t.Errorf("asked %d times, want %d", asked, c.want)
			}
			wantFiles(t, in.dir, "a=content", "b=content", "c=content")
		})
	}
}
