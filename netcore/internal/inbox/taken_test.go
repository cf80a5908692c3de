package inbox

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"ferry/netcore/internal/fault"
)

func TestTakenNames(t *testing.T) {
	in := newInbox(t)
	write(t, filepath.Join(in.dir, "report.pdf"), "mine!")
	write(t, filepath.Join(in.dir, "report (1).pdf"), "this too")
	write(t, filepath.Join(in.dir, "a folder.txt", "x"), "x")
	d := begin(t, in.Inbox)
	deliver(t, d, "report.pdf", "yours") // of the same size
	deliver(t, d, "a folder.txt", "file")
	deliver(t, d, "Makefile", "one")
	deliver(t, d, "Makefile", "two")
	wantFiles(t, in.dir,
		"report.pdf=mine!", "report (1).pdf=this too", "report (2).pdf=yours",
		"a folder.txt/", "a folder.txt/x=x", "a folder (1).txt=file",
		"Makefile=one", "Makefile (1)=two")
	wantRenames(t, d, Rename{Path: "report.pdf", Local: "report (2).pdf"}, Rename{Path: "a folder.txt", Local: "a folder (1).txt"}, Rename{Path: "Makefile", Local: "Makefile (1)"})
	want := []string{filepath.Join(in.dir, "report (2).pdf"), filepath.Join(in.dir, "a folder (1).txt"), filepath.Join(in.dir, "Makefile")}
	if got := d.Results().Paths; !slices.Equal(got, want) {
		t.Errorf("paths: %q, want %q", got, want)
	}
}

func TestNumbersEnd(t *testing.T) {
	in := newInbox(t)
	write(t, filepath.Join(in.dir, "x"), "")
	for n := 1; n <= maxNumber; n++ {
		write(t, filepath.Join(in.dir, fmt.Sprintf("x (%d)", n)), "")
	}
	d := begin(t, in.Inbox)
	finish(t, d, "x", "new")
	commit(t, d)
	r := d.Results()
	if r.FailureCount != 1 || len(r.Failures) != 1 || r.Failures[0].Path != "x" || !errors.Is(r.Failures[0].Err, fault.BadName) || len(r.Paths) != 0 {
		t.Errorf("%+v", r)
	}
	if err := d.Folder(Entry{Path: "x/sub"}); !errors.Is(err, fault.BadName) {
		t.Errorf("Folder: %v", err)
	}
	if got := partials(t, in.dir); len(got) != 1 {
		t.Errorf("partials: %q, want what could not be placed", got)
	}
}

func TestNamesThatDifferInCaseOrForm(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	names := []string{"readme", "README", "ReadMe", "n\u0303", "\u00f1"}
	for i, name := range names {
		deliver(t, d, name, strings.Repeat("x", i+1))
	}
	// Whether they are one name depends on the filesystem; that none is lost
	// does not.
	sizes := make(map[int64]bool)
	entries, err := os.ReadDir(in.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			sizes[info.Size()] = true
		}
	}
	if len(sizes) != len(names) {
		t.Errorf("%d of %d files are there", len(sizes), len(names))
	}
}

func TestAFolderWhoseNameIsTaken(t *testing.T) {
	in := newInbox(t)
	write(t, filepath.Join(in.dir, "photos"), "a file")
	d := begin(t, in.Inbox)
	if err := d.Folder(Entry{Path: "photos"}); err != nil {
		t.Fatal(err)
	}
	deliver(t, d, "photos/a.jpg", "A")
	// Even when the name becomes free, the rest goes where the first went.
	if err := os.Remove(filepath.Join(in.dir, "photos")); err != nil {
		t.Fatal(err)
	}
	deliver(t, d, "photos/sub/b.jpg", "B")
	wantFiles(t, in.dir, "photos (1)/", "photos (1)/a.jpg=A", "photos (1)/sub/", "photos (1)/sub/b.jpg=B")
	wantRenames(t, d, Rename{Path: "photos", Local: "photos (1)"})
	if got := d.Results().Paths; !slices.Equal(got, []string{filepath.Join(in.dir, "photos (1)")}) {
		t.Errorf("paths: %q", got)
	}
}

func TestARetryGoesToTheSameRenamedFolder(t *testing.T) {
	in := newInbox(t)
	write(t, filepath.Join(in.dir, "photos"), "a file")
	first := begin(t, in.Inbox)
	deliver(t, first, "photos/a.jpg", "A")
	second := begin(t, in.Inbox)
	deliver(t, second, "photos/a.jpg", "A")
	deliver(t, second, "photos/b.jpg", "B")
	wantFiles(t, in.dir, "photos=a file", "photos (1)/", "photos (1)/a.jpg=A", "photos (1)/b.jpg=B")
	wantRenames(t, second, Rename{Path: "photos", Local: "photos (1)"})
}

func TestAFolderUnderAFileOfTheSameOffer(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	deliver(t, d, "x", "file")
	deliver(t, d, "x/y", "inside")
	finish(t, d, "z", "file")
	deliver(t, d, "z/y", "inside") // commits both
	wantFiles(t, in.dir, "x=file", "x (1)/", "x (1)/y=inside", "z (1)=file", "z/", "z/y=inside")
}

func TestFoldersMerge(t *testing.T) {
	in := newInbox(t)
	write(t, filepath.Join(in.dir, "photos", "mine.jpg"), "mine")
	d := begin(t, in.Inbox)
	deliver(t, d, "photos/yours.jpg", "yours")
	wantFiles(t, in.dir, "photos/", "photos/mine.jpg=mine", "photos/yours.jpg=yours")
	wantRenames(t, d)
}

