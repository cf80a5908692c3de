package wire

import (
	"encoding/binary"

	"ferry/netcore/internal/fault"
)

// HaveKind is what a receiver says of an entry.
type HaveKind uint8

// The kinds. An entry that no item names is wanted whole.
const (
	HaveBytes    HaveKind = 0 // its first Length bytes are there and have this Hash
	HaveUnwanted HaveKind = 1 // it is not wanted
	HaveRefused  HaveKind = 2 // it cannot be stored, for the reason in Code
)

// A HaveItem is what a receiver says of one entry.
type HaveItem struct {
	Index  int64 // the entry's place in the offer, from 0
	Kind   HaveKind
	Length int64
	Hash   [HashSize]byte
	Code   fault.Code
}

const maxCode = 32

// A HavePage collects items for the body of a Have frame, in ascending order of
// Index.
type HavePage struct {
	items []byte
	last  int64 // 1 + index of the item before
}

// Add appends it. It reports false, and leaves the page as it was, when it is full.
func (p *HavePage) Add(it HaveItem) bool {
	start := len(p.items)
	b := binary.AppendUvarint(p.items, uint64(it.Index-p.last))
	b = append(b, byte(it.Kind))
	switch it.Kind {
	case HaveBytes:
		b = binary.AppendUvarint(b, uint64(it.Length))
		b = append(b, it.Hash[:]...)
	case HaveRefused:
		b = appendString(b, string(it.Code))
	}
	if len(b)+binary.MaxVarintLen64 > MaxPage {
		p.items = b[:start]
		return false
	}
	p.items, p.last = b, it.Index+1
	return true
}

// Body returns the body of the frame. next is the index up to which, exclusive,
// the receiver has now decided on all entries. The page is then empty.
func (p *HavePage) Body(next int64) []byte {
	b := binary.AppendUvarint(make([]byte, 0, binary.MaxVarintLen64+len(p.items)), uint64(next))
	b = append(b, p.items...)
	p.items, p.last = p.items[:0], 0
	return b
}

// ReadHave reads the body of a Have frame and calls yield for each item, in order. It
// returns the index up to which all is decided. Indexes are ascending and less than that.
func ReadHave(body []byte, yield func(HaveItem) error) (next int64, err error) {
	d := decoder{rest: body}
	next = d.int63("index")
	last := int64(0)
	for d.err == nil && len(d.rest) > 0 {
		var it HaveItem
		delta := d.int63("index")
		if delta >= next-last { // also keeps the sum from overflowing
			d.fail("item %d past %d of %d", delta, last, next)
		}
		it.Index = last + delta
		it.Kind = HaveKind(d.byte())
		switch it.Kind {
		case HaveBytes:
			it.Length = d.int63("length")
			copy(it.Hash[:], d.bytes(HashSize))
		case HaveUnwanted:
		case HaveRefused:
			it.Code = fault.Code(d.string(maxCode))
		default:
			d.fail("item of kind %d", it.Kind)
		}
		if d.err != nil {
			break
		}
		if err := yield(it); err != nil {
			return 0, err
		}
		last = it.Index + 1
	}
	return next, d.err
}

// AppendFile appends the body of a File frame: the content of entry index
// follows, from offset on.
func AppendFile(b []byte, index, offset int64) []byte {
	b = binary.AppendUvarint(b, uint64(index))
	return binary.AppendUvarint(b, uint64(offset))
}

// ReadFile reads the body of a File frame.
func ReadFile(body []byte) (index, offset int64, err error) {
	d := decoder{rest: body}
	index, offset = d.int63("index"), d.int63("offset")
	return index, offset, d.end()
}

// AppendFault appends the body of a Fault frame: entry index will not be
// delivered, because of code.
func AppendFault(b []byte, index int64, code fault.Code) []byte {
	b = binary.AppendUvarint(b, uint64(index))
	return appendString(b, string(code))
}

// ReadFault reads the body of a Fault frame.
func ReadFault(body []byte) (index int64, code fault.Code, err error) {
	d := decoder{rest: body}
	index = d.int63("index")
	code = fault.Code(d.string(maxCode))
	return index, code, d.end()
}

// AppendCancel appends the body of a Cancel frame: the transfer id is over because of code.
func AppendCancel(b []byte, id [idSize]byte, code fault.Code) []byte {
	b = append(b, id[:]...)
	if code == fault.CodeOf(fault.Cancelled) {
		return b
	}
	return append(b, code...)
}

// ReadCancel reads the body of a Cancel frame.
func ReadCancel(body []byte) (id [idSize]byte, code fault.Code) {
	if code = fault.Code(body[idSize:]); code == "" {
		code = fault.CodeOf(fault.Cancelled)
	}
	return [idSize]byte(body), code
}

// AppendHole appends the body of a Hole frame: n bytes of value 0 follow, n >= 1.
func AppendHole(b []byte, n int64) []byte { return binary.AppendUvarint(b, uint64(n)) }

// ReadHole reads the body of a Hole frame.
func ReadHole(body []byte) (n int64, err error) {
	d := decoder{rest: body}
	if n = d.int63("length"); n == 0 {
		d.fail("a hole of no bytes")
	}
	return n, d.end()
}

func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}
