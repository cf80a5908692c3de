package ui

import (
	"cmp"
	"context"
	"path"
	"slices"

	"ferry/netcore"
	"ferry/netcore/plain"
)

// mostIndexed is how many entries of an offer are shown as a tree. Of a larger offer only what was picked is shown,
// so that no offer takes the memory of this computer.
const mostIndexed = 200_000

// A tree is what comes with an offer, and what of it is wanted. Its leaves are files, links, and folders of
// which nothing more is known; a folder is wanted as far as what is in it is.
type tree struct {
	nodes   []node // the first is the root, which is no entry; a folder is before what is in it
	folders map[string]int32
	whole   bool // all entries are in it; else only what was picked

	files   int   // wanted, of those that are in it
	bytes   int64 // wanted
	dangers int   // wanted, that could do something when they are opened
}

// A node is one entry, or a folder that entries lie in.
type node struct {
	netcore.Entry       // of the root and of folders that were not offered themselves only Path and Kind
	offered       bool  // it is an entry
	open          bool  // what is in it is shown
	depth         int32 // 0 for what was picked
	parent        int32
	first, last   int32 // what is in it; 0 if nothing is
	next          int32 // after it in its folder; 0 at the end
	leaves        int32 // in it; 1 if it is a leaf
	wanted        int32 // of leaves
	danger        plain.Danger
}

func newTree() *tree {
	return &tree{nodes: []node{{Entry: netcore.Entry{Path: ".", Kind: netcore.Folder}, depth: -1}}, folders: map[string]int32{".": 0}}
}

// treeOfPicked is the tree of what the sender picked, without what is in it.
func treeOfPicked(o netcore.Offer) *tree {
	t := newTree()
	for _, e := range o.Top {
		t.add(e)
	}
	t.complete()
	return t
}

// treeOf is the tree of all that an offer has. It takes time, and is nil if the offer is too large or ctx
// ends.
func treeOf(ctx context.Context, o netcore.Offer) *tree {
	n := o.Files + o.Folders + o.Links
	if n > mostIndexed {
		return nil
	}
	t := newTree()
	t.nodes = append(make([]node, 0, n+1), t.nodes...)
	for e := range o.Entries() {
		if len(t.nodes) > mostIndexed || ctx.Err() != nil {
			return nil
		}
		t.add(e)
	}
	if len(t.nodes) == 1 {
		return nil // they could not be read
	}
	t.whole = true
	t.complete()
	return t
}

// add takes in an entry; folders that it lies in and that have not been offered are made.
func (t *tree) add(e netcore.Entry) {
	if i, ok := t.folders[e.Path]; ok && e.Kind == netcore.Folder {
		t.nodes[i].Entry, t.nodes[i].offered = e, true
		return
	}
	t.insert(node{Entry: e, offered: true, danger: dangerOf(e)})
}

func (t *tree) insert(n node) int32 {
	n.parent = t.folder(path.Dir(n.Path))
	n.depth = t.nodes[n.parent].depth + 1
	i := int32(len(t.nodes))
	t.nodes = append(t.nodes, n)
	if n.Kind == netcore.Folder {
		t.folders[n.Path] = i
	}
	in := &t.nodes[n.parent]
	if in.first == 0 {
		in.first = i
	} else {
		t.nodes[in.last].next = i
	}
	in.last = i
	return i
}

// folder is the node of a folder, made if it is not there yet.
func (t *tree) folder(name string) int32 {
	if i, ok := t.folders[name]; ok {
		return i
	}
	if name == "/" {
		return 0
	}
	return t.insert(node{Entry: netcore.Entry{Path: name, Kind: netcore.Folder}})
}

// complete makes a tree of which all entries are in it ready to be shown.
func (t *tree) complete() {
	t.count()
	t.sort()
}

