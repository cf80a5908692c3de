package store

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/netcore/internal/identity"
)

// TestMain lets the test binary be the process that a test kills: it opens
// the store, puts transfers for as long as it lives, and says which are kept.
func TestMain(m *testing.M) {
	if dir := os.Getenv("FERRY_STORE_CHILD"); dir != "" {
		putForEver(dir)
	}
	os.Exit(m.Run())
}

func putForEver(dir string) {
	s, _, err := Open(dir, "child")
	for i := 0; err == nil; i++ {
		if err = s.Put(aTransfer(i)); err == nil {
			fmt.Println(i)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func aTransfer(i int) Transfer {
	return Transfer{
		ID: [16]byte{1, byte(i >> 8), byte(i)}, Outgoing: i%2 == 0, Peer: identity.PeerID{2, byte(i)},
		Started: time.Unix(1_700_000_000, int64(i)), Words: fmt.Sprintf("word %d", i), Body: fmt.Appendf(nil, `{"n":%d}`, i),
	}
}

func open(t *testing.T, dir, owner string) *Store {
	t.Helper()
	s, aside, err := Open(dir, owner)
	if err != nil {
		t.Fatal(err)
	}
	if aside != "" {
		t.Errorf("the database was set aside as %s", aside)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !strings.Contains(err.Error(), "no such file") {
			t.Error(err)
		}
	})
	return s
}

func same(a, b Transfer) bool {
	return a.ID == b.ID && a.Outgoing == b.Outgoing && a.Peer == b.Peer && a.Started.Equal(b.Started) &&
		a.Ended.Equal(b.Ended) && a.Untold == b.Untold && a.Words == b.Words && bytes.Equal(a.Body, b.Body)
}

func TestWhatIsPutIsThereInTheNextRun(t *testing.T) {
	dir := t.TempDir()
	first, _, err := Open(dir, "first")
	if err != nil {
		t.Fatal(err)
	}
	running, ended := aTransfer(1), aTransfer(2)
	ended.Ended, ended.Untold = time.Unix(1_700_000_100, 5), true
	for _, tr := range []Transfer{running, ended} {
		if err := first.Put(tr); err != nil {
			t.Fatal(err)
		}
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, "second")
	for _, want := range []Transfer{running, ended} {
		got, ok, err := s.Get(want.ID)
		if err != nil || !ok || !same(got, want) {
			t.Errorf("got %+v %v %v, want %+v", got, ok, err, want)
		}
	}
	if _, ok, err := s.Get([16]byte{9}); ok || err != nil {
		t.Errorf("an ID that was never put: %v %v", ok, err)
	}
}

func TestADatabaseIsForItsOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, "me")
	if err := s.Put(aTransfer(1)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{fileName, fileName + "-wal"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if perm := info.Mode().Perm(); perm&0o077 != 0 {
			t.Errorf("%s has permissions %o", name, perm)
		}
	}
}

func TestOnlyWhatNobodyHasCanBeAdopted(t *testing.T) {
	dir := t.TempDir()
	dead, _, err := Open(dir, "dead")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if err := dead.Put(aTransfer(i)); err != nil {
			t.Fatal(err)
		}
	}
	over := aTransfer(3)
	over.Ended = time.Unix(1_700_000_100, 0)
	if err := dead.Put(over); err != nil {
		t.Fatal(err)
	}
	me, other := open(t, dir, "me"), open(t, dir, "other")
	if list, err := me.Abandoned(); err != nil || len(list) != 0 {
		t.Fatalf("of a process that lives: %v %v", list, err)
	}
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}
	list, err := me.Abandoned()
	if err != nil || len(list) != 3 || !same(list[0], aTransfer(0)) {
		t.Fatalf("abandoned: %v %v, want the three that are on their way, in order", list, err)
	}
	theirs, err := other.Abandoned()
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := me.Adopt(list[0]); !ok || err != nil {
		t.Errorf("adopt: %v %v", ok, err)
	}
	if ok, err := other.Adopt(theirs[0]); ok || err != nil {
		t.Errorf("adopted a second time: %v %v", ok, err)
	}
	if rest, err := other.Abandoned(); err != nil || len(rest) != 2 {
		t.Errorf("left for the other: %v %v, want two", rest, err)
	}
}

