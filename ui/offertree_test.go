package ui

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

// sample is an offer of two folders, one of which was not offered itself.
func sample() []netcore.Entry {
	file := func(path string, size int64) netcore.Entry { return netcore.Entry{Path: path, Size: size} }
	return []netcore.Entry{
		{Path: "photos", Kind: netcore.Folder},
		{Path: "photos/empty", Kind: netcore.Folder},
		file("photos/a.jpg", 1), file("photos/b.jpg", 2),
		{Path: "photos/deep", Kind: netcore.Folder}, file("photos/deep/c.jpg", 4),
		file("implied/d.jpg", 8), file("implied/e.jpg", 16),
		{Path: "link", Kind: netcore.Link, Target: "photos"},
	}
}

func sampleTree(entries []netcore.Entry) *tree {
	t := newTree()
	t.whole = true
	for _, e := range entries {
		t.add(e)
	}
	t.complete()
	return t
}

func (t *tree) at(path string) int32 {
	for i := range t.nodes {
		if i > 0 && t.path(int32(i)) == path {
			return int32(i)
		}
	}
	panic(path)
}

func TestTicks(t *testing.T) {
	newHarness(t)
	for _, test := range []struct {
		name   string
		untick []string
		tick   []string
		skip   []string
		files  int
		bytes  int64
	}{
		{"all", nil, nil, nil, 5, 31},
		{"a file", []string{"photos/a.jpg"}, nil, []string{"photos/a.jpg"}, 4, 30},
		{"a folder", []string{"photos"}, nil, []string{"photos"}, 2, 24},
		{"a folder but one", []string{"photos"}, []string{"photos/deep/c.jpg"}, []string{"photos/empty", "photos/a.jpg", "photos/b.jpg"}, 3, 28},
		{"all in a folder, one by one", []string{"photos/deep/c.jpg"}, nil, []string{"photos/deep"}, 4, 27},
		{"a folder that is no entry", []string{"implied"}, nil, []string{"implied/d.jpg", "implied/e.jpg"}, 3, 7},
		{"twice", []string{"photos", "photos/a.jpg", "photos"}, nil, []string{"photos"}, 2, 24},
		{"an empty folder and a link", []string{"photos/empty", "link"}, nil, []string{"photos/empty", "link"}, 5, 31},
		{"back again", []string{"photos", "link"}, []string{"photos", "link"}, nil, 5, 31},
	} {
		tree := sampleTree(sample())
		for _, p := range test.untick {
			tree.setWanted(tree.at(p), false)
		}
		for _, p := range test.tick {
			tree.setWanted(tree.at(p), true)
		}
		if got := tree.skipped(); !slices.Equal(got, test.skip) || tree.files != test.files || tree.bytes != test.bytes {
			t.Errorf("%s: skips %q, %d files of %d bytes are left", test.name, got, tree.files, tree.bytes)
		}
	}
}

func TestFoldersOpenAndClose(t *testing.T) {
	newHarness(t)
	tree := sampleTree(sample())
	paths := func() (all []string) {
		for _, i := range tree.shown() {
			all = append(all, tree.path(i))
		}
		return all
	}
	if got := paths(); !slices.Equal(got, []string{"implied", "photos", "link"}) {
		t.Errorf("at first %q", got)
	}
	tree.nodes[tree.at("photos")].open = true
	tree.nodes[tree.at("photos/deep")].open = true
	want := []string{"implied", "photos", "photos/deep", "photos/deep/c.jpg", "photos/empty", "photos/a.jpg", "photos/b.jpg", "link"}
	if got := paths(); !slices.Equal(got, want) {
		t.Errorf("open: %q", got)
	}
}

