package inbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"ferry/netcore/internal/fault"
)

func TestABatchIsCommittedByItself(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	for i := range batchFiles - 1 {
		finish(t, d, fmt.Sprintf("d%d/%d", i%7, i), "x")
	}
	quiet(d)
	if got := len(d.pipe.pending); got != batchFiles-1 {
		t.Fatalf("%d are pending, want %d", got, batchFiles-1)
	}
	finish(t, d, "last", "x")
	quiet(d)
	if got := len(files(t, in.dir)); got != batchFiles+7 {
		t.Errorf("%d files and folders are there, want %d", got, batchFiles+7)
	}
	commit(t, d)
	if got := in.finished.Load(); got != 0 || len(d.layout.touched) != 0 || len(in.held) != 0 {
		t.Errorf("%d open files, %d folders and %d names are held after Commit", got, len(d.layout.touched), len(in.held))
	}
}

func TestManyBytesAreCommittedByThemselves(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	p, err := d.Create(Entry{Path: "big", Size: batchBytes}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.file.Truncate(batchBytes); err != nil { // a hole: no need to write it all
		t.Fatal(err)
	}
	p.at = batchBytes
	if err := p.Finish(); err != nil {
		t.Fatal(err)
	}
	quiet(d)
	if info, err := os.Stat(filepath.Join(in.dir, "big")); err != nil || info.Size() != batchBytes {
		t.Errorf("%v, %v", info, err)
	}
	if err := os.Remove(filepath.Join(in.dir, "big")); err != nil {
		t.Fatal(err)
	}
}

func TestOpenFilesAreLimitedOverAllDeliveries(t *testing.T) {
	in := newInbox(t)
	in.maxOpen = 10
	for i := range 8 {
		d := begin(t, in.Inbox)
		for j := range 5 {
			finish(t, d, fmt.Sprintf("%d-%d", i, j), "x")
			if got := in.finished.Load(); got >= 10 {
				t.Fatalf("%d files are open, want less than 10", got)
			}
		}
	}
}

// Every way to give a file its name keeps the promises.
func TestMoves(t *testing.T) {
	no := func(*Inbox, *folder, string, *Partial) error { return errors.ErrUnsupported }
	for name, moves := range map[string][]move{
		"of this system": {moveExclusive, moveByLink, moveByPlaceholder},
		"link":           {no, moveByLink, moveByPlaceholder},
		"placeholder":    {no, no, moveByPlaceholder},
	} {
		t.Run(name, func(t *testing.T) {
			in := newInbox(t)
			in.moves = moves
			write(t, filepath.Join(in.dir, "a"), "mine")
			write(t, filepath.Join(in.dir, "d", "b", "x"), "x")
			symlink(t, "../secret.txt", filepath.Join(in.dir, "link"))
			symlink(t, "../nothing", filepath.Join(in.dir, "dangling"))
			d := begin(t, in.Inbox)
			for _, path := range []string{"a", "d/b", "link", "dangling", "d/new", "new"} {
				finish(t, d, path, "yours")
			}
			commit(t, d)
			wantFiles(t, in.dir, "a=mine", "a (1)=yours", "d/", "d/b/", "d/b/x=x", "d/b (1)=yours", "d/new=yours", "new=yours",
				"link@", "link (1)=yours", "dangling@", "dangling (1)=yours")
			if got := partials(t, in.dir); len(got) != 0 {
				t.Errorf("partials: %q", got)
			}
		})
	}
}

func TestNoMoveIsSupported(t *testing.T) {
	in := newInbox(t)
	named(in.Inbox)
	in.moves = []move{func(*Inbox, *folder, string, *Partial) error { return errors.ErrUnsupported }}
	d := begin(t, in.Inbox)
	finish(t, d, "a", "a")
	commit(t, d)
	if r := d.Results(); r.FailureCount != 1 || !errors.Is(r.Failures[0].Err, fault.Unwritten) || !errors.Is(r.Failures[0].Err, errors.ErrUnsupported) {
		t.Errorf("%+v", r)
	}
	wantFiles(t, in.dir)
}

func TestAPlaceholderGoesIfTheRenameFails(t *testing.T) {
	in := newInbox(t)
	named(in.Inbox)
	in.moves = []move{func(in *Inbox, f *folder, name string, p *Partial) error {
		gone := *p
		gone.name += "x"
		return moveByPlaceholder(in, f, name, &gone)
	}}
	d := begin(t, in.Inbox)
	finish(t, d, "a", "a")
	commit(t, d)
	wantFiles(t, in.dir)
	if r := d.Results(); r.FailureCount != 1 || !errors.Is(r.Failures[0].Err, fs.ErrNotExist) {
		t.Errorf("%+v", r)
	}
}

// Killed between the link and the removal of the other name: the partial is the
// final file, and must not be written to.
func TestAPartialThatIsAFinalFile(t *testing.T) {
	in := newInbox(t)
	in.small = -1
	first := in.Begin(sender)
	p := start(t, first, "a", "0123456789", 10)
	if err := os.Link(filepath.Join(in.dir, StagingName, p.name), filepath.Join(in.dir, "a")); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	d := begin(t, in.Inbox)
	p, err := d.Create(entry("a", "0123456789"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Discard(); err != nil {
		t.Fatal(err)
	}
	wantFiles(t, in.dir, "a=0123456789")
}

func TestADiskThatFailsToSync(t *testing.T) {
	in := newInbox(t)
	d := begin(t, in.Inbox)
	finish(t, d, "a", "a")
	quiet(d)
	if err := d.pipe.pending[0].file.Close(); err != nil { // its sync will fail
		t.Fatal(err)
	}
	if err := d.Commit(); !errors.Is(err, fault.Unwritten) {
		t.Errorf("Commit: %v", err)
	}
	wantFiles(t, in.dir)
	if r := d.Results(); r.FailureCount != 1 || r.Failures[0].Path != "a" {
		t.Errorf("%+v", r)
	}
	deliver(t, d, "a", "a") // and the next Commit is its own
	wantFiles(t, in.dir, "a=a")
}

func TestTwoDeliveriesOfOneFile(t *testing.T) {
	in := newInbox(t)
	keep := begin(t, in.Inbox)
	if err := start(t, keep, "a", "0123456789", 4).Keep(); err != nil {
		t.Fatal(err)
	}
	other := reopen(t, in.dir) // as another process would
	e := entry("a", "0123456789")
	one, two, three := begin(t, in.Inbox), begin(t, in.Inbox), begin(t, other)
	f, where, _, err := one.Lookup(e)
	if where != Found || err != nil {
		t.Fatalf("%v, %v", where, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if f, where, _, err := two.Lookup(e); f != nil || where != None || err != nil {
		t.Errorf("a second delivery was given the same partial: %v, %v", where, err)
	}
	p1, err := one.Create(e, 4)
	if err != nil {
		t.Fatal(err)
	}
	if f, where, _, err := three.Lookup(e); f != nil || where != None || err != nil {
		t.Errorf("another process was given a partial that is being written: %v, %v", where, err)
	}
	p2, p3 := start(t, two, e.Path, "0123456789", 10), start(t, three, e.Path, "0123456789", 3)
	if _, err := p1.Write([]byte("456789")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p1.Finish(), p2.Finish()); err != nil {
		t.Fatal(err)
	}
	// What is finished is still nobody else's.
	if f, where, _, _ := begin(t, other).Lookup(e); f != nil {
		t.Errorf("a finished file was given away: %v", where)
	}
	if _, err := p3.Write([]byte("3456789")); err != nil {
		t.Fatal(err)
	}
	if err := p3.Finish(); err != nil {
		t.Fatal(err)
	}
	for _, d := range []*Delivery{one, two, three} {
		commit(t, d)
	}
	wantFiles(t, in.dir, "a=0123456789") // they have all brought the same
	wantRenames(t, three)
	if left := partials(t, in.dir); len(left) != 0 {
		t.Errorf("partials: %q", left)
	}
}

func TestTheOtherProcessRemovesTheStagingFolder(t *testing.T) {
	in := newInbox(t)
	first := in.Begin(sender)
	deliver(t, first, "a", "a")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	other := reopen(t, in.dir)
	if err := other.Close(); err != nil { // it is empty
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(in.dir, StagingName)); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("it is still there: %v", err)
	}
	deliver(t, begin(t, in.Inbox), "b", "b")
	wantFiles(t, in.dir, "a=a", "b=b")
}

func TestManyDeliveriesAtOnce(t *testing.T) {
	const deliveries, each = 50, 6
	in := newInbox(t)
	other := reopen(t, in.dir)
	var wg sync.WaitGroup
	for i := range deliveries {
		inbox := []*Inbox{in.Inbox, other}[i%2]
		wg.Go(func() {
			d := inbox.Begin(sender)
			for j := range each {
				deliver(t, d, fmt.Sprintf("own %d/%d", i, j), fmt.Sprint(i, j))
				deliver(t, d, fmt.Sprintf("all/%d", j), fmt.Sprintf("the same %d", j))
				deliver(t, d, "taken", fmt.Sprintf("%03d %03d", i, j))
			}
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	taken := make(map[string]bool)
	for _, f := range files(t, in.dir) {
		path, content, isFile := strings.Cut(f, "=")
		switch {
		case !isFile:
		case strings.HasPrefix(path, "taken"):
			taken[content] = true
		case strings.HasPrefix(path, "all/"):
			if want := "the same " + strings.Fields(strings.TrimPrefix(path, "all/"))[0]; content != want {
				t.Errorf("%s: %q, want %q", path, content, want)
			}
		default:
			var i, j int
			if n, err := fmt.Sscanf(path, "own %d/%d", &i, &j); n != 2 || err != nil || content != fmt.Sprint(i, j) {
				t.Errorf("%s: %q", path, content)
			}
		}
	}
	if want := deliveries * each; len(taken) != want {
		t.Errorf("%d files of one name are there, want %d", len(taken), want)
	}
	if left := partials(t, in.dir); len(left) != 0 {
		t.Errorf("partials: %q", left)
	}
}

func TestRenamesAreToldOnce(t *testing.T) {
	in := newInbox(t)
	write(t, filepath.Join(in.dir, "f"), "")
	d := begin(t, in.Inbox)
	for i := range 10 {
		finish(t, d, fmt.Sprintf("f/sub%d/x", i), "x")
	}
	commit(t, d)
	wantRenames(t, d, Rename{Path: "f", Local: "f (1)"})
	r := d.Results()
	r.Renames[0].Local = "changed"
	if slices.Equal(r.Renames, d.Results().Renames) {
		t.Error("Results can be changed by its caller")
	}
}
