package transfer

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ferry/netcore/internal/inbox"
	"ferry/netcore/internal/wire"
)

// TestWhateverHappens holds the promise of this package for trees of odd things, into
// inboxes where much is there already, over connections that break: in the end the receiver has exactly the tree, or names
// what is missing; nothing that was there is touched; and no wrong byte ever has a final name.
func TestWhateverHappens(t *testing.T) {
	e := newEnds(t)
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(rt, e)
		defer w.close()
		w.growTree(w.top, "top", 3)
		w.prepareInbox()
		w.deliver()
	})
}

// names are what entries are called: odd ones, and such as get into each other's way.
var names = []string{
	"a", "A", "a (1)", "b.txt", "b (1).txt", ".hidden", "CON", "nul.txt", "a:b", "trailing.", " space ", "%41", "%~x",
	"100%", "-rf", "emoji 👩\u200d👧", "e\u0301 decomposed", "\u00e9 composed", strings.Repeat("long", 60), ".ferry-partial",
	"back\\slash", "tab\there", gbkBeijing, "北京", "bad\xff", "bad%FF", "<>|?*",
}

// contents are what may be in a file: of sizes around those at which something changes.
var contents = []int{0, 1, 100, 4096, 70_000, 300_000, 1<<20 + 1}

// A world is one generated case.
type world struct {
	rt   *rapid.T
	e    *ends
	dir  string // of all that follows
	top  string // what is sent
	here string // the inbox
	box  *inbox.Inbox
	src  *Source
	seed uint64

	files map[string]bool     // the content of all files that may arrive
	old   map[string]oldEntry // what was in the inbox before, by its local path
}

type oldEntry struct {
	content string
	info    fs.FileInfo
}

func newWorld(rt *rapid.T, e *ends) *world {
	dir, err := os.MkdirTemp("", "ferry-world-")
	w := &world{
		rt: rt, e: e, dir: dir, top: filepath.Join(dir, "top"), here: filepath.Join(dir, "inbox"),
		files: map[string]bool{}, old: map[string]oldEntry{},
	}
	w.must(err)
	w.must(os.MkdirAll(w.here, 0o755))
	return w
}

func (w *world) must(err error) {
	if err != nil {
		w.rt.Fatal(err)
	}
}

func (w *world) close() {
	if w.src != nil {
		w.must(w.src.Close())
	}
	if w.box != nil {
		w.must(w.box.Close())
	}
	w.must(os.RemoveAll(w.dir))
}

// growTree makes a folder with things in it, and folders down to depth.
func (w *world) growTree(local, label string, depth int) {
	w.must(os.Mkdir(local, 0o755))
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 5, rapid.ID).Draw(w.rt, "names in "+label) {
		child, label := filepath.Join(local, name), label+"/"+name
		kinds := []string{"file", "file", "file", "sparse", "link", "pipe", "unreadable"}
		if depth > 1 {
			kinds = append(kinds, "folder", "folder", "folder")
		}
		switch kind := rapid.SampledFrom(kinds).Draw(w.rt, "kind of "+label); kind {
		case "file":
			w.file(child, label)
		case "sparse":
			w.sparse(child, label)
		case "link":
			target := rapid.SampledFrom([]string{"a", "../a", "../../../../a", ".", "nowhere/x", "/etc/passwd"}).Draw(w.rt, "target")
			w.must(os.Symlink(target, child))
		case "pipe":
			w.must(syscall.Mkfifo(child, 0o644))
		case "unreadable": // it is gone when it is to be sent
			w.must(os.WriteFile(child, []byte("gone "+label), 0o644))
		case "folder":
			w.growTree(child, label, depth-1)
		}
	}
	when := time.Unix(rapid.Int64Range(1, 1<<31).Draw(w.rt, "time"), 0)
	w.must(os.Chtimes(local, when, when))
}

func (w *world) file(local, label string) {
	w.seed++
	content := randomBytes(rapid.SampledFrom(contents).Draw(w.rt, "size of "+label), w.seed)
	w.must(os.WriteFile(local, content, 0o644))
	w.files[string(content)] = true
	if rapid.Bool().Draw(w.rt, "executable") {
		w.must(os.Chmod(local, 0o755))
	}
}

func (w *world) sparse(local, label string) {
	w.seed++
	content := make([]byte, 1<<20)
	at := rapid.SampledFrom([]int{0, 500_000, 1<<20 - 100}).Draw(w.rt, "data of "+label)
	copy(content[at:], randomBytes(100, w.seed))
	f, err := os.Create(local)
	w.must(err)
	w.must(f.Truncate(int64(len(content))))
	_, err = f.WriteAt(content[at:at+100], int64(at))
	w.must(err)
	w.must(f.Close())
	w.files[string(content)] = true
}