func TestUntold(t *testing.T) {
	s := open(t, t.TempDir(), "me")
	tr := aTransfer(1)
	tr.Ended, tr.Untold = time.Unix(1_700_000_100, 0), true
	if err := s.Put(tr); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Untold(tr.Peer); err != nil || len(list) != 1 || list[0].ID != tr.ID {
		t.Fatalf("untold: %v %v", list, err)
	}
	if list, err := s.Untold(identity.PeerID{7}); err != nil || len(list) != 0 {
		t.Errorf("untold of another peer: %v %v", list, err)
	}
	if err := s.Told(tr.ID); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Untold(tr.Peer); err != nil || len(list) != 0 {
		t.Errorf("untold after it was told: %v %v", list, err)
	}
}

func TestHistoryIsInPages(t *testing.T) {
	s := open(t, t.TempDir(), "me")
	for i := range 10 {
		tr := aTransfer(i)
		if i != 4 { // still on its way
			tr.Ended = tr.Started.Add(time.Second)
		}
		if err := s.Put(tr); err != nil {
			t.Fatal(err)
		}
	}
	var order []byte
	for before := (time.Time{}); ; {
		page, err := s.History(Query{Before: before, Limit: 3})
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, tr := range page {
			order = append(order, tr.ID[2])
		}
		before = page[len(page)-1].Started
	}
	if want := []byte{9, 8, 7, 6, 5, 3, 2, 1, 0}; !slices.Equal(order, want) {
		t.Errorf("history in the order %v, want %v", order, want)
	}
}

func TestPruneForgetsTheOldest(t *testing.T) {
	s := open(t, t.TempDir(), "me")
	for i := range 10 {
		tr := aTransfer(i)
		if i != 0 { // still on its way
			tr.Ended = tr.Started.Add(time.Second)
		}
		tr.Untold = i == 1
		if err := s.Put(tr); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Prune(3, time.Time{}); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		_, ok, err := s.Get(aTransfer(i).ID)
		if want := i < 2 || i > 6; err != nil || ok != want {
			t.Errorf("transfer %d is kept: %v %v, want %v", i, ok, err, want)
		}
	}
}

func TestHistoryIsChosen(t *testing.T) {
	s := open(t, t.TempDir(), "me")
	for i, words := range []string{"anna\n相册", "bob\n100%_done", "anna\nstraße"} {
		tr := aTransfer(i)
		tr.Ended, tr.Words = tr.Started, words
		if err := s.Put(tr); err != nil {
			t.Fatal(err)
		}
	}
	out := true
	for name, c := range map[string]struct {
		q    Query
		want []byte
	}{
		"all":         {Query{}, []byte{2, 1, 0}},
		"a word":      {Query{Words: []string{"anna"}}, []byte{2, 0}},
		"two words":   {Query{Words: []string{"anna", "相"}}, []byte{0}},
		"no wildcard": {Query{Words: []string{"%_d"}}, []byte{1}},
		"none":        {Query{Words: []string{"_"}, Outgoing: &out}, nil},
		"sent":        {Query{Outgoing: &out}, []byte{2, 0}},
		"earlier":     {Query{Before: aTransfer(1).Started, Outgoing: &out}, []byte{0}},
	} {
		c.q.Limit = 10
		list, err := s.History(c.q)
		var got []byte
		for _, tr := range list {
			got = append(got, tr.ID[2])
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v %v, want %v", name, got, err, c.want)
		}
	}
}

