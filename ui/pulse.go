package ui

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

const (
	// beatEvery is how often the window is drawn anew at most.
	beatEvery = 100 * time.Millisecond
	// restEvery is how often it looks around while nothing changes. Each look wakes a loop that is asleep.
	restEvery = 2 * time.Second
)

// beat has the window drawn when there is need, until it is closed.
func (w *Window) beat() {
	pulse(w.ended, w.model.fresh, func(done func()) {
		w.ui(func() {
			defer done()
			w.draw()
			w.lookAround()
			w.watchDrags()
			w.followDrag()
		})
	})
}

// pulse asks for a drawing when something is fresh, at most ten times a second, until ctx ends. It never asks again before
// the last one is done: a slow screen is not flooded. While nothing is, it asks seldom: it costs more to
// wake up than to find that there is nothing to do.
func pulse(ctx context.Context, fresh <-chan struct{}, draw func(done func())) {
	rest := time.NewTicker(restEvery)
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-fresh:
		case <-rest.C:
		}
		drawn := make(chan struct{})
		next := time.After(beatEvery)
		draw(func() { close(drawn) })
		select {
		case <-ctx.Done(): // nobody draws any more
			return
		case <-drawn:
		}
		select {
		case <-ctx.Done():
			return
		case <-next:
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
	w.offers.follow(v)
	w.main.set(v)
	w.tips.follow()
	w.toasts.follow(v)
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
			w.main.fillLines(width)
			put(w.main.root, sidebarWidth+1, offers, width, s.Height-offers)
			put(w.hover.hint, sidebarWidth+1, 0, width, s.Height)
			put(w.toasts.root, sidebarWidth+1, 0, s.Width-sidebarWidth-1, s.Height)
			put(w.tips.root, 0, 0, s.Width, s.Height)
		},
	}, w.sidebar.root, line, w.offers.root, w.main.root, w.hover.hint, w.toasts.root, w.tips.root)
	w.offers.show()
	return w.content
}
