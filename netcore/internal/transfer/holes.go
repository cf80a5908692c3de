package transfer

import (
	"io/fs"
	"os"
)

// minHoles is how much of a file must not be on the disk for its holes to be
// looked for, in bytes: less is sent faster than found.
const minHoles = 64 << 10

const (
	// minSparse is how much of a file must not be on the disk for an offer to count its holes: for
	// that, it has to be opened.
	minSparse = 16 << 20
	// maxParts is in how many of its parts holes are looked for then.
	maxParts = 1024
)

// holesIn returns how many bytes of the file local, which info is of, are in holes; fewer, if that would take long.
// Holes are looked for, as a file of which less is on the disk may as well be compressed there.
func holesIn(local string, info fs.FileInfo) (bytes int64) {
	size := info.Size()
	if stored, known := stored(info); !known || size-stored < minSparse || !info.Mode().IsRegular() {
		return 0
	}
	f, err := os.OpenFile(local, openFlags, 0)
	if err != nil {
		return 0
	}
	defer f.Close() // it was opened for reading
	h := holesOf(f, size)
	for at, n := int64(0), 0; at < size && n < maxParts; n++ {
		hole, end := h.extent(at)
		if hole {
			bytes += end - at
		}
		at = end
	}
	return bytes
}

// holes tells which parts of a file are not on the disk, and read as zeros.
type holes struct {
	f    sourceFile
	size int64
	none bool // or they cannot be found
}

// holesOf returns the holes of f, which has size bytes. For a large file that is all on
// the disk, as most are, it asks the system once, and for a small one never.
func holesOf(f sourceFile, size int64) *holes {
	h := &holes{f: f, size: size, none: true}
	if size < minHoles {
		return h
	}
	if info, err := f.Stat(); err == nil {
		stored, known := stored(info)
		h.none = !known || size-stored < minHoles
	}
	return h
}

// extent returns whether there is a hole at the offset at, and where it ends, or
// the data that is there instead. Where that cannot be found out, all is data.
func (h *holes) extent(at int64) (hole bool, end int64) {
	if h.none {
		return false, h.size
	}
	data, err := nextData(h.f, at)
	switch {
	case err != nil:
		h.none = true
		return false, h.size
	case data > at:
		return true, min(data, h.size)
	}
	end, err = nextHole(h.f, at)
	if err != nil || end <= at {
		h.none = true
		return false, h.size
	}
	return false, min(end, h.size)
}
