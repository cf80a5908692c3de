package inbox

import (
	"bytes"
	"io"
	"os"
)

// compareChunk is how much of two files is compared at once.
const compareChunk = 256 << 10

// isThere reports whether what has the name local in f is a file with the
// content of p, which may have been brought by another transfer at the same time, or
// by an earlier attempt of this one, and can be used in place of p.
func (d *Delivery) isThere(p *Partial, f *folder, local string) bool {
	there, _, err := d.openRegular(f, local, p.entry)
	if err != nil {
		return false
	}
	defer there.Close() // nothing was written to it
	return sameContent(p.file, there, p.entry.Size)
}

// sameContent compares the first size bytes of two files. What cannot be read
// is not the same.
func sameContent(a, b *os.File, size int64) bool {
	chunk := min(size, compareChunk)
	one, other := make([]byte, chunk), make([]byte, chunk)
	for at := int64(0); at < size; at += chunk {
		n := min(chunk, size-at)
		if _, err := io.ReadFull(io.NewSectionReader(a, at, n), one[:n]); err != nil {
			return false
		}
		if _, err := io.ReadFull(io.NewSectionReader(b, at, n), other[:n]); err != nil {
			return false
		}
		if !bytes.Equal(one[:n], other[:n]) {
			return false
		}
	}
	return true
}
