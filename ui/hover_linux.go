package ui

import (
	"context"
	"image"

	"fyne.io/fyne/v2/driver"

	"ferry/ui/xdrag"
)

// watchDrags has the window be told of drags once it is on an X server: one that began in the tray is not
// there yet. It is called with every beat, and does nothing from then on.
func (w *Window) watchDrags() {
	if w.hover.watched {
		return
	}
	native, ok := w.win.(driver.NativeWindow)
	if !ok {
		w.hover.watched = true
		return
	}
	native.RunNative(func(on any) {
		x, ok := on.(driver.X11WindowContext)
		if w.hover.watched = !ok || x.WindowHandle != 0; ok && w.hover.watched {
			w.background(func(ctx context.Context) { w.followPointer(ctx, uint32(x.WindowHandle)) })
		}
	})
}

// followPointer tells where files are dragged over an X window, until ctx ends. Where that cannot be had, nothing lights up.
func (w *Window) followPointer(ctx context.Context, id uint32) {
	err := xdrag.Watch(ctx, id, func(over bool, at image.Point) {
		w.ui(func() {
			if over {
				w.draggedOver(w.onCanvas(at))
			} else {
				w.dragEnded()
			}
		})
	})
	if err != nil {
		w.log.Debug("drags", "error", err)
	}
}