// prepareInbox scans the tree, and puts something in the way of some of its entries.
func (w *world) prepareInbox() {
	var err error
	w.src, err = Scan(context.Background(), []string{w.top}, w.dir)
	w.must(err)
	w.box, err = inbox.Open(w.here)
	w.must(err)
	delivery := w.box.Begin(w.e.anna.Identity.ID().String())
	for e := range w.src.Manifest.All() {
		if rapid.IntRange(0, 2).Draw(w.rt, "something is there") == 0 {
			w.prepare(delivery, e)
		}
	}
	w.must(delivery.Close())
	w.must(filepath.WalkDir(w.here, func(local string, d fs.DirEntry, err error) error {
		if err != nil || isStaging(w.here, local) {
			return err
		}
		info, err := d.Info()
		old := oldEntry{info: info}
		if err == nil && info.Mode().IsRegular() {
			old.content = w.read(local)
		}
		w.old[local] = old
		return err
	}))
}

func (w *world) prepare(delivery *inbox.Delivery, e wire.Entry) {
	local := filepath.Join(w.here, filepath.FromSlash(e.Path))
	kinds := []string{"other file", "folder", "link"}
	if !e.Folder && !e.Link && !strings.HasPrefix(w.read(w.src.local(e)), "gone ") {
		kinds = append(kinds, "the same", "other bytes", "partial", "wrong partial")
	}
	kind := rapid.SampledFrom(kinds).Draw(w.rt, "at "+e.Path)
	if !strings.Contains(kind, "partial") && os.MkdirAll(filepath.Dir(local), 0o755) != nil {
		return // there is a file where a folder must be
	}
	var err error
	switch kind {
	case "other file":
		err = os.WriteFile(local, []byte("other"), 0o644)
	case "folder":
		err = os.Mkdir(local, 0o755)
	case "link":
		err = os.Symlink("/etc", local)
	case "the same":
		err = os.WriteFile(local, []byte(w.read(w.src.local(e))), 0o644)
	case "other bytes":
		err = os.WriteFile(local, bytes.Repeat([]byte("x"), int(e.Size)), 0o644)
	case "partial", "wrong partial":
		content := []byte(w.read(w.src.local(e)))
		if kind == "wrong partial" {
			content = bytes.Repeat([]byte("x"), len(content))
		}
		w.partial(delivery, e, content[:rapid.IntRange(0, len(content)).Draw(w.rt, "length of the partial")])
	}
	_ = err // what is there may be in the way already: then that stays
}

func (w *world) partial(delivery *inbox.Delivery, e wire.Entry, content []byte) {
	p, err := delivery.Create(entry(e), 0)
	if err != nil {
		return // something is in its way
	}
	_, err = p.Write(content)
	w.must(err)
	w.must(p.Keep())
}

func (w *world) read(local string) string {
	content, err := os.ReadFile(local)
	w.must(err)
	return string(content)
}

// isStaging reports what is in the inbox's own folder for partials.
func isStaging(here, local string) bool {
	return strings.HasPrefix(strings.TrimPrefix(local, here+"/"), ".ferry-partial")
}

// deliver makes attempts until one ends well, and looks at the inbox after each.
func (w *world) deliver() {
	for e := range w.src.Manifest.All() {
		if local := w.src.local(e); !e.Folder && !e.Link && strings.HasPrefix(w.read(local), "gone ") {
			folder, err := os.Stat(filepath.Dir(local))
			w.must(err)
			w.must(os.Remove(local))
			w.must(os.Chtimes(filepath.Dir(local), folder.ModTime(), folder.ModTime()))
		}
	}
	a := &attempt{id: NewID(), src: w.src, box: w.box}
	for range rapid.IntRange(0, 2).Draw(w.rt, "interruptions") {
		a.breaks = rapid.Int64Range(5_000, 3<<20).Draw(w.rt, "after")
		if o := w.e.make(context.Background(), a); o.sentErr == nil {
			break
		}
		w.nothingWrong()
		if rapid.Bool().Draw(w.rt, "the sender is started anew") {
			a.src = w.reload()
		}
	}
	a.breaks = 0
	o := w.e.make(context.Background(), a)
	if o.sentErr != nil || o.gotErr != nil {
		w.rt.Fatalf("sender: %v, receiver: %v", o.sentErr, o.gotErr)
	}
	w.nothingWrong()
	w.allThere(o)
}

