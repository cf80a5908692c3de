package ui

import (
	"image/color"
	"math"
)

// contrast is the ratio of WCAG 2 for two opaque colours.
func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// mixed is what is seen where a faint colour lies over an opaque one.
func mixed(faint, below color.Color) color.Color {
	r0, g0, b0, a := faint.RGBA() // the colours are multiplied by a already
	r1, g1, b1, _ := below.RGBA()
	mix := func(x, y uint32) uint16 { return uint16(x + y*(0xffff-a)/0xffff) }
	return color.RGBA64{R: mix(r0, r1), G: mix(g0, g1), B: mix(b0, b1), A: 0xffff}
}
