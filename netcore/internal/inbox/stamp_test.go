package inbox

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Whatever the person does to a file between two Lookups shows, even if size and
// time are what they were.
func TestStamp(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"nothing": nil,
		"content": func(path string) error {
			return errors.Join(os.WriteFile(path, []byte("CONTENT"), 0o666), os.Chtimes(path, mtime, mtime))
		},
		"another file": func(path string) error {
			return errors.Join(os.WriteFile(path+"~", []byte("CONTENT"), 0o666), os.Chtimes(path+"~", mtime, mtime), os.Rename(path+"~", path))
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := newInbox(t)
			path := filepath.Join(in.dir, "file")
			write(t, path, "content")
			if err := os.Chtimes(path, mtime, mtime); err != nil {
				t.Fatal(err)
			}
			d := begin(t, in.Inbox)
			before := stampOf(t, d)
			if change == nil {
				if now := stampOf(t, d); now != before || now == 0 {
					t.Errorf("%x, before it was %x", now, before)
				}
				return
			}
			made := changedAt(t, path)
			probe := filepath.Join(in.dir, "probe")
			waitFor(t, func() bool { write(t, probe, ""); return changedAt(t, probe) > made }) // its clock is coarse
			if err := change(path); err != nil {
				t.Fatal(err)
			}
			if now := stampOf(t, d); now == before {
				t.Error("it is the same")
			}
		})
	}
}

func changedAt(t *testing.T, path string) int64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() // nothing was written to it
	at, err := changeTime(f)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func stampOf(t *testing.T, d *Delivery) uint64 {
	t.Helper()
	f, where, _, err := d.Lookup(entry("file", "content"))
	if err != nil || where != Final {
		t.Fatal(where, err)
	}
	defer f.Close() // nothing was written to it
	return d.Stamp(f)
}
