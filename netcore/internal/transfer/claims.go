package transfer

import (
	"cmp"
	"context"
	"encoding/binary"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/zeebo/blake3"

	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/inbox"
)

// freshly is how young a file's last change may be for a later one to go unseen:
// filesystems keep times in steps, of 2 s on FAT.
const freshly = 2 * time.Second

// A claim is what was known of a file when Have named it. Until File refers to it, a
// person may have written to the file.
type claim struct {
	index int64
	state uint64 // see stateOf
	sum   uint64 // short, of the hash in Have
}

// claims are in the order of their entries.
type claims []claim

func (c *claims) add(one claim) { *c = append(*c, one) }

// of returns the claim about entry i; one that nothing is like if there is none.
func (c claims) of(i int64) claim {
	n, ok := slices.BinarySearchFunc(c, i, func(one claim, i int64) int { return cmp.Compare(one.index, i) })
	if !ok {
		return claim{}
	}
	return c[n]
}

// short is what is kept of a hash: enough to notice what happens by accident.
func short(hash []byte) uint64 { return binary.BigEndian.Uint64(hash) }

// stateOf stands for the size and the times of f, and which file it is. It is 0
// if a change might leave it as it is. Partials are not for people to
// write to; they do not become doubtful for being fresh, as they usually are.
func (r *receiver) stateOf(f *os.File, where inbox.Where) uint64 {
	info, err := f.Stat()
	if err != nil {
		return 0
	}
	if where == inbox.Final && time.Since(changeTime(info)) < freshly {
		return 0
	}
	return fileState(info)
}

// fileState is never 0.
func fileState(info fs.FileInfo) uint64 {
	inode, changed := inodeOf(info)
	var b []byte
	b = binary.BigEndian.AppendUint64(b, uint64(info.Size()))
	b = binary.BigEndian.AppendUint64(b, inode)
	b = binary.BigEndian.AppendUint64(b, uint64(info.ModTime().UnixNano()))
	b = binary.BigEndian.AppendUint64(b, uint64(changed.UnixNano()))
	sum := blake3.Sum256(b)
	return short(sum[:]) | 1
}

// changeTime is when the file was last written to, or became what it is.
func changeTime(info fs.FileInfo) time.Time {
	if _, changed := inodeOf(info); changed.After(info.ModTime()) {
		return changed
	}
	return info.ModTime()
}

// recheck makes sure that f, which Have has named and File refers to, is as it was. The
// beginning of a file needs no more than its hash: Sum tells of what is wrong.
func (r *receiver) recheck(ctx context.Context, f *os.File, length int64) error {
	o, claim := r.open, r.claims.of(r.open.index)
	info, err := f.Stat()
	same := err == nil && fileState(info) == claim.state
	kept := r.hashers[o.index]
	delete(r.hashers, o.index)
	switch {
	case same && o.left == 0:
		return nil
	case same && kept != nil:
		o.hash = kept
		return nil
	}
	o.hash = r.freshHash()
	_, err = io.CopyBuffer(onlyWriter{o.hash}, io.LimitReader(contextReader{ctx, f}, length), r.buf)
	if err == nil && o.left == 0 && short(o.hash.Sum(nil)) != claim.sum {
		err = fault.Changed
	}
	return err
}
