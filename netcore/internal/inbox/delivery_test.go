package inbox

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/netcore/internal/fault"
)

func TestDelivery(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	if err := d.Folder(Entry{Path: "photos"}); err != nil {
		t.Fatal(err)
	}
	if err := d.Folder(Entry{Path: "photos/empty"}); err != nil {
		t.Fatal(err)
	}
	deliver(t, d, "photos/a.jpg", "AAA")
	deliver(t, d, "photos/2024/not listed/b.jpg", "B")
	deliver(t, d, "none", "")
	wantFiles(t, in.dir, "photos/", "photos/empty/", "photos/a.jpg=AAA", "photos/2024/", "photos/2024/not listed/", "photos/2024/not listed/b.jpg=B", "none=")
	wantRenames(t, d)
	if got, want := d.Results().Paths, []string{filepath.Join(in.dir, "photos"), filepath.Join(in.dir, "none")}; !slices.Equal(got, want) {
		t.Errorf("paths: %q, want %q", got, want)
	}
	if left := partials(t, in.dir); len(left) != 0 {
		t.Errorf("partials are left: %q", left)
	}
}

func TestNothingIsThereBeforeCommit(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	finish(t, d, "a", "aaa")
	start(t, d, "b", "bbb", 3)
	wantFiles(t, in.dir)
	commit(t, d)
	wantFiles(t, in.dir, "a=aaa")
}

func TestTheStagingFolderGoesWhenItIsEmpty(t *testing.T) {
	in := newInbox(t)
	dir := in.dir
	one, two := begin(t, in.Inbox), in.Begin("another peer")
	deliver(t, one, "a", "aaa")
	p := start(t, two, "b", "bbb", 2)
	if err := errors.Join(one.Close(), p.Keep(), two.Close()); err != nil {
		t.Fatal(err)
	}
	again := reopen(t, dir)
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if got := partials(t, dir); len(got) != 1 {
		t.Errorf("partials: %q, want that of b", got)
	}
	last := reopen(t, dir)
	d := last.Begin("another peer")
	deliver(t, d, "b", "bbb")
	if err := errors.Join(d.Close(), last.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(dir, StagingName)); !os.IsNotExist(err) {
		t.Errorf("the staging folder is still there: %v", err)
	}
	wantFiles(t, dir, "a=aaa", "b=bbb")
}

