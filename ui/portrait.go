package ui

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/draw"

	"ferry/netcore"
)

// A portrait is a picture on a disc, drawn for the pixels that it has on the screen. It draws only what
// it has not drawn last: cards are refreshed with every movement of the pointer.
type portrait struct {
	of    *netcore.Picture // nil: there is none, or none that can be read
	whole image.Image
	away  bool // it is shown pale: who it is of is not here

	drawn *image.RGBA // for the size that it has; nil: not drawn yet
}

// set shows another picture, if there is one, and reports whether there is.
func (p *portrait) set(of *netcore.Picture, away bool) bool {
	if of != p.of {
		p.of, p.whole = of, nil
		if of != nil {
			p.whole, _ = of.Image() // one that cannot be read is none
		}
		p.drawn = nil
	}
	if away != p.away {
		p.away, p.drawn = away, nil
	}
	return p.whole != nil
}

// draw is what a canvas.Raster asks for.
func (p *portrait) draw(width, height int) image.Image {
	size := image.Rect(0, 0, width, height)
	if p.whole == nil {
		return image.NewRGBA(size)
	}
	if p.drawn == nil || p.drawn.Rect != size {
		p.drawn = image.NewRGBA(size)
		draw.CatmullRom.Scale(p.drawn, size, p.whole, p.whole.Bounds(), draw.Src, nil)
		if p.away {
			fade(p.drawn)
		}
		cutOut(p.drawn)
	}
	return p.drawn
}

// fade takes colour and weight from a picture.
func fade(m *image.RGBA) {
	const weight = 140 // of 255
	for i := 0; i < len(m.Pix); i += 4 {
		gray := color.GrayModel.Convert(color.RGBA{R: m.Pix[i], G: m.Pix[i+1], B: m.Pix[i+2], A: 0xff}).(color.Gray)
		v := uint8(int(gray.Y) * weight / 0xff)
		m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = v, v, v, weight
	}
}

// cutOut leaves of a picture the largest disc in its middle, with a smooth edge.
func cutOut(m *image.RGBA) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	radius := float64(min(w, h)) / 2
	for y := range h {
		for x := range w {
			inside := radius - math.Hypot(float64(x)+0.5-float64(w)/2, float64(y)+0.5-float64(h)/2) + 0.5
			if inside >= 1 {
				continue
			}
			px := m.Pix[m.PixOffset(x, y):][:4]
			for i := range px {
				px[i] = uint8(float64(px[i]) * max(inside, 0))
			}
		}
	}
}
