package ui

import (
	"context"
	"fmt"
	"reflect"
	"slices"
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
	t.count()
	return t
}

func (t *tree) at(path string) int32 {
	for i := range t.nodes {
		if t.nodes[i].Path == path {
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
			all = append(all, tree.nodes[i].Path)
		}
		return all
	}
	if got := paths(); !slices.Equal(got, []string{"photos", "implied", "link"}) {
		t.Errorf("at first %q", got)
	}
	tree.nodes[tree.at("photos")].open = true
	tree.nodes[tree.at("photos/deep")].open = true
	want := []string{"photos", "photos/empty", "photos/a.jpg", "photos/b.jpg", "photos/deep", "photos/deep/c.jpg", "implied", "link"}
	if got := paths(); !slices.Equal(got, want) {
		t.Errorf("open: %q", got)
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

func TestTooLargeAnOfferIsNotIndexed(t *testing.T) {
	newHarness(t)
	if treeOf(context.Background(), netcore.Offer{Files: mostIndexed + 1}) != nil {
		t.Error("it is")
	}
}

func BenchmarkIndexOf100000Entries(b *testing.B) {
	entries := manyEntries(100_000)
	for b.Loop() {
		sampleTree(entries).shown()
	}
}
