//go:build linux || darwin || freebsd

package inbox

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func mkfifo(name string) error { return unix.Mkfifo(name, 0o600) }

// The permissions are those that a program would give a new file, also when the
// sender has changed his mind since the first attempt.
func TestPermissions(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	for name, exec := range map[string][2]bool{
		"plain": {false, false}, "program": {true, true}, "became one": {false, true}, "was one": {true, false},
	} {
		e := entry(name, "0123456789")
		e.Exec = exec[0]
		p, err := d.Create(e, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write([]byte("01234")); err != nil {
			t.Fatal(err)
		}
		if err := p.Keep(); err != nil {
			t.Fatal(err)
		}
		f, where, length, err := d.Lookup(e)
		if where != Found || err != nil {
			t.Fatalf("%s: %v, %v", name, where, err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		e.Exec = exec[1]
		if p, err = d.Create(e, length); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write([]byte("56789")); err != nil {
			t.Fatal(err)
		}
		if err := p.Finish(); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, d)
	like := t.TempDir()
	for name, perm := range map[string]os.FileMode{"plain": 0o644, "program": 0o755, "became one": 0o755, "was one": 0o644} {
		model := filepath.Join(like, name)
		if err := os.WriteFile(model, nil, perm); err != nil {
			t.Fatal(err)
		}
		want, err := os.Stat(model)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.Stat(filepath.Join(in.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got.Mode() != want.Mode() {
			t.Errorf("%s: %v, want %v", name, got.Mode(), want.Mode())
		}
		if !got.ModTime().Equal(mtime) {
			t.Errorf("%s: %v, want %v", name, got.ModTime(), mtime)
		}
	}
}

// onDisk returns how much space the file takes.
func onDisk(t testing.TB, path string) int64 {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		t.Fatal(err)
	}
	return st.Blocks * 512
}
