package ui

import (
	"fyne.io/fyne/v2"

	"ferry/netcore"
)

// The size of the window at the first start.
const (
	firstWidth  = 900
	firstHeight = 640
)

// sizeAtFirst is how large the window was when it was closed last.
func (w *Window) sizeAtFirst() fyne.Size {
	last := w.settings.now.Window
	if last.Width <= 0 || last.Height <= 0 {
		return fyne.NewSize(firstWidth, firstHeight)
	}
	return fyne.NewSize(last.Width, last.Height)
}

// keepSize remembers how large the window is.
func (w *Window) keepSize() {
	size := w.win.Canvas().Size()
	now := netcore.WindowSize{Width: size.Width, Height: size.Height}
	if now != w.settings.now.Window && now.Width > 0 {
		w.chooseSetting(keyNotSaved, func(s *netcore.Settings) { s.Window = now })
	}
}
