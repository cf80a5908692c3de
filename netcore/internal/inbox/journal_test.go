package inbox

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestRecords(t *testing.T) {
	for _, r := range []record{
		{kind: fileMade, path: "a/b c/\"d\"\n語", id: 1<<64 - 1, size: 1 << 62, time: time.Unix(-1<<40, 999999999)},
		{kind: folderMade, path: "a", id: 7},
		{kind: linkIntent, path: "a/l", target: "../x\xff\x00"},
		{kind: partialBegun, path: strings.Repeat("0f", keyBytes) + "~12"},
	} {
		line := string(r.appendTo(nil))
		if strings.Count(line, "\n") != 1 || line[len(line)-1] != '\n' {
			t.Fatalf("not one line: %q", line)
		}
		got, err := parseRecord(line[:len(line)-1])
		if err != nil || !got.time.Equal(r.time) {
			t.Fatalf("%q: %+v, %v", line, got, err)
		}
		got.time = r.time
		if got != r {
			t.Errorf("%+v, want %+v", got, r)
		}
		for cut := range len(line) - 1 {
			if _, err := parseRecord(line[:cut]); err == nil {
				t.Errorf("a torn line was taken: %q", line[:cut])
			}
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add(strings.TrimSpace(string(record{kind: fileMade, path: "a/b", id: 1, size: 2, time: mtime}.appendTo(nil))))
	f.Add(strings.TrimSpace(string(record{kind: linkMade, path: "a", target: "b"}.appendTo(nil))))
	f.Add(`d 0 0 0 -1 "../x" ""`)
	f.Add(`f 1 2 3 4 "a" "b" "c"`)
	f.Add("p 0 0 0 -1 `a` 'b'")
	f.Fuzz(func(t *testing.T, line string) {
		r, err := parseRecord(line)
		if err != nil {
			return
		}
		if got := string(r.appendTo(nil)); got != line+"\n" {
			t.Errorf("%q was read, and is written as %q", line, got)
		}
		if !filepath.IsLocal(filepath.FromSlash(r.path)) {
			t.Errorf("%q leads out", r.path)
		}
	})
}

// The lines of any file, read backward, are those that are in it.
func TestBackward(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.OneOf(
			rapid.StringMatching(`[a-z ]{0,20}`),
			rapid.Map(rapid.IntRange(0, maxRecord), func(n int) string { return strings.Repeat("x", n) }),
		), 1, 12).Draw(t, "lines")
		text := strings.Join(lines, "\n")
		b := backward{from: strings.NewReader(text), at: int64(len(text))}
		end := len(text)
		for i := len(lines) - 1; i >= 0; i-- {
			line, start, err := b.line()
			if err != nil || string(line) != lines[i] || int(start) != end-len(lines[i]) {
				t.Fatalf("line %d: %d bytes from %d, %v; want %d bytes", i, len(line), start, err, len(lines[i]))
			}
			end = int(start) - 1
		}
		if _, _, err := b.line(); err != io.EOF {
			t.Fatalf("after the first line: %v", err)
		}
	})
}

// Before anything has its final name, the journal on disk says so.
func TestTheJournalIsAheadOfTheNames(t *testing.T) {
	in := newInbox(t)
	named(in.Inbox)
	write(t, filepath.Join(in.dir, "top", "taken"), "mine")
	moves := 0
	in.moves = []move{func(in *Inbox, f *folder, name string, p *Partial) error {
		moves++
		journal := read(t, filepath.Join(in.dir, StagingName, journalName(transferID)))
		for _, r := range []record{{kind: partialBegun, path: p.name}, p.named(join(f.local, name))} {
			if !strings.Contains(journal, string(r.appendTo(nil))) {
				t.Errorf("%s: %q is not in the journal:\n%s", name, r.appendTo(nil), journal)
			}
		}
		return moveByLink(in, f, name, p)
	}}
	d := transfer(t, in.Inbox)
	for _, path := range []string{"top/a", "top/taken", "b"} {
		finish(t, d, path, "yours")
	}
	big := strings.Repeat("x", smallSize+1)
	finish(t, d, "big", big)
	commit(t, d)
	wantFiles(t, in.dir, "top/", "top/a=yours", "top/taken=mine", "top/taken (1)=yours", "b=yours", "big="+big)
	if moves != 5 {
		t.Errorf("%d moves, want 5", moves)
	}
}

// A line that a kill has torn is overwritten by the next attempt, not joined to it.
func TestATornJournalIsGoneOnWith(t *testing.T) {
	in := newInbox(t)
	bring(t, in.Inbox, func(d *Delivery) { deliver(t, d, "a", "a") })
	journal := filepath.Join(in.dir, StagingName, journalName(transferID))
	torn := record{kind: fileMade, path: strings.Repeat("torn", 100), id: 1}.appendTo(nil)
	f, err := os.OpenFile(journal, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write(torn[:len(torn)/2])
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	bring(t, reopen(t, in.dir), func(d *Delivery) {
		if err := start(t, d, "b", "0123456789", 4).Keep(); err != nil {
			t.Fatal(err)
		}
	})
	undoing(t, in.Inbox, false)
	wantFiles(t, in.dir)
	wantNothingStaged(t, in.dir)
}
