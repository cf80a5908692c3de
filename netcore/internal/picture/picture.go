// Package picture makes and reads the small pictures that devices show of themselves.
//
// What a person picks may be any photo: [Make] draws the middle of it anew, small. What another device says is
// untrusted: [Read] looks at its size and its coding before it decodes it, and draws it anew as well. So every Picture was
// encoded by this program: a JPEG of [Side] pixels across and down, of at most [MaxBytes], with nothing in it but what is
// to be seen. Where and when and with what a photo was taken is lost on the way.
//
// Nothing here keeps state or panics, whatever it is given, and every function may be called from any goroutine.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"

	"golang.org/x/image/draw"

	"ferry/netcore/internal/wire"
)

const (
	// Side is how many pixels a Picture has across and down.
	Side = 128
	// MaxBytes is how large the JPEG is at most.
	MaxBytes = wire.MaxPicture

	// What another device may say.
	minSide, maxSide = 16, 256
)

// ErrFormat is wrapped by the error for what is no picture that can be read.
var ErrFormat = errors.New("not a picture that can be read")

// A Picture is what a device looks like, by its owner's account. It never changes. A nil one is none.
type Picture struct{ jpeg []byte }

// JPEG returns the encoded picture, nil of none. It must not be changed.
func (p *Picture) JPEG() []byte {
	if p == nil {
		return nil
	}
	return p.jpeg
}

// Equal reports whether two pictures look the same, or both are none.
func (p *Picture) Equal(q *Picture) bool { return bytes.Equal(p.JPEG(), q.JPEG()) }

// Image decodes the picture, which takes less than a millisecond. The error wraps ErrFormat: what came out
// of [Kept] may be anything.
func (p *Picture) Image() (image.Image, error) { return decode(p.JPEG()) }

// Read takes in what another device says of itself. Nothing, without an error, is no picture.
func Read(body []byte) (*Picture, error) {
	if len(body) == 0 {
		return nil, nil
	}
	m, err := decode(body)
	if err != nil {
		return nil, err
	}
	return encode(shrink(m))
}

// Kept is a picture that this program has made before, as its disk has kept it. It is not decoded before it
// is to be seen.
func Kept(jpeg []byte) *Picture {
	if len(jpeg) == 0 || len(jpeg) > MaxBytes {
		return nil
	}
	return &Picture{jpeg}
}

// decode decodes a JPEG that may be hostile. One of a few bytes can claim to be 65,535 pixels wide, and a
// decoder would make room for all of them.
func decode(body []byte) (image.Image, error) {
	if len(body) > MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrFormat, len(body))
	}
	size, err := jpeg.DecodeConfig(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if size.Width != size.Height || size.Width < minSide || size.Width > maxSide {
		return nil, fmt.Errorf("%w: %d by %d pixels", ErrFormat, size.Width, size.Height)
	}
	if size.ColorModel != color.YCbCrModel && size.ColorModel != color.GrayModel {
		return nil, fmt.Errorf("%w: neither gray nor YCbCr", ErrFormat)
	}
	if err := checkScans(body); err != nil {
		return nil, err
	}
	m, err := jpeg.Decode(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return m, nil
}

// shrink is the middle of an image, square, and small; what shines through is white.
func shrink(m image.Image) *image.RGBA {
	small := image.NewRGBA(image.Rect(0, 0, Side, Side))
	draw.Draw(small, small.Bounds(), image.White, image.Point{}, draw.Src)
	draw.CatmullRom.Scale(small, small.Bounds(), m, middle(m.Bounds()), draw.Over, nil)
	return small
}

// middle is the largest square in the middle of an area.
func middle(r image.Rectangle) image.Rectangle {
	side := min(r.Dx(), r.Dy())
	at := r.Min.Add(image.Pt((r.Dx()-side)/2, (r.Dy()-side)/2))
	return image.Rectangle{Min: at, Max: at.Add(image.Pt(side, side))}
}

// encode makes a JPEG that fits.
func encode(m image.Image) (*Picture, error) {
	var b bytes.Buffer
	for _, quality := range []int{90, 75, 50, 25} { // noise takes the most: 9 KiB at the last
		b.Reset()
		if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
			return nil, err
		}
		if b.Len() <= MaxBytes {
			return &Picture{bytes.Clone(b.Bytes())}, nil
		}
	}
	return nil, fmt.Errorf("%w: %d bytes, and it cannot be smaller", ErrFormat, b.Len())
}
