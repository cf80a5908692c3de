package inbox

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// withEachNaming runs test with an inbox for each way to give a file a name.
func withEachNaming(t *testing.T, test func(t *testing.T, in guarded)) {
	for name, n := range map[string]naming{"by file": namingByFile, "by proc": namingByProc} {
		t.Run(name, func(t *testing.T) {
			in := newInbox(t)
			if in.naming() == namingByProc && n == namingByFile {
				return // this kernel lets only root do that
			}
			in.named.Store(int32(n))
			test(t, in)
		})
	}
}

func TestATinyFileHasNoNameBeforeItsFinalOne(t *testing.T) {
	withEachNaming(t, func(t *testing.T, in guarded) {
		d := transfer(t, in.Inbox)
		write(t, filepath.Join(in.dir, "taken"), "mine")
		write(t, filepath.Join(in.dir, "same"), "yours")
		paths := []string{"taken", "same", "new", "folder/new"}
		for _, path := range paths {
			finish(t, d, path, "yours")
		}
		quiet(d)
		wantFiles(t, in.dir, "folder/", "taken=mine", "same=yours")
		if got := partials(t, in.dir); len(got) != 0 {
			t.Errorf("partials: %q", got)
		}
		commit(t, d)
		wantFiles(t, in.dir, "folder/", "folder/new=yours", "new=yours", "same=yours", "taken (1)=yours", "taken=mine")
		for _, path := range []string{"taken (1)", "new"} {
			info, err := os.Stat(filepath.Join(in.dir, path))
			if err != nil || !info.ModTime().Equal(mtime) || info.Mode().Perm()&0o700 != 0o600 {
				t.Errorf("%s: %v, %v", path, info, err)
			}
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		undoing(t, in.Inbox, false)
		wantFiles(t, in.dir, "taken=mine", "same=yours")
	})
}

// An attempt that ends leaves what it has finished for the next one.
func TestNamelessFilesBecomePartials(t *testing.T) {
	withEachNaming(t, func(t *testing.T, in guarded) {
		bring(t, in.Inbox, func(d *Delivery) {
			finish(t, d, "a", "content of a")
			finish(t, d, "empty", "")
		})
		wantFiles(t, in.dir)
		if got := partials(t, in.dir); len(got) != 1 {
			t.Errorf("partials: %q, want that of a", got)
		}
		bring(t, in.Inbox, func(d *Delivery) {
			f, where, length, err := d.Lookup(entry("a", "content of a"))
			if err != nil || where != Found || length != int64(len("content of a")) {
				t.Fatalf("%v, %d, %v", where, length, err)
			}
			f.Close()
			// Its beginning is wrong, says the sender.
			finish(t, d, "a", "content of A")
			commit(t, d)
		})
		wantFiles(t, in.dir, "a=content of A")
		if got := partials(t, in.dir); len(got) != 0 {
			t.Errorf("partials: %q", got)
		}
	})
}

// What is killed without names must not be much: they get them before it is.
func TestFewFilesAreNameless(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	content := strings.Repeat("0123456789abcdef", namelessSize/16)
	const count = maxNameless/namelessSize + 10
	for i := range count {
		finish(t, d, fmt.Sprint(i), content)
	}
	quiet(d)
	if d.pipe.nameless > maxNameless {
		t.Errorf("%d bytes are without a name", d.pipe.nameless)
	}
	if got := len(files(t, in.dir)); got < count/2 {
		t.Errorf("%d of %d files are there", got, count)
	}
	commit(t, d)
	if got := files(t, in.dir); len(got) != count || !slices.Contains(got, "7="+content) {
		t.Errorf("%d files are there in the end, want %d", len(got), count)
	}
}