// TestDrop: what is on its way stays, and what a peer has to be told is only hidden until it is.
func TestDrop(t *testing.T) {
	s := open(t, t.TempDir(), "me")
	for i := range 5 {
		tr := aTransfer(i)
		if i != 0 { // still on its way
			tr.Ended = tr.Started.Add(time.Duration(i) * time.Hour)
		}
		tr.Untold = i == 1
		if err := s.Put(tr); err != nil {
			t.Fatal(err)
		}
	}
	is := func(when string, kept, shown []int) {
		t.Helper()
		list, err := s.History(Query{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			_, ok, err := s.Get(aTransfer(i).ID)
			if err != nil || ok != slices.Contains(kept, i) {
				t.Errorf("%s: transfer %d is kept: %v %v", when, i, ok, err)
			}
			ok = slices.ContainsFunc(list, func(tr Transfer) bool { return tr.ID == aTransfer(i).ID })
			if ok != slices.Contains(shown, i) {
				t.Errorf("%s: transfer %d is in the history: %v", when, i, ok)
			}
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Drop(aTransfer(2).ID, aTransfer(0).ID))
	is("one dropped", []int{0, 1, 3, 4}, []int{1, 3, 4})
	must(s.Prune(10, aTransfer(0).Started.Add(4*time.Hour)))
	is("old ones dropped", []int{0, 1, 4}, []int{4})
	must(s.Drop())
	is("all dropped", []int{0, 1}, nil)
	if list, err := s.Untold(aTransfer(1).Peer); err != nil || len(list) != 1 {
		t.Errorf("to be told: %v %v", list, err)
	}
	must(s.Told(aTransfer(1).ID))
	is("all told", []int{0}, nil)
}

func TestADamagedDatabaseIsSetAside(t *testing.T) {
	whole := t.TempDir()
	s, _, err := Open(whole, "me")
	for i := range 200 {
		if err == nil {
			err = s.Put(aTransfer(i))
		}
	}
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	image, err := os.ReadFile(filepath.Join(whole, fileName))
	if err != nil {
		t.Fatal(err)
	}
	torn := slices.Clone(image)
	for i := 4096; i < len(torn)-4096; i++ {
		torn[i] ^= 0x5a
	}
	for name, content := range map[string][]byte{
		"no database": []byte(strings.Repeat("all work and no play ", 500)),
		"torn pages":  torn,
		"cut off":     image[:len(image)/2],
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, fileName), content, 0o600); err != nil {
				t.Fatal(err)
			}
			s, aside, err := Open(dir, "me")
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			kept, err := os.ReadFile(aside)
			if err != nil || !bytes.Equal(kept, content) {
				t.Errorf("%q does not hold what was there: %v", aside, err)
			}
			if err := s.Put(aTransfer(1)); err != nil {
				t.Errorf("the new one: %v", err)
			}
		})
	}
}

func TestADatabaseOfALaterVersionIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	s, _, err := Open(dir, "me")
	if err == nil {
		_, err = s.db.Exec("PRAGMA user_version = 99")
	}
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, aside, err := Open(dir, "me"); err == nil || aside != "" || !strings.Contains(err.Error(), ErrNewer.Error()) {
		t.Errorf("opened: set aside %q, error %v; want %v", aside, err, ErrNewer)
	}
}

// TestKilled kills a process that writes, over and over: what it said was kept is
// there, and its lock is free.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		child := exec.Command(exe)
		child.Env = append(os.Environ(), "FERRY_STORE_CHILD="+dir)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err == nil {
			err = child.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		kept := -1
		for kept < 20 && lines.Scan() {
			if _, err := fmt.Sscan(lines.Text(), &kept); err != nil {
				t.Fatal(err)
			}
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what it had said before
			if _, err := fmt.Sscan(lines.Text(), &kept); err != nil {
				t.Fatal(err)
			}
		}
		if err := child.Wait(); err == nil {
			t.Fatal("the child was not killed")
		}
		s, aside, err := Open(dir, "me")
		if err != nil || aside != "" {
			t.Fatalf("after a kill: set aside %q, %v", aside, err)
		}
		list, err := s.Abandoned()
		if err != nil || len(list) < kept+1 {
			t.Errorf("%d transfers are there (%v), %d were kept", len(list), err, kept+1)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