func TestLongNamesAreTold(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	long := strings.Repeat("d", 300)
	deliver(t, d, long+"/"+long+"1.txt", "1")
	deliver(t, d, long+"/"+long+"2.txt", "2")
	r := d.Results()
	if r.RenameCount != 3 || r.Renames[0].Path != long || r.Renames[1].Path != long+"/"+long+"1.txt" {
		t.Errorf("%d renames: %q", r.RenameCount, r.Renames)
	}
	for _, r := range r.Renames {
		if _, err := os.Stat(filepath.Join(in.dir, r.Local)); err != nil {
			t.Errorf("it is not where it is said to be: %v", err)
		}
	}
	// The same again finds them.
	e := entry(long+"/"+long+"2.txt", "2")
	f, where, _, err := d.Lookup(e)
	if where != Final || err != nil {
		t.Fatalf("%v, %v", where, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestResultsAreBounded(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	for i := range maxListed + 5 {
		name := fmt.Sprintf("%04d%s", i, strings.Repeat("n", 300))
		finish(t, d, name, "x")
	}
	commit(t, d)
	r := d.Results()
	if len(r.Paths) != maxListed || len(r.Renames) != maxListed || r.RenameCount != maxListed+5 {
		t.Errorf("%d paths, %d renames of %d", len(r.Paths), len(r.Renames), r.RenameCount)
	}
}

// An earlier attempt was given another name, as was one of another transfer: the
// file that it left is found, and not delivered once more.
func TestNoCopiesOfWhatHasANumber(t *testing.T) {
	in := newInbox(t)
	write(t, filepath.Join(in.dir, "x.txt"), "mine")
	for range 3 {
		deliver(t, begin(t, in.Inbox), "x.txt", "yours, of another size")
		deliver(t, begin(t, in.Inbox), "x.txt", "ours")
	}
	d := begin(t, in.Inbox)
	finish(t, d, "x.txt", "ours") // without Lookup
	commit(t, d)
	wantFiles(t, in.dir, "x.txt=mine", "x (1).txt=yours, of another size", "x (2).txt=ours")
	wantRenames(t, d, Rename{Path: "x.txt", Local: "x (2).txt"})
	if got := partials(t, in.dir); len(got) != 0 {
		t.Errorf("partials: %q", got)
	}
}

func TestLookupPrefersTheNumberedFileOfTheSameTime(t *testing.T) {
	in := newInbox(t)
	paths := []string{"x", "x (1)", "x (2)", "x (4)"} // there is a gap before the last
	for i, name := range paths {
		write(t, filepath.Join(in.dir, name), fmt.Sprintf("size%d", i))
	}
	d := begin(t, in.Inbox)
	lookup := func() string {
		t.Helper()
		f, where, length, err := d.Lookup(entry("x", "size?"))
		if err != nil || where != Final || length != 5 {
			t.Fatalf("%v, %d, %v", where, length, err)
		}
		defer f.Close()
		return filepath.Base(f.Name())
	}
	if got := lookup(); got != "x" {
		t.Errorf("of files of other times: %q", got)
	}
	for _, c := range []struct{ timed, want string }{{"x (4)", "x"}, {"x (2)", "x (2)"}, {"x (1)", "x (1)"}, {"x", "x"}} {
		if err := os.Chtimes(filepath.Join(in.dir, c.timed), mtime, mtime); err != nil {
			t.Fatal(err)
		}
		if got := lookup(); got != c.want {
			t.Errorf("%q has the time: %q, want %q", c.timed, got, c.want)
		}
	}
	if err := os.Remove(filepath.Join(in.dir, "x")); err != nil {
		t.Fatal(err)
	}
	if f, where, _, err := d.Lookup(entry("x", "size?")); f != nil || where != None || err != nil {
		t.Errorf("the name itself is free: %v, %v", where, err)
	}
}

// Two transfers bring the same new files at the same time.
func TestTheSameFilesAtOnce(t *testing.T) {
	in := newInbox(t)
	other := reopen(t, in.dir)
	var want []string
	for i := range 100 {
		want = append(want, fmt.Sprintf("top/%d.txt=%d", i, i))
	}
	var wg sync.WaitGroup
	for _, inbox := range []*Inbox{in.Inbox, in.Inbox, other} {
		d := begin(t, inbox)
		wg.Go(func() {
			for i := range 100 {
				finish(t, d, fmt.Sprintf("top/%d.txt", i), fmt.Sprint(i))
			}
			commit(t, d)
		})
	}
	wg.Wait()
	wantFiles(t, in.dir, append(want, "top/")...)
}

// What is no file is not what the sender has, whatever its size.
func TestLookupFindsFilesOnly(t *testing.T) {
	in := newInbox(t)
	folder, pipe := filepath.Join(in.dir, "folder"), filepath.Join(in.dir, "pipe")
	if err := errors.Join(os.Mkdir(folder, 0o777), mkfifo(pipe), os.Symlink("folder", filepath.Join(in.dir, "link"))); err != nil {
		t.Fatal(err)
	}
	d := begin(t, in.Inbox)
	for _, name := range []string{"folder", "pipe", "link"} {
		info, err := os.Lstat(filepath.Join(in.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		f, where, _, err := d.Lookup(Entry{Path: name, Size: info.Size(), ModTime: info.ModTime()})
		if f != nil || where != None || err != nil {
			t.Errorf("%s: %v, %v", name, where, err)
		}
	}
}