// reload saves the source and opens it again, as another run of the program does.
func (w *world) reload() *Source {
	file := filepath.Join(w.dir, "list")
	w.must(w.src.Save(file))
	w.must(w.src.Close())
	var err error
	w.src, err = Load(file)
	w.must(err)
	now, changed, err := w.src.Revise(context.Background(), w.dir)
	w.must(err)
	if now != w.src || changed > 0 {
		w.rt.Errorf("%d files have changed, but none has", changed)
	}
	return w.src
}

// nothingWrong checks that what was there is as it was, and that each new file is one
// that was offered.
func (w *world) nothingWrong() {
	for local, old := range w.old {
		info, err := os.Lstat(local)
		w.must(err)
		same := os.SameFile(info, old.info) && info.Mode() == old.info.Mode()
		if info.Mode().IsRegular() {
			same = same && info.ModTime().Equal(old.info.ModTime()) && w.read(local) == old.content
		}
		if !same {
			w.rt.Errorf("%q was changed", local)
		}
	}
	for local := range w.fresh() {
		if info, err := os.Lstat(local); err == nil && info.Mode().IsRegular() && !w.files[w.read(local)] {
			w.rt.Errorf("%q is no file that was sent: %.40q", local, w.read(local))
		}
	}
}

// fresh returns what is in the inbox and was not.
func (w *world) fresh() map[string]bool {
	list := map[string]bool{}
	w.must(filepath.WalkDir(w.here, func(local string, _ fs.DirEntry, err error) error {
		if _, old := w.old[local]; err == nil && !old && !isStaging(w.here, local) {
			list[local] = true
		}
		return err
	}))
	return list
}

// allThere checks that each entry is where the receiver says, or is listed at both ends.
func (w *world) allThere(o outcome) {
	missing := map[string]bool{}
	for _, f := range o.got.Failures {
		missing[f.Path] = true
	}
	told := maps.Clone(missing)
	for _, f := range o.sent.Failures {
		delete(told, f.Path)
	}
	if len(told) > 0 {
		w.rt.Errorf("the sender was not told of %v", slices.Sorted(maps.Keys(told)))
	}
	locals := w.locals(o)
	// Two entries may be at one place: one whose name was taken, and one that the
	// sender calls what the first is called instead, if they are folders, or the same.
	count := map[string]int{}
	for _, local := range locals {
		count[local]++
	}
	fresh := w.fresh()
	for e := range w.src.Manifest.All() {
		local := locals[e.Path]
		if missing[e.Path] {
			continue
		}
		delete(fresh, local)
		if err := w.arrived(e, local, count[local] > 1); err != nil {
			w.rt.Errorf("%q: %v", e.Path, err)
		}
	}
	for local := range fresh {
		w.rt.Errorf("%q was not sent", local)
	}
}

// locals returns where the receiver says that each entry is.
func (w *world) locals(o outcome) map[string]string {
	locals := map[string]string{"": w.here}
	for _, r := range o.got.Delivered.Renames {
		locals[r.Path] = filepath.Join(w.here, filepath.FromSlash(r.Local))
	}
	for e := range w.src.Manifest.All() {
		if _, renamed := locals[e.Path]; !renamed {
			parent, name := path.Split(e.Path)
			locals[e.Path] = filepath.Join(locals[strings.TrimSuffix(parent, "/")], name)
		}
	}
	return locals
}

// arrived checks that e is at local: with its time and mode, unless another entry is there too.
func (w *world) arrived(e wire.Entry, local string, shared bool) error {
	info, err := os.Lstat(local)
	if err != nil {
		return err
	}
	_, old := w.old[local]
	switch {
	case e.Folder:
		if !info.IsDir() || !old && !shared && !info.ModTime().Equal(e.ModTime) {
			return fmt.Errorf("it is %v, of %v; want %v", info.Mode(), info.ModTime(), e.ModTime)
		}
	case e.Link:
		if target, err := os.Readlink(local); err != nil || target != e.Target {
			return fmt.Errorf("a link to %q (%v), want %q", target, err, e.Target)
		}
	case w.read(local) != w.read(w.src.local(e)):
		return fmt.Errorf("%d other bytes", info.Size())
	case !old && !shared && (!info.ModTime().Equal(e.ModTime) || (info.Mode()&0o100 != 0) != e.Exec):
		return fmt.Errorf("%v of %v, want %v, executable: %v", info.Mode(), info.ModTime(), e.ModTime, e.Exec)
	}
	return nil
}
