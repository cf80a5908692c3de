package picture

import (
	"encoding/binary"
	"fmt"
)

// checkScans lets through a JPEG that is decoded in one go: baseline, with one scan. A progressive one, or one of many scans, can have
// each of its bytes make the decoder go over the whole picture again: 16 KiB of that take a tenth of a second.
func checkScans(body []byte) error {
	const baseline, scan = 0xc0, 0xda
	rest := body
	for started := false; ; {
		marker, segment, after, ok := nextSegment(rest)
		switch {
		case !ok:
			return fmt.Errorf("%w: its segments do not add up", ErrFormat)
		case marker == scan && !started:
			return fmt.Errorf("%w: a scan before its frame", ErrFormat)
		case marker == scan:
			return checkEnd(after)
		case isFrame(marker) && (started || marker != baseline):
			return fmt.Errorf("%w: frame of type %#x, %d bytes", ErrFormat, marker, len(segment))
		}
		started = started || marker == baseline
		rest = after
	}
}

// isFrame reports whether a marker begins a frame, of whatever coding (T.81, table B.1).
func isFrame(marker byte) bool {
	const tables, extension, arithmetic = 0xc4, 0xc8, 0xcc
	return marker >= 0xc0 && marker <= 0xcf && marker != tables && marker != extension && marker != arithmetic
}

// nextSegment takes the next segment off a JPEG, which may begin with the marker of its start.
func nextSegment(b []byte) (marker byte, segment, after []byte, ok bool) {
	if len(b) >= 2 && b[0] == 0xff && b[1] == 0xd8 {
		b = b[2:]
	}
	if len(b) < 4 || b[0] != 0xff {
		return 0, nil, nil, false
	}
	size := int(binary.BigEndian.Uint16(b[2:]))
	if size < 2 || len(b) < 2+size {
		return 0, nil, nil, false
	}
	return b[1], b[4 : 2+size], b[2+size:], true
}

// checkEnd wants nothing behind the first scan but the end: in what was encoded, 0xff stands before 0, or before a restart.
func checkEnd(encoded []byte) error {
	const end, firstRestart, lastRestart = 0xd9, 0xd0, 0xd7
	for i := 0; i+1 < len(encoded); i++ {
		next := encoded[i+1]
		switch {
		case encoded[i] != 0xff || next == 0 || next >= firstRestart && next <= lastRestart:
		case next == end:
			return nil
		default:
			return fmt.Errorf("%w: more than one scan", ErrFormat)
		}
	}
	return fmt.Errorf("%w: no end", ErrFormat)
}
