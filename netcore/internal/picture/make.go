package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// What a person may pick. To decode the largest takes a few seconds and some hundred megabytes.
const (
	maxFile   = 64 << 20
	maxPixels = 64 << 20
)

// ErrTooLarge is wrapped by the error for a file of more than 64 MiB, or of more than 64 megapixels.
var ErrTooLarge = errors.New("the picture is too large")

// formats are those that a person may pick. The table of package image has whatever else the program has imported.
var formats = []struct {
	name   string
	size   func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}{
	{"JPEG", jpeg.DecodeConfig, jpeg.Decode},
	{"PNG", png.DecodeConfig, png.Decode},
	{"WebP", webp.DecodeConfig, webp.Decode},
	{"GIF", gif.DecodeConfig, gif.Decode},
}

// Make makes a Picture of a file that a person has picked: a JPEG, PNG, WebP or GIF, of which the first picture counts. A photo that
// says how the camera was held is turned as it was.
func Make(r io.Reader) (*Picture, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, maxFile)
	}
	for _, f := range formats {
		size, err := f.size(bytes.NewReader(data))
		if err != nil {
			continue // it is of another format
		}
		if int64(size.Width)*int64(size.Height) > maxPixels {
			return nil, fmt.Errorf("%w: %d by %d pixels", ErrTooLarge, size.Width, size.Height)
		}
		m, err := f.decode(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrFormat, f.name, err)
		}
		if m.Bounds().Empty() {
			return nil, fmt.Errorf("%w: %s without a pixel", ErrFormat, f.name)
		}
		return encode(upright(shrink(m), orientation(data)))
	}
	return nil, fmt.Errorf("%w: neither JPEG nor PNG, WebP or GIF", ErrFormat)
}
