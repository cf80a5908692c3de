//go:build linux && !race

package ui

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// What a picture that is kept has of colours: those that there is most of, as they are, which are areas, lines and icons; and the
// others, which are edges of letters, in steps.
const (
	exactColors = 64
	allColors   = 256
)

// How far a channel may be from what is kept, for rounding is not the same on all processors. A step is larger.
const (
	nearExact = 1
	nearStep  = 20
)

// kept is a picture in so few colours that its file is small.
func kept(m *image.RGBA) (*image.Paletted, error) {
	counts := make(map[color.RGBA]int)
	for at := range len(m.Pix) / 4 {
		counts[pixel(m, at)]++
	}
	all := mostFirst(counts)
	exact := all[:min(len(all), exactColors)]
	rest := all[len(exact):]
	steps, between := 16, []color.RGBA(nil)
	for {
		sum := make(map[color.RGBA]int)
		for _, c := range rest {
			sum[stepped(c, steps)] += counts[c]
		}
		if between = mostFirst(sum); len(exact)+len(between) <= allColors {
			break
		}
		steps++
	}
	if steps/2+nearExact > nearStep {
		return nil, fmt.Errorf("too many colors: %d", len(all))
	}
	few := image.NewPaletted(m.Rect, nil)
	index := make(map[color.RGBA]uint8)
	for i, c := range slices.Concat(exact, between) {
		few.Palette = append(few.Palette, c)
		if i < len(exact) {
			index[c] = uint8(i)
		}
	}
	places := make(map[color.RGBA]uint8)
	for i, c := range between {
		places[c] = uint8(len(exact) + i)
	}
	for _, c := range rest {
		index[c] = places[stepped(c, steps)]
	}
	for at := range few.Pix {
		few.Pix[at] = index[pixel(m, at)]
	}
	return few, nil
}

func pixel(m *image.RGBA, at int) color.RGBA {
	return color.RGBA{R: m.Pix[4*at], G: m.Pix[4*at+1], B: m.Pix[4*at+2], A: 0xff}
}

// stepped is the middle of the step that a colour is on.
func stepped(c color.RGBA, step int) color.RGBA {
	middle := func(v uint8) uint8 { return uint8(min(int(v)/step*step+step/2, 0xff)) }
	return color.RGBA{R: middle(c.R), G: middle(c.G), B: middle(c.B), A: 0xff}
}

// mostFirst are colours in the order of how much there is of them.
func mostFirst(counts map[color.RGBA]int) []color.RGBA {
	all := make([]color.RGBA, 0, len(counts))
	for c := range counts {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	return all
}

// different counts the pixels that are not as they are kept.
func different(got *image.RGBA, want *image.Paletted) int {
	if got.Rect != want.Rect {
		return len(want.Pix)
	}
	n := 0
	for at, i := range want.Pix {
		near := nearStep
		if i < exactColors {
			near = nearExact
		}
		if a, b := pixel(got, at), want.Palette[i].(color.RGBA); apart(a.R, b.R) > near || apart(a.G, b.G) > near || apart(a.B, b.B) > near {
			n++
		}
	}
	return n
}

func apart(a, b uint8) int { return int(max(a, b)) - int(min(a, b)) }

// halved is a picture of half the width and height.
func halved(from image.Image) *image.RGBA {
	m := from.(*image.NRGBA) // as canvases draw them, and opaque
	half := image.NewRGBA(image.Rect(0, 0, m.Rect.Dx()/2, m.Rect.Dy()/2))
	for y := range half.Rect.Dy() {
		above, below := m.Pix[2*y*m.Stride:], m.Pix[(2*y+1)*m.Stride:]
		row := half.Pix[y*half.Stride:]
		for x := 0; x < 4*half.Rect.Dx(); x++ {
			left := x/4*8 + x%4
			row[x] = uint8((int(above[left]) + int(above[left+4]) + int(below[left]) + int(below[left+4])) / 4)
		}
	}
	return half
}

func writePNG(path string, m image.Image) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	return cmp.Or(encoder.Encode(f, m), f.Close())
}

// readKept reads a picture that writePNG has written of kept.
func readKept(path string) (*image.Paletted, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		return nil, err
	}
	few, ok := m.(*image.Paletted)
	if !ok {
		return nil, fmt.Errorf("%s has no palette", path)
	}
	return few, nil
}

// A picture that is kept differs from one in which something small has changed, and not from one that was rounded in another way.
func TestASmallChangeIsSeen(t *testing.T) {
	drawn := func(change func(m *image.RGBA)) *image.RGBA {
		m := image.NewRGBA(image.Rect(0, 0, 200, 200))
		for at := range len(m.Pix) / 4 {
			x, y := at%200, at/200
			c := color.RGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff}
			switch {
			case y == 20: // a line
				c = color.RGBA{R: 0xe1, G: 0xe5, B: 0xea, A: 0xff}
			case y > 100: // more colors than are kept
				c = color.RGBA{R: uint8(x), G: uint8(y), B: uint8(x ^ y), A: 0xff}
			}
			m.SetRGBA(x, y, c)
		}
		change(m)
		return m
	}
	few, err := kept(drawn(func(*image.RGBA) {}))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "picture.png")
	if err := writePNG(path, few); err != nil {
		t.Fatal(err)
	}
	want, err := readKept(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what   string
		change func(m *image.RGBA)
		differ int
	}{
		{"nothing", func(*image.RGBA) {}, 0},
		{"rounding", func(m *image.RGBA) {
			for i := range m.Pix {
				m.Pix[i] -= uint8(i % 2 & int(m.Pix[i]))
			}
		}, 0},
		{"a dot", func(m *image.RGBA) { m.SetRGBA(50, 50, color.RGBA{R: 0xf8, G: 0xff, B: 0xff, A: 0xff}) }, 1},
		{"a line of another color", func(m *image.RGBA) {
			for x := range 200 {
				m.SetRGBA(x, 20, color.RGBA{R: 0xe1, G: 0xe5, B: 0xe6, A: 0xff})
			}
		}, 200},
		{"one of many colors", func(m *image.RGBA) { m.SetRGBA(50, 150, color.RGBA{R: 200, G: 150, B: 50 ^ 150, A: 0xff}) }, 1},
	} {
		if n := different(drawn(c.change), want); n != c.differ {
			t.Errorf("%s: %d pixels are different, not %d", c.what, n, c.differ)
		}
	}
	if n := different(image.NewRGBA(image.Rect(0, 0, 200, 199)), want); n == 0 {
		t.Error("another size is the same")
	}
}
