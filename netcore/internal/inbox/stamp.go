package inbox

import (
	"encoding/binary"
	"hash/maphash"
	"os"
)

// Stamp returns what tells whether a file that Lookup has found is still the same, and
// unchanged, when Lookup finds it again: its identity, size, time, and, where the system
// has it, the time of its last change of any kind, which programs cannot set. f is
// what Lookup returned. Stamps of one Delivery that are equal are of one unchanged file,
// as far as the clock of the filesystem tells; 0 means that nothing is known, and equals nothing.
// It may be called from any goroutine.
func (d *Delivery) Stamp(f *os.File) uint64 {
	info, err := f.Stat()
	if err != nil {
		return 0
	}
	changed, err := changeTime(f)
	if err != nil {
		return 0
	}
	var b []byte
	for _, n := range []int64{int64(d.in.fileID(f, info)), info.Size(), info.ModTime().UnixNano(), changed} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return maphash.Bytes(d.layout.seed, b)
}
