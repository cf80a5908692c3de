package inbox

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const sender = "aaaabbbbccccddddeeeeffffgggghhhhiiiijjjjkkkkllllmmmm"

var mtime = time.Date(2019, 7, 5, 12, 30, 1, 123456789, time.UTC)

// A guarded is an inbox in a folder that must not change around it.
type guarded struct {
	*Inbox
	outside string // the parent of the inbox
}

// newInbox opens an inbox "inbox" among other things. At the end of the test it
// checks that nothing around it has changed, and closes it.
func newInbox(t testing.TB) guarded {
	t.Helper()
	outside := t.TempDir()
	write(t, filepath.Join(outside, "secret.txt"), "secret")
	write(t, filepath.Join(outside, "other", "deep", "file"), "other")
	dir := filepath.Join(outside, "inbox")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	before := tree(t, outside, "inbox")
	t.Cleanup(func() {
		if after := tree(t, outside, "inbox"); after != before {
			t.Errorf("outside of the inbox, before:\n%s\nafter:\n%s", before, after)
		}
	})
	return guarded{reopen(t, dir), outside}
}

func reopen(t testing.TB, dir string) *Inbox {
	t.Helper()
	in, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
	return in
}

func begin(t testing.TB, in *Inbox) *Delivery {
	t.Helper()
	d := in.Begin(sender)
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// tree describes all that is in dir but for the entry except: names, modes,
// times, link targets, contents.
func tree(t testing.TB, dir, except string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		if rel == except {
			return fs.SkipDir
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%q %v", rel, info.Mode())
		switch {
		case info.Mode().IsRegular():
			fmt.Fprintf(&b, " %v %q", info.ModTime().UnixNano(), read(t, path))
		case info.Mode()&fs.ModeSymlink != 0:
			target, _ := os.Readlink(path)
			fmt.Fprintf(&b, " -> %q", target)
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func entry(path, content string) Entry {
	return Entry{Path: path, Size: int64(len(content)), ModTime: mtime}
}

// start creates a partial of content and writes its first n bytes.
func start(t testing.TB, d *Delivery, path, content string, n int) *Partial {
	t.Helper()
	p, err := d.Create(entry(path, content), 0)
	if err != nil {
		t.Fatalf("%q: %v", path, err)
	}
	if _, err := p.Write([]byte(content[:n])); err != nil {
		t.Fatalf("%q: %v", path, err)
	}
	return p
}

// finish writes a whole file up to Finish.
func finish(t testing.TB, d *Delivery, path, content string) {
	t.Helper()
	if err := start(t, d, path, content, len(content)).Finish(); err != nil {
		t.Fatalf("%q: %v", path, err)
	}
}

// named lets every file have a name in the staging folder, as it is where the system
// knows no other way.
func named(in *Inbox) { in.named.Store(int32(namingNone)) }

// quiet waits until nothing is going on in the background of d.
func quiet(d *Delivery) {
	d.pipe.mu.Lock()
	defer d.pipe.mu.Unlock()
	for d.pipe.writers > 0 || d.pipe.committing {
		d.pipe.changed.Wait()
	}
}

// deliver is what the engine does with a file: use what is there, go on with
// what has begun, and write the rest. It commits.
func deliver(t testing.TB, d *Delivery, path, content string) {
	t.Helper()
	e := entry(path, content)
	f, where, length, err := d.Lookup(e)
	if err != nil {
		t.Fatal(err)
	}
	if where != None {
		have, err := io.ReadAll(f)
		if err != nil || int64(len(have)) != length {
			t.Fatalf("%q: Lookup says %d bytes, and there are %d, %v", path, length, len(have), err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if where == Final && bytes.Equal(have, []byte(content)) {
			d.Use(e)
			return
		}
		if where == Final || !strings.HasPrefix(content, string(have)) {
			length = 0
		}
	}
	p, err := d.Create(e, length)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write([]byte(content[length:])); err != nil {
		t.Fatal(err)
	}
	if err := p.Finish(); err != nil {
		t.Fatal(err)
	}
	commit(t, d)
}

func commit(t testing.TB, d *Delivery) {
	t.Helper()
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
}

// files returns what is in the inbox: "path=content", "path/" for a folder, and
// nothing of the staging folder.
func files(t testing.TB, dir string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		rel = filepath.ToSlash(rel)
		switch {
		case rel == ".":
		case rel == StagingName && e.IsDir():
			return fs.SkipDir
		case e.IsDir():
			list = append(list, rel+"/")
		case e.Type().IsRegular():
			list = append(list, rel+"="+read(t, path))
		default:
			list = append(list, rel+"@")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func wantFiles(t testing.TB, dir string, want ...string) {
	t.Helper()
	got := files(t, dir)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("in the inbox:\n%q\nwant:\n%q", got, want)
	}
}

func partials(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, StagingName))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !isJournalName(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}

func wantRenames(t testing.TB, d *Delivery, want ...Rename) {
	t.Helper()
	r := d.Results()
	if !slices.Equal(r.Renames, want) || r.RenameCount != len(want) {
		t.Errorf("renames: %q (%d), want %q", r.Renames, r.RenameCount, want)
	}
	if r.FailureCount != 0 {
		t.Errorf("failures: %v", r.Failures)
	}
}
