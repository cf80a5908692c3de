package wire

import (
	"encoding/binary"
	"fmt"
	"math"

	"ferry/netcore/internal/fault"
)

// decoder reads the fields of a binary body; its first error sticks.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: "+format, append([]any{fault.Protocol}, args...)...)
	}
}

func (d *decoder) byte() byte {
	if b := d.bytes(1); d.err == nil {
		return b[0]
	}
	return 0
}

func (d *decoder) bytes(n int) []byte {
	if d.err == nil && len(d.rest) < n {
		d.fail("body ends in the middle of an item")
	}
	if d.err != nil {
		return nil
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	return v * d.skip(n)
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.rest)
	return v * int64(d.skip(n))
}

// skip advances over a number of n bytes, as encoding/binary reports it, and
// returns 1, or 0 if there was none.
func (d *decoder) skip(n int) uint64 {
	if n <= 0 {
		d.fail("no number where one must be")
	}
	if d.err != nil {
		return 0
	}
	d.rest = d.rest[n:]
	return 1
}

func (d *decoder) int63(what string) int64 {
	v := d.uvarint()
	if v > math.MaxInt64 {
		d.fail("%s %d", what, v)
		return 0
	}
	return int64(v)
}

func (d *decoder) string(limit int) string {
	n := d.uvarint()
	if n > uint64(limit) {
		d.fail("string of %d bytes, at most %d are allowed", n, limit)
		return ""
	}
	return string(d.bytes(int(n)))
}

// filled reads a string that must not be empty, as a part of the body.
func (d *decoder) filled(what string, limit int) []byte {
	n := d.uvarint()
	if n == 0 || n > uint64(limit) {
		d.fail("%s of %d bytes, 1 to %d are allowed", what, n, limit)
		return nil
	}
	return d.bytes(int(n))
}

func (d *decoder) end() error {
	if d.err == nil && len(d.rest) > 0 {
		d.fail("%d bytes too many", len(d.rest))
	}
	return d.err
}
