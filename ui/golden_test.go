//go:build linux && !race

// Elsewhere paths look different, and under the race detector drawing takes a minute: make runs these tests without it.

package ui

import (
	"cmp"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"ferry/netcore"
)

var update = flag.Bool("update", false, "draw the pictures in testdata/golden anew")

// The smallest size of the window.
const (
	leastWidth  = sidebarWidth + 1 + 440
	leastHeight = 420
)

// shots are how each surface is pictured: each language, each theme, and the sizes that matter.
var shots = []struct {
	name     string
	language string
	theme    netcore.Theme
	size     fyne.Size
}{
	{"en-light", "en", netcore.ThemeLight, fyne.NewSize(firstWidth, firstHeight)},
	{"zh-dark-small", "zh-Hans", netcore.ThemeDark, fyne.NewSize(leastWidth, leastHeight)},
}

// TestGolden fails when a surface has changed unseen: "go test ./ui -run Golden -update" draws the
// pictures anew, for somebody to look at and commit. What was drawn lies beside as .got.png, which git ignores.
func TestGolden(t *testing.T) {
	for _, name := range sorted(surfaces()) {
		for _, shot := range shots {
			t.Run(name+"-"+shot.name, func(t *testing.T) {
				h := newHarness(t)
				h.stage(shot.language, shot.theme)
				h.win.Resize(shot.size)
				surfaces()[name](h)
				h.settled()
				h.draw()
				golden(t, filepath.Join("testdata", "golden", name+"-"+shot.name), halved(h.win.Canvas().Capture()))
			})
		}
	}
}

// golden compares a picture with the one that is kept.
func golden(t *testing.T, path string, got *image.RGBA) {
	t.Helper()
	if *update {
		if err := writePNG(path+".png", reduced(got)); err != nil {
			t.Fatal(err)
		}
		return
	}
	f, err := os.Open(path + ".png")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	const most = 0.0005 // of all pixels; rounding is not the same on all processors
	if part := different(got, want); part > most {
		if err := writePNG(path+".got.png", got); err != nil {
			t.Error(err)
		}
		t.Errorf("%.2f %% of the picture is different: see %s.got.png", part*100, path)
	}
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

// different is how much of two pictures is clearly not the same.
func different(a *image.RGBA, b image.Image) float64 {
	if a.Bounds() != b.Bounds() {
		return 1
	}
	n := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if far(a.At(x, y), b.At(x, y)) {
				n++
			}
		}
	}
	return float64(n) / float64(a.Bounds().Dx()*a.Bounds().Dy())
}

func far(a, b color.Color) bool {
	const clear = 48 << 8
	r0, g0, b0, _ := a.RGBA()
	r1, g1, b1, _ := b.RGBA()
	return apart(r0, r1) > clear || apart(g0, g1) > clear || apart(b0, b1) > clear
}

func apart(a, b uint32) uint32 { return max(a, b) - min(a, b) }

// halved is a picture of half the width and height.
func halved(m image.Image) *image.RGBA {
	half := image.NewRGBA(image.Rect(0, 0, m.Bounds().Dx()/2, m.Bounds().Dy()/2))
	for y := range half.Bounds().Dy() {
		for x := range half.Bounds().Dx() {
			var r, g, b uint32
			for _, at := range [4]image.Point{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
				r1, g1, b1, _ := m.At(2*x+at.X, 2*y+at.Y).RGBA()
				r, g, b = r+r1>>8, g+g1>>8, b+b1>>8
			}
			half.SetRGBA(x, y, color.RGBA{R: uint8(r / 4), G: uint8(g / 4), B: uint8(b / 4), A: 0xff})
		}
	}
	return half
}

// reduced has 256 colours at most: those that there are most of.
func reduced(m *image.RGBA) *image.Paletted {
	counts := make(map[color.RGBA]int)
	rough := func(c color.RGBA) color.RGBA { // nine steps of each colour are one
		const step = 9
		round := func(v uint8) uint8 { return uint8(min(int(v)/step*step+step/2, 255)) }
		return color.RGBA{R: round(c.R), G: round(c.G), B: round(c.B), A: 0xff}
	}
	exact := make(map[color.RGBA]color.RGBA)
	for i := 0; i < len(m.Pix); i += 4 {
		c := color.RGBA{R: m.Pix[i], G: m.Pix[i+1], B: m.Pix[i+2], A: 0xff}
		if counts[rough(c)] == 0 {
			exact[rough(c)] = c
		}
		counts[rough(c)]++
	}
	var colors []color.RGBA
	for c := range counts {
		colors = append(colors, c)
	}
	slices.SortFunc(colors, func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	var palette color.Palette
	for _, c := range colors[:min(len(colors), 256)] {
		palette = append(palette, exact[c])
	}
	few := image.NewPaletted(m.Bounds(), palette)
	index := make(map[color.RGBA]uint8)
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			c := m.RGBAAt(x, y)
			i, ok := index[c]
			if !ok {
				i = uint8(palette.Index(c))
				index[c] = i
			}
			few.SetColorIndex(x, y, i)
		}
	}
	return few
}
