package inbox

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// oddTimes are such that a usual filesystem has, to the nanosecond.
var oddTimes = []time.Time{
	mtime, time.Unix(0, 1), time.Date(1979, 12, 31, 23, 59, 59, 999999999, time.UTC), time.Date(1903, 5, 1, 0, 0, 0, 123456789, time.UTC),
	time.Date(2400, 1, 1, 0, 0, 0, 7, time.UTC),
}

func modTime(t testing.TB, path string) time.Time {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime()
}

func TestTimesOfFoldersFilesAndLinks(t *testing.T) {
	in := newInbox(t)
	write(t, filepath.Join(in.dir, "there", "mine"), "mine")
	old := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(in.dir, "there"), old, old); err != nil {
		t.Fatal(err)
	}
	d := begin(t, in.Inbox)
	folder := func(path string, mtime time.Time) {
		t.Helper()
		if err := d.Folder(Entry{Path: path, ModTime: mtime}); err != nil {
			t.Fatal(err)
		}
	}
	folder("there", mtime)
	folder("top", mtime)
	folder("untimed", time.Time{})
	for i, when := range oddTimes {
		sub := fmt.Sprintf("top/%d", i)
		folder(sub, when)
		p, err := d.Create(Entry{Path: sub + "/file", ModTime: when}, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Finish(); err != nil {
			t.Fatal(err)
		}
		if err := d.Link(Entry{Path: sub + "/link", Target: "file", ModTime: when}); err != nil {
			t.Fatal(err)
		}
		finish(t, d, sub+"/not listed/x", "x")
	}
	commit(t, d)
	wantRenames(t, d)
	for i, when := range oddTimes {
		for _, name := range []string{"", "file", "link"} {
			path := filepath.Join(in.dir, "top", fmt.Sprint(i), name)
			if got := modTime(t, path); !got.Equal(when) {
				t.Errorf("%s: %v, want %v", path, got, when)
			}
		}
	}
	if got := modTime(t, filepath.Join(in.dir, "top")); !got.Equal(mtime) {
		t.Errorf("top: %v", got)
	}
	if got := modTime(t, filepath.Join(in.dir, "there")); !got.Equal(old) {
		t.Errorf("a folder that was there before: %v, want %v", got, old)
	}
	if got := modTime(t, filepath.Join(in.dir, "untimed")); time.Since(got) > time.Hour {
		t.Errorf("a folder without a time: %v", got)
	}
}

// Folders that an attempt made get their times from the one that ends well, even
// if that has nothing else to do.
func TestFolderTimesAfterAnInterruption(t *testing.T) {
	for name, interrupt := range map[string]func(d *Delivery){
		"before a file has its name": func(*Delivery) {},
		"when all have their names":  (*Delivery).drain,
	} {
		t.Run(name, func(t *testing.T) {
			in := newInbox(t)
			bring(t, in.Inbox, func(d *Delivery) {
				if err := d.Folder(Entry{Path: "top", ModTime: mtime}); err != nil {
					t.Fatal(err)
				}
				finish(t, d, "top/a", "a")
				interrupt(d)
			})
			d := transfer(t, reopen(t, in.dir))
			if err := d.Folder(Entry{Path: "top", ModTime: mtime}); err != nil {
				t.Fatal(err)
			}
			deliver(t, d, "top/a", "a")
			commit(t, d)
			if got := modTime(t, filepath.Join(in.dir, "top")); !got.Equal(mtime) {
				t.Errorf("%v, want %v", got, mtime)
			}
		})
	}
}

// A person who puts another folder in the place of one keeps its time.
func TestFolderTimesAreForTheFoldersThatWereMade(t *testing.T) {
	in := newInbox(t)
	d := transfer(t, in.Inbox)
	for _, path := range []string{"moved", "moved/sub", "linked"} {
		if err := d.Folder(Entry{Path: path, ModTime: mtime}); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"moved", "linked"} {
		if err := os.Rename(filepath.Join(in.dir, name), filepath.Join(in.dir, name+" away")); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(in.dir, "moved", "sub", "mine"), "mine")
	symlink(t, "linked away", filepath.Join(in.dir, "linked"))
	before := tree(t, in.dir, StagingName)
	commit(t, d)
	if after := tree(t, in.dir, StagingName); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	for _, path := range []string{"moved", "moved/sub", "linked away"} {
		if modTime(t, filepath.Join(in.dir, path)).Equal(mtime) {
			t.Errorf("%s got a time", path)
		}
	}
}