func TestWhatComesIsInTheOrderThatPeopleLookFor(t *testing.T) {
	names := []string{"IMG_10.jpg", "img_4.jpg", "IMG_4.jpg", "IMG_04.jpg", "b", "A", "x2y10", "x2y9", "\xff", "é", "a", ""}
	want := []string{"", "A", "a", "b", "IMG_04.jpg", "IMG_4.jpg", "img_4.jpg", "IMG_10.jpg", "x2y9", "x2y10", "é", "\xff"}
	if got := slices.SortedFunc(slices.Values(names), compareNames); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	tree := sampleTree([]netcore.Entry{{Path: "b10"}, {Path: "b9"}, {Path: "z", Kind: netcore.Folder}, {Path: "z/2"}, {Path: "z/1"}, {Path: "y/1"}})
	tree.nodes[tree.at("z")].open = true
	var got []string
	for _, i := range tree.shown() {
		got = append(got, tree.path(i))
	}
	if want := []string{"y", "z", "z/1", "z/2", "b9", "b10"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// Only what is wanted is warned of.
func TestOnlyTickedProgramsAreCounted(t *testing.T) {
	newHarness(t)
	tree := sampleTree([]netcore.Entry{{Path: "a.exe"}, {Path: "f", Kind: netcore.Folder}, {Path: "f/b.exe"}, {Path: "f/c.txt"}, {Path: "App.app", Kind: netcore.Folder}, {Path: "App.app/d"}})
	for _, step := range []struct {
		path   string
		wanted bool
		left   int
	}{{"a.exe", true, 3}, {"a.exe", false, 2}, {"a.exe", false, 2}, {"f/c.txt", false, 2}, {"f", false, 1}, {"App.app/d", false, 0}, {"f", true, 1}, {"App.app", true, 2}} {
		tree.setWanted(tree.at(step.path), step.wanted)
		if tree.dangers != step.left {
			t.Errorf("%s wanted is %v: %d", step.path, step.wanted, tree.dangers)
		}
	}
}

// A press on a name ticks a file, and opens a folder.
func TestANameIsPressed(t *testing.T) {
	h := newHarness(t)
	h.offer(t.Context(), offerFrom(anna, "a.txt"))
	card := h.asked()
	h.settled()
	tree := sampleTree(sample())
	card.list.setTree(tree)
	card.update()
	press := func(path string, at func(*entryRow) fyne.CanvasObject) {
		row := card.list.list.live[tree.at(path)]
		test.TapAt(row, at(row).Position().AddXY(4, 4))
	}
	name := func(r *entryRow) fyne.CanvasObject { return r.name }
	press("photos", name)
	if n := tree.nodes[tree.at("photos")]; !n.open || n.wanted != n.leaves {
		t.Error("a folder's name does not open it")
	}
	press("photos", name)
	if tree.nodes[tree.at("photos")].open {
		t.Error("a folder's name does not shut it")
	}
	press("photos", func(r *entryRow) fyne.CanvasObject { return r.arrow })
	press("photos/empty", name)
	press("photos", func(r *entryRow) fyne.CanvasObject { return r.tick })
	if n := tree.nodes[tree.at("photos")]; !n.open || n.wanted != n.leaves {
		t.Error("a folder's tick does not want all of it again")
	}
	press("photos/a.jpg", name)
	if got := tree.skipped(); !slices.Equal(got, []string{"photos/a.jpg"}) {
		t.Errorf("a file's name does not tick it: skips %q", got)
	}
}

// Unticked entries are skipped, and what is said follows.
func TestWhatIsUntickedIsSkipped(t *testing.T) {
	h := newHarness(t)
	answer := h.offer(t.Context(), offerFrom(anna, "a.txt", "b.txt", "c.txt"))
	card := h.asked()
	h.pass(settle)
	h.settled()
	h.win.Canvas().Focus(card.list)
	h.key(fyne.KeyDown)
	h.key(fyne.KeySpace)
	if got := card.total.words(); got != "2 kB of 3 kB" {
		t.Errorf("says %q", got)
	}
	h.key(fyne.KeyReturn)
	if got := h.answered(answer); !reflect.DeepEqual(got, netcore.Answer{Accept: true, Skip: []string{"b.txt"}}) {
		t.Errorf("answered %+v", got)
	}
}

func TestNothingTickedCannotBeAccepted(t *testing.T) {
	h := newHarness(t)
	h.offer(t.Context(), offerFrom(anna, "a.txt"))
	card := h.asked()
	h.pass(settle)
	test.Tap(card.ticks)
	h.key(fyne.KeyReturn)
	if h.offers.first() != card || !card.accept.disabled {
		t.Error("nothing was accepted")
	}
	test.Tap(card.ticks)
	if card.accept.disabled {
		t.Error("all cannot be accepted")
	}
}

// manyEntries is an offer of n files in n/100 folders.
func manyEntries(n int) []netcore.Entry {
	var all []netcore.Entry
	for i := range n {
		if i%100 == 0 {
			all = append(all, netcore.Entry{Path: fmt.Sprintf("all/folder %04d", i/100), Kind: netcore.Folder})
		}
		all = append(all, netcore.Entry{Path: fmt.Sprintf("all/folder %04d/photo %07d.jpg", i/100, i), Size: 1})
	}
	return all
}

func TestALargeOfferHasFewWidgets(t *testing.T) {
	h := newHarness(t)
	answer := h.offer(t.Context(), offerFrom(anna, "all"))
	card := h.asked()
	h.settled()
	tree := sampleTree(manyEntries(100_000))
	for i := range tree.nodes {
		tree.nodes[i].open = true
	}
	card.list.setTree(tree)
	card.update()
	if n := len(card.list.list.keys); n != 101_001 {
		t.Fatalf("%d lines", n)
	}
	if n := len(card.list.list.content.Objects); n > 20 {
		t.Errorf("%d widgets", n)
	}
	h.pass(settle)
	card.list.tick(tree.at("all/folder 0007"))
	h.win.Canvas().Focus(card.list)
	h.key(fyne.KeyEnd)
	last := card.list.list.live[card.list.list.keys[101_000]]
	if last == nil || last.name.words() != "photo 0099999.jpg" {
		t.Error("End does not go to the end")
	}
	h.key(fyne.KeyReturn)
	if got := h.answered(answer).Skip; !slices.Equal(got, []string{"all/folder 0007"}) {
		t.Errorf("skips %q", got)
	}
}

// offerOf is an offer of these entries.
func offerOf(entries []netcore.Entry) netcore.Offer {
	o := netcore.Offer{Inbox: "/inbox", Free: -1}
	for _, e := range entries {
		if e.Kind == netcore.Folder {
			o.Folders++
		} else {
			o.Files++
		}
		o.Bytes += e.Size
	}
	return netcore.NewOffer(o, slices.Values(entries), nil)
}

// TestAMillionEntriesAreATree opens the last folder of a large offer, and leaves one of its files out.
func TestAMillionEntriesAreATree(t *testing.T) {
	h := newHarness(t)
	offer := offerOf(manyEntries(1_000_000))
	offer.Peer, offer.Top = anna, []netcore.Entry{{Path: "all", Kind: netcore.Folder, Size: 1_000_000}}
	answer := h.offer(t.Context(), offer)
	card := h.asked()
	h.settled()
	h.pass(settle)
	h.win.Canvas().Focus(card.list)
	for _, key := range []fyne.KeyName{fyne.KeyEnd, fyne.KeyRight, fyne.KeyEnd, fyne.KeySpace} {
		h.key(key)
	}
	if words := card.total.words(); !strings.Contains(words, "999,999 of 1,000,000 files") {
		t.Errorf("says %q", words)
	}
	h.key(fyne.KeyReturn)
	if got := h.answered(answer).Skip; !slices.Equal(got, []string{"all/folder 9999/photo 0999999.jpg"}) {
		t.Errorf("skips %q", got)
	}
}

func TestTooLargeAnOfferIsNotIndexed(t *testing.T) {
	newHarness(t)
	deep := func(yield func(netcore.Entry) bool) { // few entries, each in a thousand folders of its own
		for i := range 10_000 {
			if !yield(netcore.Entry{Path: fmt.Sprintf("%d", i) + strings.Repeat("/x", 1000)}) {
				return
			}
		}
	}
	for name, o := range map[string]netcore.Offer{
		"too many": {Files: mostIndexed + 1},
		"too deep": netcore.NewOffer(netcore.Offer{Files: 10_000}, deep, nil),
	} {
		if treeOf(context.Background(), o) != nil {
			t.Errorf("%s: it is", name)
		}
	}
}

// All in one folder, in the worst order.
func BenchmarkIndexOfOneFolder(b *testing.B) {
	var entries []netcore.Entry
	for i := range 100_000 {
		entries = append(entries, netcore.Entry{Path: fmt.Sprintf("all/photo of the holidays %d.jpg", i*7919%100_000)})
	}
	for b.Loop() {
		sampleTree(entries).shown()
	}
}

func BenchmarkIndexOf100000Entries(b *testing.B)  { benchmarkIndex(b, 100_000) }
func BenchmarkIndexOf1000000Entries(b *testing.B) { benchmarkIndex(b, 1_000_000) }

func benchmarkIndex(b *testing.B, n int) {
	o := offerOf(manyEntries(n))
	for b.Loop() {
		treeOf(b.Context(), o).shown()
	}
}
