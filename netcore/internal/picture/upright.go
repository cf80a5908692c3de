package picture

import (
	"encoding/binary"
	"image"
)

// orientation is how a JPEG says that it is to be turned: 1 to 8, as in Exif 2.3, 4.6.4, tag 0x0112. 1, "as it is", of all that
// says nothing, or nonsense.
func orientation(data []byte) int {
	const app1, scan = 0xe1, 0xda
	for {
		marker, segment, after, ok := nextSegment(data)
		switch {
		case !ok || marker == scan:
			return 1
		case len(segment) > 6 && marker == app1 && string(segment[:6]) == "Exif\x00\x00":
			return tiffOrientation(segment[6:])
		}
		data = after
	}
}

// tiffOrientation looks for the tag in the first directory of a TIFF.
func tiffOrientation(tiff []byte) int {
	const header, entry, tag, short = 8, 12, 0x0112, 3
	if len(tiff) < header {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	count, list := order.Uint16(tiff[at:]), tiff[at+2:]
	for ; count > 0 && len(list) >= entry; count-- {
		if order.Uint16(list) == tag && order.Uint16(list[2:]) == short {
			if turn := order.Uint16(list[8:]); turn >= 1 && turn <= 8 {
				return int(turn)
			}
			return 1
		}
		list = list[entry:]
	}
	return 1
}

// upright turns a square picture of Side pixels as its orientation asks for.
func upright(m *image.RGBA, turn int) *image.RGBA {
	const last = Side - 1
	from, ok := map[int]func(x, y int) (int, int){
		2: func(x, y int) (int, int) { return last - x, y },
		3: func(x, y int) (int, int) { return last - x, last - y },
		4: func(x, y int) (int, int) { return x, last - y },
		5: func(x, y int) (int, int) { return y, x },
		6: func(x, y int) (int, int) { return y, last - x },
		7: func(x, y int) (int, int) { return last - y, last - x },
		8: func(x, y int) (int, int) { return last - y, x },
	}[turn]
	if !ok {
		return m
	}
	turned := image.NewRGBA(m.Bounds())
	for y := range Side {
		for x := range Side {
			turned.SetRGBA(x, y, m.RGBAAt(from(x, y)))
		}
	}
	return turned
}
