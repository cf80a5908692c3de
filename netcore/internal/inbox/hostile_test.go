package inbox

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/netcore/internal/fault"
)

func symlink(t testing.TB, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

// A peer that knows of links in the inbox gets nothing through them. newInbox
// checks that nothing outside changes.
func TestSymlinksAreNotFollowed(t *testing.T) {
	in := newInbox(t)
	dir := in.dir
	write(t, filepath.Join(dir, "real", "mine"), "mine")
	symlink(t, "../other", filepath.Join(dir, "out"))
	symlink(t, filepath.Join(in.outside, "other"), filepath.Join(dir, "abs"))
	symlink(t, "real", filepath.Join(dir, "in"))
	symlink(t, "../other/nothing", filepath.Join(dir, "dangling"))
	symlink(t, "../secret.txt", filepath.Join(dir, "secret"))
	symlink(t, "../../other/deep", filepath.Join(dir, "real", "deep"))
	symlink(t, "loop", filepath.Join(dir, "loop"))
	d := begin(t, in.Inbox)
	for _, folder := range []string{"out", "abs", "in", "dangling", "secret", "loop", "real/deep"} {
		deliver(t, d, folder+"/new", "xx")
		deliver(t, d, folder+"/file", "xxxxx")
		if got := read(t, filepath.Join(dir, folder+" (1)", "new")); got != "xx" {
			t.Errorf("%s: %q", folder, got)
		}
	}
	d2 := begin(t, in.Inbox)
	for _, file := range []string{"out", "abs", "in", "dangling", "secret", "loop", "real/deep"} {
		deliver(t, d2, file, "secret") // the size and the content of what "secret" points to
		if got := read(t, filepath.Join(dir, file+" (2)")); got != "secret" {
			t.Errorf("%s: %q", file, got)
		}
	}
	if got := read(t, filepath.Join(dir, "real", "mine")); got != "mine" {
		t.Errorf("real/mine: %q", got)
	}
}

func TestHardLinkedFilesStayAsTheyAre(t *testing.T) {
	in := newInbox(t)
	if err := os.Link(filepath.Join(in.outside, "secret.txt"), filepath.Join(in.dir, "secret")); err != nil {
		t.Fatal(err)
	}
	d := begin(t, in.Inbox)
	deliver(t, d, "secret", "xxxxxx")
	deliver(t, d, "secret", "yy")
	wantFiles(t, in.dir, "secret=secret", "secret (1)=xxxxxx", "secret (2)=yy")
}

// plant puts something into the staging folder under the name that the partial
// of the file would get.
func plant(t *testing.T, in guarded, path, content string, how func(name string) error) {
	t.Helper()
	staging := filepath.Join(in.dir, StagingName)
	if err := os.MkdirAll(staging, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := how(filepath.Join(staging, partialKey(sender, entry(path, content)))); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsPlantedInTheStagingFolder(t *testing.T) {
	for name, how := range map[string]func(in guarded, name string) error{
		"link out":        func(in guarded, name string) error { return os.Symlink("../../secret.txt", name) },
		"absolute link":   func(in guarded, name string) error { return os.Symlink(filepath.Join(in.outside, "secret.txt"), name) },
		"dangling link":   func(in guarded, name string) error { return os.Symlink("../../new", name) },
		"link within":     func(in guarded, name string) error { return os.Symlink("something", name) },
		"link into inbox": func(in guarded, name string) error { return os.Symlink("../mine", name) },
		"hard link":       func(in guarded, name string) error { return os.Link(filepath.Join(in.outside, "secret.txt"), name) },
		"hard link to a file of the inbox": func(in guarded, name string) error {
			return os.Link(filepath.Join(in.dir, "mine"), name)
		},
		"folder": func(in guarded, name string) error { return os.Mkdir(name, 0o700) },
		"pipe":   func(in guarded, name string) error { return mkfifo(name) },
	} {
		t.Run(name, func(t *testing.T) {
			in := newInbox(t)
			write(t, filepath.Join(in.dir, "mine"), "mine")
			plant(t, in, "a", "secret!", func(name string) error { return how(in, name) })
			d := begin(t, in.Inbox)
			deliver(t, d, "a", "secret!")
			wantFiles(t, in.dir, "mine=mine", "a=secret!")
			wantRenames(t, d)
		})
	}
}

// An empty partial is one that somebody has just made, and not locked yet.
func TestAnEmptyPartialIsNotTakenOver(t *testing.T) {
	in := newInbox(t)
	plant(t, in, "a", "content", func(name string) error { return os.WriteFile(name, nil, 0o600) })
	deliver(t, begin(t, in.Inbox), "a", "content")
	wantFiles(t, in.dir, "a=content")
	if got := partials(t, in.dir); len(got) != 1 {
		t.Errorf("partials: %q, want the empty one", got)
	}
}

func TestStagingFolderThatIsNone(t *testing.T) {
	for name, how := range map[string]func(in guarded, path string) error{
		"link out":      func(in guarded, path string) error { return os.Symlink("../other", path) },
		"link within":   func(in guarded, path string) error { return os.Symlink("mine", path) },
		"dangling link": func(in guarded, path string) error { return os.Symlink("../new", path) },
		"file":          func(in guarded, path string) error { return os.WriteFile(path, []byte("x"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			in := newInbox(t)
			write(t, filepath.Join(in.dir, "mine", "x"), "x")
			if err := how(in, filepath.Join(in.dir, StagingName)); err != nil {
				t.Fatal(err)
			}
			before := tree(t, in.dir, "")
			again := reopen(t, in.dir)
			d := again.Begin(sender)
			if _, err := d.Create(entry("a", "a"), 0); !errors.Is(err, fault.Unwritten) {
				t.Errorf("Create: %v", err)
			}
			if err := d.Folder(Entry{Path: "f"}); !errors.Is(err, fault.Unwritten) {
				t.Errorf("Folder: %v", err)
			}
			if f, where, _, err := d.Lookup(entry("a", "a")); f != nil || where != None || err != nil {
				t.Errorf("Lookup: %v, %v", where, err)
			}
			if err := errors.Join(d.Close(), again.Close()); err != nil {
				t.Fatal(err)
			}
			if after := tree(t, in.dir, ""); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
		})
	}
}

func TestPeerCannotReachTheStagingFolder(t *testing.T) {
	in := newInbox(t)
	victim := in.Begin("another peer")
	if err := start(t, victim, "v", "0123456789", 5).Keep(); err != nil {
		t.Fatal(err)
	}
	if err := victim.Close(); err != nil {
		t.Fatal(err)
	}
	name := partials(t, in.dir)[0]
	d := begin(t, in.Inbox)
	if f, where, _, _ := d.Lookup(entry(StagingName+"/"+name, "01234")); f != nil {
		t.Errorf("Lookup shows a peer another's partial: %v", where)
	}
	deliver(t, d, StagingName+"/"+name, "xxxxx")
	deliver(t, d, StagingName, "a file")
	if err := d.Folder(Entry{Path: StagingName + "/sub"}); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, in.dir, StagingName+" (1)/", StagingName+" (1)/sub/", StagingName+" (1)/"+name+"=xxxxx", StagingName+" (2)=a file")
	if got := read(t, filepath.Join(in.dir, StagingName, name)); got != "01234" {
		t.Errorf("the partial is now %q", got)
	}
}

func TestPeerCannotBeFirstToMakeTheStagingFolder(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	deliver(t, d, StagingName+"/x", "x")
	wantFiles(t, in.dir, StagingName+" (1)/", StagingName+" (1)/x=x")
	wantRenames(t, d, Rename{Path: StagingName, Local: StagingName + " (1)"})
}

// The rules of Windows, on the inbox of this system.
func TestNamesOfWindowsOnDisk(t *testing.T) {
	in := newInbox(t)
	in.names = windowsNames
	d := begin(t, in.Inbox)
	deliver(t, d, `C:\x`, "1")
	deliver(t, d, "CON", "2")
	deliver(t, d, "nul/aux.txt", "3")
	deliver(t, d, StagingName+" /x", "4")
	deliver(t, d, `..\..\secret.txt`, "5")
	deliver(t, d, "a:b", "6")
	deliver(t, d, "a?b", "7")
	wantFiles(t, in.dir, "C__x=1", "_CON=2", "_nul/", "_nul/_aux.txt=3", StagingName+"_/", StagingName+"_/x=4",
		".._.._secret.txt=5", "a_b=6", "a_b (1)=7")
}

// Names that are dangerous elsewhere are but names here.
func TestOddNamesOfUnix(t *testing.T) {
	in := newInbox(t)
	in.names = unixNames(255)
	d := begin(t, in.Inbox)
	for _, name := range []string{`C:\x`, "CON", "...", "-rf", "a\nb", "a\x1b[2Jb", "x ", "~", "$HOME", "\ufeff", strings.Repeat("n", 255)} {
		deliver(t, d, name, name)
		if got := read(t, filepath.Join(in.dir, name)); got != name {
			t.Errorf("%q: %q", name, got)
		}
	}
	wantRenames(t, d)
}

func TestAFolderThatIsMovedAwayIsNotWrittenTo(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	deliver(t, d, "photos/a", "a")
	finish(t, d, "photos/b", "b")
	away := t.TempDir()
	if err := os.Rename(filepath.Join(in.dir, "photos"), filepath.Join(away, "photos")); err != nil {
		t.Fatal(err)
	}
	commit(t, d)
	wantFiles(t, in.dir, "photos/", "photos/b=b")
	wantFiles(t, away, "photos/", "photos/a=a")
}

func TestAFolderThatBecameALinkIsNotFollowed(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	deliver(t, d, "photos/a", "a")
	finish(t, d, "photos/b", "b")
	if err := os.RemoveAll(filepath.Join(in.dir, "photos")); err != nil {
		t.Fatal(err)
	}
	symlink(t, "../other", filepath.Join(in.dir, "photos"))
	commit(t, d)
	deliver(t, d, "photos/c", "c")
	wantFiles(t, in.dir, "photos@", "photos (1)/", "photos (1)/b=b", "photos (1)/c=c")
}

func TestStagedFilesThatSomebodyRemoved(t *testing.T) {
	in := newInbox(t)
	named(in.Inbox)
	d := begin(t, in.Inbox)
	finish(t, d, "a", "a")
	quiet(d)
	if err := os.RemoveAll(filepath.Join(in.dir, StagingName)); err != nil {
		t.Fatal(err)
	}
	commit(t, d)
	if r := d.Results(); r.FailureCount != 1 || !errors.Is(r.Failures[0].Err, fault.Unwritten) {
		t.Errorf("%+v", r)
	}
	deliver(t, d, "b", "b") // the folder is made again
	wantFiles(t, in.dir, "b=b")
}
