package inbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/netcore/internal/fault"
)

const transferID = "00112233445566778899aabbccddeeff"

func transfer(t testing.TB, in *Inbox) *Delivery {
	t.Helper()
	d, err := in.BeginTransfer(sender, transferID)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// bring begins the transfer, lets it do, and ends the attempt.
func bring(t testing.TB, in *Inbox, do func(d *Delivery)) {
	t.Helper()
	d := transfer(t, in)
	do(d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

func undoing(t testing.TB, in *Inbox, keepFiles bool) {
	t.Helper()
	if err := in.Undo(transferID, keepFiles); err != nil {
		t.Fatal(err)
	}
}

func wantNothingStaged(t testing.TB, dir string) {
	t.Helper()
	if entries, err := os.ReadDir(filepath.Join(dir, StagingName)); len(entries) != 0 || err != nil && !os.IsNotExist(err) {
		t.Errorf("staged: %v, %v", entries, err)
	}
}

// some brings a bit of everything, part of it to where something is already.
func some(t testing.TB, d *Delivery) {
	t.Helper()
	for _, path := range []string{"there", "top", "top/empty", "top/sub", "top/keep"} {
		if err := d.Folder(Entry{Path: path, ModTime: mtime}); err != nil {
			t.Fatal(err)
		}
	}
	for path, target := range map[string]string{"top/l": "sub", "there/l": "mine"} {
		if err := d.Link(link(path, target)); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"top/sub/a", "top/sub/b", "there/x", "taken", "single", "top/keep/changed"} {
		finish(t, d, path, "content of "+path)
	}
	d.drain()
	big := strings.Repeat("0123456789", smallSize/5)
	if err := start(t, d, "top/half", big, smallSize).Keep(); err != nil {
		t.Fatal(err)
	}
}

func TestUndo(t *testing.T) {
	in := newInbox(t)
	write(t, filepath.Join(in.dir, "there", "mine"), "mine")
	write(t, filepath.Join(in.dir, "taken"), "mine")
	symlink(t, "mine", filepath.Join(in.dir, "there", "l"))
	before := tree(t, in.dir, StagingName)
	stranger := begin(t, in.Inbox)
	start(t, stranger, "another's", strings.Repeat("x", smallSize+1), smallSize)
	for _, keep := range []bool{false, true} {
		bring(t, in.Inbox, func(d *Delivery) { some(t, d) })
		write(t, filepath.Join(in.dir, "top", "keep", "changed"), "content of top/keep/CHANGED")
		write(t, filepath.Join(in.dir, "top", "keep", "new"), "new")
		undoing(t, in.Inbox, keep)
		if got := partials(t, in.dir); len(got) != 1 {
			t.Errorf("partials: %q, want another transfer's", got)
		}
		mine := []string{"there/", "there/mine=mine", "there/l@", "taken=mine",
			"top/", "top/keep/", "top/keep/changed=content of top/keep/CHANGED", "top/keep/new=new"}
		if keep {
			wantFiles(t, in.dir, append(mine, "there/x=content of there/x", "taken (1)=content of taken", "single=content of single", "top/l@",
				"top/sub/", "top/sub/a=content of top/sub/a", "top/sub/b=content of top/sub/b")...)
			continue
		}
		wantFiles(t, in.dir, mine...)
		if err := os.RemoveAll(filepath.Join(in.dir, "top")); err != nil {
			t.Fatal(err)
		}
		if after := tree(t, in.dir, StagingName); after != before {
			t.Errorf("before:\n%s\nafter:\n%s", before, after)
		}
	}
}

func TestUndoOfAllAttempts(t *testing.T) {
	in := newInbox(t)
	for i := range 3 {
		bring(t, reopen(t, in.dir), func(d *Delivery) {
			deliver(t, d, fmt.Sprintf("top/%d/file", i), "x")
			deliver(t, d, "top/same", "same")
		})
	}
	other := reopen(t, in.dir)
	undoing(t, other, false)
	wantFiles(t, in.dir)
	wantNothingStaged(t, in.dir)
	undoing(t, other, false) // there is no more to undo
}

func TestWhatWasThereIsNotUndone(t *testing.T) {
	in := newInbox(t)
	write(t, filepath.Join(in.dir, "top", "a"), "same")
	write(t, filepath.Join(in.dir, "top", "b"), "same")
	before := tree(t, in.dir, StagingName)
	bring(t, in.Inbox, func(d *Delivery) {
		deliver(t, d, "top/a", "same") // used
		finish(t, d, "top/b", "same")  // compared, and used
		if err := d.Folder(Entry{Path: "top"}); err != nil {
			t.Fatal(err)
		}
		commit(t, d)
	})
	undoing(t, in.Inbox, false)
	if after := tree(t, in.dir, StagingName); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

// What is not exactly what was delivered stays.
func TestUndoLeavesWhatWasChanged(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"content": func(path string) error { return os.WriteFile(path, []byte("changed"), 0o666) },
		"longer": func(path string) error {
			return errors.Join(os.WriteFile(path, []byte("longer than it was"), 0o666), os.Chtimes(path, mtime, mtime))
		},
		"touched": func(path string) error { return os.Chtimes(path, mtime, mtime.Add(1)) },
		"another file of that size and time": func(path string) error {
			return errors.Join(os.WriteFile(path+"~", []byte("changed"), 0o666), os.Chtimes(path+"~", mtime, mtime), os.Rename(path+"~", path))
		},
		"a link to it": func(path string) error {
			return errors.Join(os.Rename(path, path+" away"), os.Symlink("file away", path))
		},
		"its folder is a link": func(path string) error {
			dir := filepath.Dir(path)
			return errors.Join(os.Rename(dir, dir+" away"), os.Symlink(filepath.Base(dir)+" away", dir))
		},
		"a folder of its name": func(path string) error { return errors.Join(os.Rename(path, path+" away"), os.Mkdir(path, 0o777)) },
	} {
		t.Run(name, func(t *testing.T) {
			in := newInbox(t)
			bring(t, in.Inbox, func(d *Delivery) { deliver(t, d, "top/file", "content") })
			if err := change(filepath.Join(in.dir, "top", "file")); err != nil {
				t.Fatal(err)
			}
			before := tree(t, in.dir, StagingName)
			undoing(t, in.Inbox, false)
			if after := tree(t, in.dir, StagingName); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
			wantNothingStaged(t, in.dir)
		})
	}
}

func TestUndoThatIsNotPossibleYet(t *testing.T) {
	in := newInbox(t)
	d := transfer(t, in.Inbox)
	deliver(t, d, "a", "a")
	for name, inbox := range map[string]*Inbox{"this process": in.Inbox, "another": reopen(t, in.dir)} {
		if err := inbox.Undo(transferID, false); !errors.Is(err, fault.Busy) {
			t.Errorf("Undo in %s while the transfer is open: %v", name, err)
		}
		if err := inbox.Settle(transferID, false); !errors.Is(err, fault.Busy) {
			t.Errorf("Settle in %s while the transfer is open: %v", name, err)
		}
	}
	wantFiles(t, in.dir, "a=a")
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	undoing(t, in.Inbox, false)
	wantFiles(t, in.dir)
}

func TestSettle(t *testing.T) {
	in := newInbox(t)
	bring(t, in.Inbox, func(d *Delivery) { deliver(t, d, "a", "a") })
	if err := in.Settle(strings.ToUpper(transferID), false); err != nil {
		t.Fatal(err)
	}
	wantNothingStaged(t, in.dir)
	undoing(t, in.Inbox, false)
	wantFiles(t, in.dir, "a=a")
	if err := in.Settle(transferID, false); err != nil {
		t.Errorf("a second Settle: %v", err)
	}
}

// A file that changed leaves the partial of what it was before, which nobody goes on with.
func TestSettleRemovesPartials(t *testing.T) {
	for name, tt := range map[string]struct {
		keep, other bool // say so; another transfer has begun it, too
		left        int
	}{
		"of no use":                {},
		"of files that failed":     {keep: true, left: 1},
		"also of another transfer": {other: true, left: 1},
	} {
		t.Run(name, func(t *testing.T) {
			in := newInbox(t)
			content := strings.Repeat("x", smallSize+1)
			bring(t, in.Inbox, func(d *Delivery) { keep(t, start(t, d, "old", content, 10)) })
			if tt.other {
				other(t, in.Inbox, func(d *Delivery) { keep(t, start(t, d, "old", content, 20)) })
			}
			bring(t, in.Inbox, func(d *Delivery) { deliver(t, d, "new", "new") })
			if err := in.Settle(transferID, tt.keep); err != nil {
				t.Fatal(err)
			}
			if got := partials(t, in.dir); len(got) != tt.left {
				t.Errorf("partials: %q, want %d", got, tt.left)
			}
			wantFiles(t, in.dir, "new=new")
		})
	}
}

func keep(t *testing.T, p *Partial) {
	t.Helper()
	if err := p.Keep(); err != nil {
		t.Fatal(err)
	}
}

func TestBadIDs(t *testing.T) {
	in := newInbox(t)
	for _, id := range []string{"", "../../secret.txt", transferID + "0", transferID[1:], "0011223344556677/8899aabbccddee", strings.Repeat("g", 32)} {
		if _, err := in.BeginTransfer(sender, id); err == nil {
			t.Errorf("BeginTransfer(%q)", id)
		}
		if in.Undo(id, false) == nil || in.Settle(id, false) == nil {
			t.Errorf("Undo or Settle(%q)", id)
		}
	}
}

// A journal that somebody has written to harm leads nowhere.
func TestHostileJournal(t *testing.T) {
	in := newInbox(t)
	write(t, filepath.Join(in.dir, "mine"), "mine")
	victim := begin(t, in.Inbox)
	start(t, victim, "v", strings.Repeat("x", smallSize+1), smallSize)
	symlink(t, "..", filepath.Join(in.dir, "out"))
	secret, err := os.Lstat(filepath.Join(in.outside, "secret.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var lines []byte
	for _, path := range []string{"../secret.txt", "out/secret.txt", filepath.Join(in.outside, "secret.txt"), "a/../../secret.txt", "", ".", "..",
		StagingName, StagingName + "/" + partials(t, in.dir)[0], strings.Repeat("x/", maxPath) + "x", "\x00"} {
		for _, kind := range []kind{partialBegun, fileIntent, fileMade, inUse, folderIntent, folderMade, linkIntent, linkMade, notMade, 'q'} {
			lines = record{kind: kind, path: path, size: secret.Size(), time: secret.ModTime()}.appendTo(lines)
		}
	}
	lines = append(lines, "\n\x00\nf\nf 1 2 3 4 5\nf 0 0 0 0 \"a\nd 0 0 0 -1 \"out\" \"\"\nD 0 0 0 -1 \"mine\" \"\"\n"...)
	lines = append(lines, strings.Repeat("\x00", 5*backwardChunk)...)
	write(t, filepath.Join(in.dir, StagingName, journalName(transferID)), string(lines))
	before := tree(t, in.dir, StagingName)
	undoing(t, in.Inbox, false)
	if after := tree(t, in.dir, StagingName); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	if got := partials(t, in.dir); len(got) != 1 {
		t.Errorf("partials: %q", got)
	}
}

// Killed between an intent and its outcome, or right after the outcome.
func TestUndoOfIntents(t *testing.T) {
	in := newInbox(t)
	for _, name := range []string{"made", "refused", "full"} {
		if err := os.Mkdir(filepath.Join(in.dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
		symlink(t, "target", filepath.Join(in.dir, name+" link"))
	}
	symlink(t, "another", filepath.Join(in.dir, "changed link"))
	write(t, filepath.Join(in.dir, "full", "mine"), "mine")
	var lines []byte
	for _, r := range []record{
		{kind: folderIntent, path: "refused"}, {kind: notMade, path: "refused"},
		{kind: linkIntent, path: "refused link", target: "target"}, {kind: notMade, path: "refused link", target: "target"},
		{kind: folderIntent, path: "made"}, {kind: linkIntent, path: "made link", target: "target"},
		{kind: linkIntent, path: "changed link", target: "target"}, {kind: folderIntent, path: "full"}, {kind: folderIntent, path: "never made"},
	} {
		lines = r.appendTo(lines)
	}
	write(t, filepath.Join(in.dir, StagingName, journalName(transferID)), string(lines))
	undoing(t, in.Inbox, false)
	wantFiles(t, in.dir, "refused/", "refused link@", "changed link@", "full/", "full/mine=mine", "full link@")
}

// Two goroutines write a journal: what came of an intent need not be the next record.
func TestUndoPairsIntentsByPath(t *testing.T) {
	in := newInbox(t)
	if err := os.Mkdir(filepath.Join(in.dir, "mine"), 0o777); err != nil {
		t.Fatal(err)
	}
	bring(t, in.Inbox, func(d *Delivery) {
		err := errors.Join(
			d.journal.announce(record{kind: folderIntent, path: "mine"}),
			d.journal.announce(record{kind: fileIntent, path: "x", size: 1, time: mtime}),
			d.journal.add(record{kind: notMade, path: "mine"}),
		)
		if err != nil {
			t.Fatal(err)
		}
	})
	undoing(t, in.Inbox, false)
	wantFiles(t, in.dir, "mine/")
}

const killEnv = "FERRY_TEST_KILLED"

// TestUndoAfterAKill runs itself again, and kills that in the middle of a transfer.
func TestUndoAfterAKill(t *testing.T) {
	if dir := os.Getenv(killEnv); dir != "" {
		bringForever(t, dir)
		return
	}
	for _, after := range []int{1, 3, 500, 1500} {
		dir := filepath.Join(t.TempDir(), "inbox")
		cmd := exec.Command(os.Args[0], "-test.run=^TestUndoAfterAKill$")
		cmd.Env = append(os.Environ(), killEnv+"="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		waitFor(t, func() bool { return countFiles(dir) >= after })
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		in := reopen(t, dir)
		undoing(t, in, false)
		wantFiles(t, dir)
		wantNothingStaged(t, dir)
	}
}

// bringForever delivers until it is killed.
func bringForever(t *testing.T, dir string) {
	in, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	d, err := in.BeginTransfer(sender, transferID)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		if err := d.Folder(Entry{Path: fmt.Sprintf("top/%d", i), ModTime: mtime}); err != nil {
			t.Fatal(err)
		}
		if err := d.Link(link(fmt.Sprintf("top/l%d", i), "x")); err != nil {
			t.Fatal(err)
		}
		for j := range 40 {
			finish(t, d, fmt.Sprintf("top/%d/%d", i, j), "x")
		}
		start(t, d, fmt.Sprintf("top/%d/big", i), strings.Repeat("x", smallSize+1), 10)
		if i%7 == 0 {
			d.drain()
		}
	}
}

func countFiles(dir string) (n int) {
	_ = filepath.WalkDir(dir, func(string, os.DirEntry, error) error { n++; return nil })
	return n
}

func waitFor(t testing.TB, done func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); !done(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatal("it does not happen")
		}
	}
}

func TestOldJournalsAreSwept(t *testing.T) {
	in := newInbox(t)
	bring(t, in.Inbox, func(d *Delivery) { deliver(t, d, "a", "a") })
	busy, err := in.BeginTransfer(sender, strings.Repeat("a", idLength))
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	deliver(t, busy, "b", "b")
	for days, want := range map[int]int{29: 2, 31: 1} {
		other, err := open(in.dir, time.Now().AddDate(0, 0, days))
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(filepath.Join(in.dir, StagingName))
		if days == 31 && (err != nil || len(entries) != want) {
			t.Errorf("after %d days: %v, want %d", days, entries, want)
		}
	}
}

// A transfer of many files is undone in bounded memory, and quickly.
func TestUndoOfMany(t *testing.T) {
	const folders, each = 40, 100
	in := newInbox(t)
	bring(t, in.Inbox, func(d *Delivery) {
		for i := range folders {
			for j := range each {
				finish(t, d, fmt.Sprintf("top/%d/%d", i, j), "x")
			}
		}
		commit(t, d)
	})
	if got := len(files(t, in.dir)); got != 1+folders+folders*each {
		t.Fatalf("%d are there", got)
	}
	undoing(t, in.Inbox, false)
	wantFiles(t, in.dir)
}
