package ui

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

const (
	keyTrayOpen key = "tray.open"
	keyTraySend key = "tray.send"
)

// TrayChanged says that the desktop has a tray now, or none any more: a window that was closed
// into one that is gone is shown again, since nobody would find it. It may be called from any goroutine.
func (w *Window) TrayChanged() {
	w.ui(func() {
		if w.hidden && !w.hasTray() {
			w.raise()
		}
	})
}

func (w *Window) hasTray() bool { return w.opts.HasTray != nil && w.opts.HasTray() }

// setTray puts Ferry into the tray, in the language of now. The first call must come before the
// app runs: Fyne does nothing about a later one. Where there is no tray yet, Ferry is in it once there is.
func (w *Window) setTray() {
	desk, ok := w.app.(desktop.App)
	if !ok || w.opts.HasTray == nil {
		return
	}
	quit := fyne.NewMenuItem(say(phrase{key: keyQuit}), w.askToQuit)
	quit.IsQuit = true // else Fyne adds one of its own, which does not ask
	desk.SetSystemTrayMenu(fyne.NewMenu(w.app.Metadata().Name,
		fyne.NewMenuItem(say(phrase{key: keyTrayOpen}), w.raise),
		fyne.NewMenuItem(say(phrase{key: keyTraySend}), func() {
			w.raise()
			w.choose(pickFiles, func(paths []string) { w.sendOrAsk(nil, paths) })
		}),
		fyne.NewMenuItemSeparator(), quit,
	))
}

// closing is called when a person closes the window: it goes into the tray, if that was chosen and there
// is one, or else Ferry ends.
func (w *Window) closing() {
	if w.settings.now.Tray && w.hasTray() {
		w.keepSize()
		w.hidden = true
		w.away.Store(true)
		w.win.Hide()
		return
	}
	w.askToQuit()
}

// raise shows the window and asks the desktop for the focus.
func (w *Window) raise() {
	w.hidden = false
	w.win.Show()
	w.win.RequestFocus()
}

// Raise does that, too, and may be called from any goroutine.
func (w *Window) Raise() { w.ui(w.raise) }

// Open asks where to send what is at paths; with none, it only shows the window. It may be called
// from any goroutine.
func (w *Window) Open(paths []string) {
	w.background(func(context.Context) {
		there := existing(paths)
		w.ui(func() {
			w.raise()
			if len(paths) > 0 {
				w.sendOrAsk(nil, there)
			}
		})
	})
}
