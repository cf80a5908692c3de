//go:build linux && !race

// Elsewhere paths look different, and under the race detector drawing takes minutes: make runs these tests without it.

package ui

import (
	"flag"
	"fmt"
	"image"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

var (
	update   = flag.Bool("update", false, "draw the pictures in testdata/golden anew")
	pictures = flag.String("pictures", "", "draw the pictures in full size into this `folder`, and compare nothing")
	scale    = flag.Float64("scale", 1, "the scale of those pictures")
)

// The smallest size of the window.
const (
	leastWidth  = sidebarWidth + 1 + 440
	leastHeight = 420
)

// dresses are how each surface is pictured: each language in each theme; one of each also at the smallest size.
var dresses = []struct {
	name     string
	language string
	theme    netcore.Theme
	small    bool
}{
	{"en-light", "en", netcore.ThemeLight, true},
	{"en-dark", "en", netcore.ThemeDark, false},
	{"zh-light", "zh-Hans", netcore.ThemeLight, false},
	{"zh-dark", "zh-Hans", netcore.ThemeDark, true},
}

// TestGolden fails when a surface has changed unseen, and when words lack room at the smallest size. With -update, it draws
// the pictures anew, for somebody to look at and commit. What was drawn lies beside as .got.png, which git ignores.
//
// All pictures of a dress are of one app: what costs most is to read the fonts, which an app does once.
func TestGolden(t *testing.T) {
	all := surfaces()
	for _, dress := range dresses {
		t.Run(dress.name, func(t *testing.T) {
			speak(t, "en_US.UTF-8")
			a := test.NewTempApp(t)
			a.Settings().SetTheme(stageTheme(dress.theme))
			for _, name := range sorted(all) {
				t.Run(name, func(t *testing.T) {
					h := staged(t, a, dress.language, dress.theme)
					h.win.Resize(fyne.NewSize(firstWidth, firstHeight))
					all[name](h)
					h.pictured(name + "-" + dress.name)
					if dress.small {
						h.win.Resize(fyne.NewSize(leastWidth, leastHeight))
						h.pictured(name + "-" + dress.name + "-small")
						h.fits()
					}
					h.win.Close()
				})
			}
		})
	}
}

// pictured compares the window with the picture of a name.
func (h *harness) pictured(name string) {
	h.t.Helper()
	h.settled()
	h.draw()
	if *pictures != "" {
		h.win.Canvas().(test.WindowlessCanvas).SetScale(float32(*scale))
		if err := writePNG(filepath.Join(*pictures, name+".png"), h.win.Canvas().Capture()); err != nil {
			h.t.Error(err)
		}
		return
	}
	path := filepath.Join("testdata", "golden", name+".png")
	got := halved(h.win.Canvas().Capture())
	if *update {
		few, err := kept(got)
		if err == nil {
			err = writePNG(path, few)
		}
		if err != nil {
			h.t.Error(err)
		}
		return
	}
	if err := golden(path, got); err != nil {
		h.t.Error(err)
	}
}

// golden compares a picture with the one that is kept, and keeps what was drawn if it is another one.
func golden(path string, got *image.RGBA) error {
	want, err := readKept(path)
	if err != nil {
		return err
	}
	n := different(got, want)
	if n == 0 {
		return nil
	}
	seen := path[:len(path)-len(".png")] + ".got.png"
	if err := writePNG(seen, got); err != nil {
		return err
	}
	return fmt.Errorf("%d pixels are different: see %s", n, seen)
}