// sort puts what is in each folder into the order in which people look for it: folders first, then by name.
func (t *tree) sort() {
	type child struct {
		i    int32
		file bool
		name string
	}
	var in []child
	for f := range t.nodes {
		in = in[:0]
		for i := t.nodes[f].first; i != 0; i = t.nodes[i].next {
			in = append(in, child{i, t.nodes[i].Kind != netcore.Folder, baseName(&t.nodes[i])})
		}
		slices.SortFunc(in, func(a, b child) int {
			if a.file != b.file {
				if b.file {
					return -1
				}
				return 1
			}
			return cmp.Or(compareNames(a.name, b.name), cmp.Compare(a.i, b.i))
		})
		next := int32(0)
		for _, c := range slices.Backward(in) {
			t.nodes[c.i].next, next = next, c.i
		}
		if len(in) > 0 {
			t.nodes[f].first, t.nodes[f].last = in[0].i, in[len(in)-1].i
		}
	}
}

// count adds up what is in each folder, and wants all of it.
func (t *tree) count() {
	for i := len(t.nodes) - 1; i > 0; i-- {
		n := &t.nodes[i]
		if n.first == 0 {
			n.leaves, n.wanted = 1, 1
			t.bytes += n.Size
			if n.Kind == netcore.File {
				t.files++
			}
		}
		if n.danger != plain.None {
			t.dangers++
		}
		in := &t.nodes[n.parent]
		in.Size += n.Size
		in.leaves += n.leaves
		in.wanted += n.wanted
	}
}

// setWanted says whether a node, and all that is in it, is wanted.
func (t *tree) setWanted(i int32, wanted bool) {
	delta := t.set(i, wanted)
	for i != 0 {
		i = t.nodes[i].parent
		t.want(i, delta)
	}
}

// set does so without its parents, and returns by how many leaves more are wanted.
func (t *tree) set(i int32, wanted bool) int32 {
	n := &t.nodes[i]
	delta := -n.wanted
	if wanted {
		delta = n.leaves - n.wanted
	}
	if delta == 0 {
		return 0
	}
	t.want(i, delta)
	if n.first == 0 {
		t.bytes += int64(delta) * n.Size
		if n.Kind == netcore.File {
			t.files += int(delta)
		}
	}
	for child := n.first; child != 0; child = t.nodes[child].next {
		t.set(child, wanted)
	}
	return delta
}

// want has so many leaves more of a node wanted.
func (t *tree) want(i, delta int32) {
	n := &t.nodes[i]
	before := n.wanted > 0
	n.wanted += delta
	if after := n.wanted > 0; n.danger != plain.None && before != after {
		if after {
			t.dangers++
		} else {
			t.dangers--
		}
	}
}

// skipped are the paths of what is not wanted, as an answer has them.
func (t *tree) skipped() []string {
	var all []string
	var visit func(i int32)
	visit = func(i int32) {
		for i := t.nodes[i].first; i != 0; i = t.nodes[i].next {
			switch n := &t.nodes[i]; {
			case n.wanted == n.leaves:
			case n.wanted == 0 && n.offered:
				all = append(all, n.Path)
			default:
				visit(i)
			}
		}
	}
	visit(0)
	return all
}

// shown are the nodes that are to be seen: what is in the root, and in folders that are open.
func (t *tree) shown() []int32 {
	var all []int32
	for i := t.nodes[0].first; i != 0; i = t.after(i) {
		all = append(all, i)
	}
	return all
}

// after is the node below i on the screen; 0 if there is none.
func (t *tree) after(i int32) int32 {
	if n := &t.nodes[i]; n.open && n.first != 0 {
		return n.first
	}
	for i != 0 && t.nodes[i].next == 0 {
		i = t.nodes[i].parent
	}
	return t.nodes[i].next
}

// all reports whether everything is wanted.
func (t *tree) all() bool { return t.nodes[0].wanted == t.nodes[0].leaves }

// nothing reports whether nothing is.
func (t *tree) nothing() bool { return t.nodes[0].wanted == 0 }

// openAlone opens the only folder there is, and so on: one row says too little.
func (t *tree) openAlone() {
	for i := t.nodes[0].first; i != 0 && t.nodes[i].next == 0; i = t.nodes[i].first {
		t.nodes[i].open = true
	}
}