func TestTimeAndPermissions(t *testing.T) {
	in := newInbox(t)
	times := map[string]time.Time{
		"usual": mtime, "zero": {}, "1970": time.Unix(0, 0), "1969": time.Unix(-86400, 5), "1901": time.Date(1901, 12, 14, 0, 0, 0, 0, time.UTC),
		"1500": time.Date(1500, 1, 1, 0, 0, 0, 0, time.UTC), "2200": time.Date(2200, 1, 1, 0, 0, 0, 7, time.UTC),
		"9999": time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), "beyond": time.Unix(1<<62, 0), "before": time.Unix(-1<<62, 0),
	}
	d := begin(t, in.Inbox)
	for name, mtime := range times {
		p, err := d.Create(Entry{Path: name, ModTime: mtime, Exec: name == "usual"}, 0)
		if err != nil {
			t.Fatal(name, err)
		}
		if err := p.Finish(); err != nil {
			t.Fatal(name, err)
		}
	}
	commit(t, d)
	wantRenames(t, d)
	for _, name := range []string{"usual", "1970", "1969", "2200"} {
		info, err := os.Stat(filepath.Join(in.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if !info.ModTime().Equal(times[name]) {
			t.Errorf("%s: %v, want %v", name, info.ModTime(), times[name])
		}
	}
	if got := len(files(t, in.dir)); got != len(times) {
		t.Errorf("%d files, want %d", got, len(times))
	}
}

func TestPartialTakesNoMoreThanWasOffered(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	p := start(t, d, "a", "aaaa", 3)
	if err := p.Finish(); err == nil {
		t.Error("a file that is not whole was finished")
	}
	if n, err := p.Write([]byte("aa")); n != 0 || !errors.Is(err, fault.Protocol) {
		t.Errorf("Write beyond the end: %d, %v", n, err)
	}
	if _, err := p.Write([]byte("a")); err != nil {
		t.Fatal(err)
	}
	if err := p.Finish(); err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func() error{
		"Finish": p.Finish, "Keep": p.Keep, "Discard": p.Discard,
		"Write": func() error { _, err := p.Write(nil); return err },
	} {
		if err := call(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("%s after Finish: %v", name, err)
		}
	}
	for _, c := range []struct{ size, offset int64 }{{-1, 0}, {4, -1}, {4, 5}} {
		if _, err := d.Create(Entry{Path: "x", Size: c.size}, c.offset); err == nil {
			t.Errorf("Create with size %d at %d", c.size, c.offset)
		}
	}
	commit(t, d)
	wantFiles(t, in.dir, "a=aaaa")
}

func TestDiscardLeavesNothing(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	if err := start(t, d, "a", "aaaa", 3).Discard(); err != nil {
		t.Fatal(err)
	}
	if err := start(t, d, "a", "aaaa", 0).Keep(); err != nil {
		t.Fatal(err)
	}
	if got := partials(t, in.dir); len(got) != 0 {
		t.Errorf("partials: %q", got)
	}
}

func TestResumeAfterKeep(t *testing.T) {
	in := newInbox(t)
	first := begin(t, in.Inbox)
	if err := start(t, first, "d/a", "0123456789", 6).Keep(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ what, sender, path, content string }{
		{"another peer", "x", "d/a", "0123456789"},
		{"another path", sender, "d/b", "0123456789"},
		{"another size", sender, "d/a", "01234567890"},
	} {
		d := in.Begin(c.sender)
		if f, where, _, err := d.Lookup(entry(c.path, c.content)); f != nil || where != None || err != nil {
			t.Errorf("%s found it: %v, %v", c.what, where, err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	second := begin(t, in.Inbox)
	e := entry("d/a", "0123456789")
	f, where, length, err := second.Lookup(e)
	if err != nil || where != Found || length != 6 {
		t.Fatalf("Lookup: %v, %d, %v", where, length, err)
	}
	if have, err := io.ReadAll(f); string(have) != "012345" || err != nil {
		t.Fatalf("%q, %v", have, err)
	}
	if _, err := f.Write([]byte("x")); err == nil {
		t.Error("what Lookup returns can be written to")
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	p, err := second.Create(e, 4) // the sender said that only 4 of the 6 match
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Write([]byte("456789")); err != nil {
		t.Fatal(err)
	}
	if err := p.Finish(); err != nil {
		t.Fatal(err)
	}
	commit(t, second)
	wantFiles(t, in.dir, "d/", "d/a=0123456789")
	if got := partials(t, in.dir); len(got) != 0 {
		t.Errorf("partials: %q", got)
	}
}

// What comes while a delivery is open is found by it, though it found nothing at first.
func TestLookupAfterALookup(t *testing.T) {
	in := newInbox(t)
	d, other := begin(t, in.Inbox), begin(t, in.Inbox)
	if err := d.Folder(Entry{Path: "d"}); err != nil {
		t.Fatal(err)
	}
	lookup := func(want Where) {
		t.Helper()
		f, where, _, err := d.Lookup(entry("d/a", "0123456789"))
		if where != want || err != nil {
			t.Fatalf("%v, %v, want %v", where, err, want)
		}
		if f != nil {
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	lookup(None)
	if err := start(t, other, "d/a", "0123456789", 4).Keep(); err != nil {
		t.Fatal(err)
	}
	lookup(Found)
	deliver(t, d, "d/a", "0123456789")
	lookup(Final)
}

func TestCreateWithoutTheBytesItShouldGoOnFrom(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	if p, err := d.Create(entry("a", "0123456789"), 5); p != nil || !errors.Is(err, fault.Unwritten) {
		t.Errorf("%v, %v", p, err)
	}
	// And the attempt holds nothing.
	deliver(t, d, "a", "0123456789")
	wantFiles(t, in.dir, "a=0123456789")
}

func TestUseLeavesTheFileAlone(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	if err := start(t, d, "d/a", "same", 2).Keep(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(in.dir, "d", "a"), "same")
	if err := os.Chtimes(filepath.Join(in.dir, "d", "a"), mtime, mtime); err != nil {
		t.Fatal(err)
	}
	before := tree(t, filepath.Join(in.dir, "d"), "")
	deliver(t, d, "d/a", "same")
	if after := tree(t, filepath.Join(in.dir, "d"), ""); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	if got := d.Results().Paths; !slices.Equal(got, []string{filepath.Join(in.dir, "d")}) {
		t.Errorf("paths: %q", got)
	}
	if got := partials(t, in.dir); len(got) != 0 {
		t.Errorf("the partial of a file that is there is left: %q", got)
	}
}

func TestLookupPrefersWhatIsLikelyToMatch(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	if err := start(t, d, "a", "0123", 2).Keep(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(in.dir, "a")
	write(t, path, "wxyz")
	lookup := func() Where {
		f, where, _, err := d.Lookup(entry("a", "0123"))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		return where
	}
	if got := lookup(); got != Found {
		t.Errorf("a file of another time: %v, want the partial", got)
	}
	if err := os.Chtimes(path, mtime, mtime); err != nil {
		t.Fatal(err)
	}
	if got := lookup(); got != Final {
		t.Errorf("a file of the same time: %v, want it", got)
	}
}

func TestKillAndResume(t *testing.T) {
	in := newInbox(t)
	// What a killed process leaves: no Keep, no Commit, no Close. Its locks go
	// with its open files.
	killed := in.Begin(sender)
	in.small = 20 // for "done"
	named(in.Inbox)
	half := strings.Repeat("0123456789", 7)
	finish(t, killed, "done", "whole content")
	start(t, killed, "half", half, 37)
	quiet(killed)
	for p := range killed.writing {
		p.file.Close()
	}
	for _, p := range killed.pipe.pending {
		p.file.Close()
	}
	wantFiles(t, in.dir)

	again := reopen(t, in.dir)
	d := begin(t, again)
	for path, c := range map[string]struct {
		content string
		have    int64
	}{"done": {"whole content", 13}, "half": {half, 37}} {
		f, where, length, err := d.Lookup(entry(path, c.content))
		if err != nil || where != Found || length != c.have {
			t.Fatalf("%s: %v, %d, %v", path, where, length, err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		deliver(t, d, path, c.content)
	}
	wantFiles(t, in.dir, "done=whole content", "half="+half)
	wantRenames(t, d)
}

func TestCloseKeepsWhatIsNotCommitted(t *testing.T) {
	in := newInbox(t)
	d := in.Begin(sender)
	finish(t, d, "done", "whole")
	start(t, d, "half", "0123456789", 7)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, in.dir)
	if got := partials(t, in.dir); len(got) != 2 {
		t.Fatalf("partials: %q", got)
	}
	again := begin(t, in.Inbox)
	if f, where, length, _ := again.Lookup(entry("done", "whole")); where != Found || length != 5 {
		t.Errorf("%v, %d", where, length)
	} else if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func TestOldPartialsAreSwept(t *testing.T) {
	in := newInbox(t)
	in.small = -1
	d := in.Begin(sender)
	if err := start(t, d, "old", "0123456789", 5).Keep(); err != nil {
		t.Fatal(err)
	}
	busy := start(t, d, "busy", "0123456789", 5)
	alien := filepath.Join(in.dir, StagingName, "holiday.jpg")
	write(t, alien, "not Ferry's")
	sweep := func(days int) []string {
		t.Helper()
		other, err := open(in.dir, time.Now().AddDate(0, 0, days))
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		return partials(t, in.dir)
	}
	if got := sweep(29); len(got) != 3 {
		t.Errorf("after 29 days: %q, want all three", got)
	}
	if got := sweep(31); !slices.Equal(got, []string{busy.name, "holiday.jpg"}) && !slices.Equal(got, []string{"holiday.jpg", busy.name}) {
		t.Errorf("after 31 days: %q, want what is in use, and what is not Ferry's", got)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFreeSpace(t *testing.T) {
	in := newInbox(t)
	free, there := in.Free(), FreeSpace(filepath.Join(in.dir, "not", "there", "yet"))
	if free <= 0 || there <= 0 {
		t.Errorf("free: %d, and %d for a folder that is not there yet", free, there)
	}
}

func TestOpenMakesTheInbox(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	in := reopen(t, dir)
	if !filepath.IsAbs(in.Dir()) || !strings.HasSuffix(in.Dir(), filepath.Join("a", "b")) {
		t.Errorf("Dir: %q", in.Dir())
	}
	wantFiles(t, dir)
	write(t, filepath.Join(dir, "file"), "x")
	if _, err := Open(filepath.Join(dir, "file")); !errors.Is(err, fault.Unwritten) {
		t.Errorf("Open of a file: %v", err)
	}
}

func TestOpenMakesTheFoldersAbove(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	in := reopen(t, dir)
	deliver(t, begin(t, in), "a", "a")
	wantFiles(t, dir, "a=a")
}
