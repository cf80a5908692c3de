package ui

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"rsc.io/qr"
)

const (
	qrSide  = 184
	qrEdge  = 4 // of the plate below, whose corners are round
	qrQuiet = 4 // modules of white around a code, as its standard asks for
)

// newQRCode draws text as a QR code: black on white in any theme, for cameras
// need that. It returns nil for text that is too long.
func newQRCode(text string) fyne.CanvasObject {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return nil
	}
	raster := canvas.NewRaster(func(w, h int) image.Image { return drawQR(code, w, h) })
	raster.ScaleMode = canvas.ImageScalePixels
	plate := newBox(radius)
	plate.FillColor = color.White
	return fixedSquare(container.NewStack(plate, padded(raster, qrEdge, qrEdge)), qrSide+2*qrEdge)
}

// drawQR draws a code in whole pixels, in the middle of an image.
func drawQR(code *qr.Code, w, h int) image.Image {
	img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Black})
	scale := max(min(w, h)/(code.Size+2*qrQuiet), 1)
	left, top := (w-code.Size*scale)/2, (h-code.Size*scale)/2
	for y := range code.Size * scale {
		for x := range code.Size * scale {
			if code.Black(x/scale, y/scale) {
				img.SetColorIndex(left+x, top+y, 1)
			}
		}
	}
	return img
}
