//go:build !race

package ui

import (
	"image"
	"image/color"
	"math"
	"testing"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

// pictureSurfaces are what there is to see of what devices look like.
func pictureSurfaces() map[string]func(*harness) {
	return map[string]func(*harness){
		"pictures": func(h *harness) {
			h.portrayed()
			all := h.neighbours()
			for i, p := range all {
				if p.Picture = h.faceOf(i); !notTheOne(p) && i < 4 {
					all[i] = p
					h.meet(p)
				}
			}
			h.offered(parcel(all[1]), parcel(all[0]))
		},
		"settings-picture": func(h *harness) {
			h.people()
			h.portrayed()
			h.openSettings(sectionDevice)
		},
	}
}

// portrayed gives this device a picture.
func (h *harness) portrayed() {
	h.node.picture = h.faceOf(5)
	h.introduce()
}

// faceOf is one of several faces.
func (h *harness) faceOf(i int) *netcore.Picture {
	walls := []color.RGBA{{R: 250, G: 250, B: 250, A: 255}, {R: 60, G: 120, B: 160, A: 255}, {}, {R: 200, G: 80, B: 60, A: 255}, {}, {R: 90, G: 150, B: 70, A: 255}}
	return face(h.t, walls[i%6], color.RGBA{R: uint8(40 + 30*i), G: 40, B: 30, A: 255}, color.RGBA{R: uint8(230 - 20*i), G: uint8(190 - 20*i), B: uint8(160 - 20*i), A: 255})
}

// face is a picture of a head in front of a wall.
func face(t testing.TB, wall, hair, skin color.RGBA) *netcore.Picture {
	t.Helper()
	const side = 256
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			c := wall
			c.B = uint8(min(int(c.B)+y/4, 255))
			switch {
			case math.Hypot(float64(x-128), float64(y-118)) < 52:
				c = skin
			case math.Hypot(float64(x-128), float64(y-100)) < 62:
				c = hair
			case math.Hypot(float64(x-128), float64(y-270)) < 96:
				c = hair
				c.R /= 2
			}
			m.SetRGBA(x, y, c)
		}
	}
	return netcoretest.Picture(t, m)
}
