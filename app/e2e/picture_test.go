//go:build linux

package e2e

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// writePhoto writes a picture of a head in front of a red wall, and returns its path.
func writePhoto(t *testing.T, path string) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 600, 400))
	for y := range 400 {
		for x := range 600 {
			c := color.RGBA{R: 200, G: 30, B: uint8(30 + y/8), A: 255}
			if math.Hypot(float64(x-300), float64(y-160)) < 70 || math.Hypot(float64(x-300), float64(y-400)) < 130 {
				c = color.RGBA{R: 245, G: 225, B: 200, A: 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(png.Encode(f, m), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// wall waits until the wall of the photo is to be seen on an avatar, or is not: left of the head, at a fifth of its width.
func (w *window) wall(what string, wanted query, seen bool) {
	w.t.Helper()
	eventually(w.t, what, func() error {
		card := w.await(what, wanted)
		left, side := 10*w.screen.scale, 36*w.screen.scale // of the avatar on a card
		if card.W == card.H {                              // it is the avatar itself
			left, side = 0, card.W
		}
		at := w.onScreen(point{int(card.X + left + side/5), int(card.Y + card.H/2)})
		rgb, err := w.screen.output("import", "-window", "root", "-crop", fmt.Sprintf("1x1+%d+%d", at.x, at.y), "-depth", "8", "rgb:-")
		switch {
		case err != nil:
			return err
		case len(rgb) != 3:
			return fmt.Errorf("a pixel of %d bytes", len(rgb))
		case seen != (rgb[0] > 150 && rgb[1] < 80 && rgb[2] < 120):
			return fmt.Errorf("at %v the colour is % x", at, rgb)
		}
		return nil
	})
}

// TestPicture: what Anna drops on her avatar in the settings is on her card in Bob's window, until she removes it.
func TestPicture(t *testing.T) {
	d := newDesk(t)
	photo := writePhoto(t, filepath.Join(t.TempDir(), "me.png"))
	d.anna.click("Settings", id("button.settings"))
	avatar := id("settings.picture")
	d.anna.drop(d.anna.await("her avatar", avatar).center(), photo)
	d.anna.wall("her picture in the settings", avatar, true)
	d.shot("1-settings")
	d.anna.click("Done", id("sheet.0"))
	d.anna.wall("her picture in her window", id("self.picture"), true)
	d.bob.wall("her picture in Bob's window", peer("Anna"), true)
	d.shot("2-both")
	d.anna.click("Settings", id("button.settings"))
	d.anna.click("Remove", id("do:Remove"))
	d.bob.wall("a letter in Bob's window", peer("Anna"), false)
	d.shot("3-removed")
}
