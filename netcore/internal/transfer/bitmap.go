package transfer

import "math/bits"

// bitmap is a set of entries.
type bitmap []uint64

func (b *bitmap) set(i int64) {
	for int64(len(*b))*64 <= i {
		*b = append(*b, 0)
	}
	(*b)[i/64] |= 1 << (i % 64)
}

func (b bitmap) has(i int64) bool {
	return i/64 < int64(len(b)) && b[i/64]&(1<<(i%64)) != 0
}

// common returns how many entries are in both.
func (b bitmap) common(other bitmap) (n int64) {
	for i := range min(len(b), len(other)) {
		n += int64(bits.OnesCount64(b[i] & other[i]))
	}
	return n
}
