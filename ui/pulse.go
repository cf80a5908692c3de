package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// beatEvery is how often the window is drawn anew, if there is need.
const beatEvery = 100 * time.Millisecond

// beat asks for a drawing ten times a second until the window is closed. It never
// asks again before the last one is done: a slow screen is not flooded.
func (w *Window) beat() {
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-w.ended.Done():
			return
		case <-ticker.C:
		}
		if w.pending.CompareAndSwap(false, true) {
			w.ui(func() {
				w.pending.Store(false)
				w.draw()
				w.lookAround()
				w.watchDrags()
				w.followDrag()
			})
		}
	}
}

// draw shows what has changed.
func (w *Window) draw() {
	v, changed := w.model.takeView()
	if !changed {
		return
	}
	w.view = v
	w.speeds.note(w.now(), v.items)
	w.speeds.keep(v.items)
	w.showTitle(v)
	w.sidebar.setPeers(v)
	w.main.set(v)
	w.tips.follow()
	if w.detailed != nil {
		w.detailed.follow(v)
	}
	if w.stopping != nil {
		w.stopping.follow(w)
	}
	if w.asking != nil {
		w.asking.setPeers(v.peers)
	}
	for _, v := range slices.Clone(w.verifyings) {
		v.follow()
	}
	w.quitIfDone()
}

// frame is the window: the sidebar, a line, and to the right the offers that wait for an answer and the rest.
func (w *Window) frame() fyne.CanvasObject {
	line := newSurface(theme.ColorNameSeparator, "", 0)
	const least = 440    // of the right side: its buttons in one line
	const leastMain = 56 // of what is below the offers: its head
	w.offers = newOfferQueue(w)
	w.content = container.New(placed{
		min: func() fyne.Size {
			return fyne.NewSize(sidebarWidth+1+least, 420)
		},
		place: func(s fyne.Size) {
			put(w.sidebar.root, 0, 0, sidebarWidth, s.Height)
			put(line, sidebarWidth, 0, 1, s.Height)
			width := s.Width - sidebarWidth - 1
			offers := w.offers.height(width, s.Height-leastMain)
			put(w.offers.root, sidebarWidth+1, 0, width, offers)
			put(w.main.root, sidebarWidth+1, offers, width, s.Height-offers)
			put(w.hover.hint, sidebarWidth+1, 0, width, s.Height)
			put(w.toasts.root, sidebarWidth+1, 0, s.Width-sidebarWidth-1, s.Height)
			put(w.tips.root, 0, 0, s.Width, s.Height)
		},
	}, w.sidebar.root, line, w.offers.root, w.main.root, w.hover.hint, w.toasts.root, w.tips.root)
	w.offers.show()
	return w.content
}
