package ui

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"ferry/netcore"
	"ferry/netcore/plain"
)

// How many entries of an offer are shown as a tree, how many folders that were not offered themselves there may be around them, and how
// many bytes all names may take: as many entries as an offer can have, some 300 MB. Of one that is made to take more,
// only what was picked is shown.
const (
	mostIndexed = 4_000_000
	mostImplied = 200_000
	mostNames   = 128 << 20
)

// A tree is what comes with an offer, and what of it is wanted. Its leaves are files, links, and folders of
// which nothing more is known; a folder is wanted as far as what is in it is. It has no pointers for each node, as there may be millions.
type tree struct {
	nodes  []node            // the first is the root, which is no entry; a folder is before what is in it
	names  strings.Builder   // of all nodes, one behind the other
	labels map[uint32]string // what nodes are called here, by where their names begin, if that is not their name
	places map[string]int32  // of the folders, until it is complete
	near   string            // the folder that was looked up last
	inside int32             // its node
	whole  bool              // all entries are in it; else only what was picked

	files   int   // wanted, of those that are in it
	bytes   int64 // wanted
	dangers int   // wanted, that could do something when they are opened
}

// A node is one entry, or a folder that entries lie in.
type node struct {
	size        int64  // of a folder, what is in it
	name        uint32 // where that begins in the names
	length      uint16 // of it
	depth       int16  // 0 for what was picked
	parent      int32
	first, last int32 // what is in it; 0 if nothing is
	next        int32 // after it in its folder; 0 at the end
	leaves      int32 // in it; 1 if it is a leaf
	wanted      int32 // of leaves
	kind        netcore.Kind
	danger      plain.Danger
	offered     bool // it is an entry
	open        bool // what is in it is shown
}

func newTree() *tree {
	return &tree{
		nodes: []node{{kind: netcore.Folder, depth: -1}}, labels: make(map[uint32]string),
		places: map[string]int32{".": 0}, near: ".",
	}
}

// name is the last part of a node's path.
func (t *tree) name(i int32) string {
	n := &t.nodes[i]
	return t.names.String()[n.name:][:n.length]
}

// label is what a node is called here: its name as its sender sees it, and of a link where it points.
func (t *tree) label(i int32) string {
	if l, ok := t.labels[t.nodes[i].name]; ok {
		return l
	}
	return t.name(i)
}

// path is where a node lies, as the sender calls it.
func (t *tree) path(i int32) string {
	if t.nodes[i].depth <= 0 {
		return t.name(i)
	}
	return t.path(t.nodes[i].parent) + "/" + t.name(i)
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
		if len(t.nodes) > n+mostImplied || t.names.Len() > mostNames || ctx.Err() != nil {
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
	if e.Kind == netcore.Folder {
		if i, ok := t.places[e.Path]; ok {
			t.nodes[i].offered = true
			return
		}
	}
	i := t.insert(e.Path, node{kind: e.Kind, size: e.Size, offered: true, danger: dangerOf(e)})
	label := path.Base(cmp.Or(e.Original, e.Path))
	if e.Target != "" {
		label += " → " + e.Target
	}
	if label != t.name(i) {
		t.labels[t.nodes[i].name] = label
	}
}

func (t *tree) insert(where string, n node) int32 {
	n.parent = t.folder(path.Dir(where))
	n.depth = t.nodes[n.parent].depth + 1
	name := path.Base(where)
	n.name, n.length = uint32(t.names.Len()), uint16(len(name))
	t.names.WriteString(name)
	i := int32(len(t.nodes))
	t.nodes = append(t.nodes, n)
	if n.kind == netcore.Folder {
		t.places[where] = i
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
	if name == t.near { // as of most entries
		return t.inside
	}
	i, ok := t.places[name]
	switch {
	case !ok && name == "/":
		return 0
	case !ok:
		i = t.insert(name, node{kind: netcore.Folder})
	}
	t.near, t.inside = name, i
	return i
}

// complete makes a tree of which all entries are in it ready to be shown.
func (t *tree) complete() {
	t.count()
	t.sort()
	t.places = nil
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
			in = append(in, child{i, t.nodes[i].kind != netcore.Folder, t.label(i)})
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
			t.bytes += n.size
			if n.kind == netcore.File {
				t.files++
			}
		}
		if n.danger != plain.None {
			t.dangers++
		}
		in := &t.nodes[n.parent]
		in.size += n.size
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
		t.bytes += int64(delta) * n.size
		if n.kind == netcore.File {
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
				all = append(all, t.path(i))
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
