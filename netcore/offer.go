package netcore

import (
	"context"
	"iter"
	"time"

	"ferry/netcore/internal/transfer"
	"ferry/netcore/internal/wire"
)

// Kind tells files, folders and links apart.
type Kind uint8

// The kinds of entry.
const (
	File Kind = iota
	Folder
	Link // symbolic
)

// An Entry is a file or folder of an offer, as the sender describes it.
type Entry struct {
	Path    string // relative, parts separated by slashes, as the sender calls it
	Kind    Kind
	Size    int64 // bytes; 0 for a folder
	ModTime time.Time
	Exec    bool   // the owner may execute it
	Target  string // of a Link: the path that it points to, relative to it
	// Original is the name on the sender's computer, where that is no text in
	// UTF-8: any bytes, for people to read. Empty otherwise.
	Original string
}

// An Offer is what a peer asks to deliver. Nothing of its content has been
// read yet, and nothing that is not among its entries can ever be written.
type Offer struct {
	ID      TransferID
	Peer    Peer
	Files   int     // in all
	Folders int     // in all
	Links   int     // in all
	Bytes   int64   // sum of the sizes of all files
	Holes   int64   // of those, bytes that take no room where files can have holes, as the sender says
	Top     []Entry // the entries that were picked, without what is in them; a folder's Size is that of all in it. At most 1000
	Inbox   string  // the folder it goes to unless the answer names another
	Free    int64   // bytes free there; negative if unknown
	// Speed is how fast what this peer has sent last came, in bytes a second; 0 if there is nothing to go by.
	Speed float64

	entries iter.Seq[Entry]
	preview func(ctx context.Context, dir string) (Preview, error)
}

// A Preview is what an offer would meet in a folder.
type Preview struct {
	Free     int64    // bytes free there, less what is kept in reserve; negative if unknown
	There    int      // files that seem to be there already: same path, size and time. Only their content decides
	Bytes    int64    // their sizes
	Clashes  int      // entries that would get a number, since something else has their name. One with their size and another time may turn out to be the same
	Renamed  int      // entries whose names cannot be used there as they are
	Examples []Rename // the first 100 of the clashes and renamed ones; what is in a renamed folder is not counted for that
}

// Preview looks at what the offer would meet in dir, and writes nothing; empty means the inbox. It takes as
// long as the disk does, so it is not for the goroutine that draws. ctx ends it.
func (o Offer) Preview(ctx context.Context, dir string) (Preview, error) {
	if o.preview == nil {
		return Preview{Free: o.Free}, nil
	}
	return o.preview(ctx, dir)
}

// NewOffer returns o with entries, and with what it would meet in a folder; for tests of front ends.
func NewOffer(o Offer, entries iter.Seq[Entry], preview func(ctx context.Context, dir string) (Preview, error)) Offer {
	o.entries, o.preview = entries, preview
	return o
}

// Entries yields all entries in the order of sending, a folder before what
// is in it. They are read from a spool: it may be ranged over again, also
// after the answer, but only while the transfer lasts.
func (o Offer) Entries() iter.Seq[Entry] {
	if o.entries == nil {
		return func(func(Entry) bool) {}
	}
	return o.entries
}

// An Answer is a person's decision on an offer.
type Answer struct {
	Accept bool
	Dir    string // where to put it; made if it is missing; empty for the inbox
	// Skip are the paths of entries that are not wanted, as [Entry.Path]; a folder's means all that is in it, too. They are
	// neither sent nor counted; nor are folders made of which nothing is left. Other paths mean nothing. To skip all is
	// to decline. The choice holds for as long as the transfer does, over interruptions and restarts.
	Skip []string
}

// previewOf looks at what the entries of m would meet in dir.
func previewOf(ctx context.Context, m *transfer.Manifest, dir string) (Preview, error) {
	p, err := m.Preview(ctx, dir)
	preview := Preview{Free: p.Free, There: p.There, Bytes: p.Bytes, Clashes: p.Clashes, Renamed: p.Renamed}
	for _, r := range p.Examples {
		preview.Examples = append(preview.Examples, Rename{r.Path, r.Local, r.Original})
	}
	return preview, err
}

func entryOf(e wire.Entry) Entry {
	kind := File
	switch {
	case e.Folder:
		kind = Folder
	case e.Link:
		kind = Link
	}
	return Entry{
		Path: e.Path, Kind: kind, Size: e.Size, ModTime: e.ModTime, Exec: e.Exec,
		Target: e.Target, Original: e.Original,
	}
}

func entriesOf(m *transfer.Manifest) iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for e := range m.All() {
			if !yield(entryOf(e)) {
				return
			}
		}
	}
}
