package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

const (
	keyQuitLater   key = "quit.later"
	keyQuitWaiting key = "quit.waiting" // it quits when all is done
)

// askToQuit quits or, while something moves, asks whether to. Neither Enter nor Esc disturbs what moves.
func (w *Window) askToQuit() {
	w.draw() // the count must be of now
	running := w.view.moving()
	if running == 0 {
		w.quit()
		return
	}
	if w.quitting {
		return
	}
	w.quitting = true
	var s *sheet
	then := func(do func()) func() {
		return func() {
			w.quitting = false
			s.close()
			do()
		}
	}
	if w.hidden {
		w.raise()
	}
	s = w.newSheet(textBody(plurally(keyQuitTitle, running, nil), phrase{key: keyQuitText}),
		newButton(lookPlain, say(phrase{key: keyStay}), then(func() { w.setQuitLater(false) })),
		newButton(lookPlain, say(phrase{key: keyQuit}), w.quit),
		newButton(lookPrimary, say(phrase{key: keyQuitLater}), then(func() { w.setQuitLater(true) })))
	s.show()
}

// setQuitLater has the window close by itself when nothing moves any more, or not.
func (w *Window) setQuitLater(on bool) {
	w.quitLater = on
	if on {
		w.toasts.show(phrase{key: keyQuitWaiting}, nil)
		w.quitIfDone()
	}
}

// quitIfDone ends what setQuitLater began.
func (w *Window) quitIfDone() {
	if w.quitLater && w.view.moving() == 0 {
		w.quitLater = false
		w.quit()
	}
}

// Stopped says that the node could not go on, and quits when that was read.
// It may be called from any goroutine.
func (w *Window) Stopped(err error) {
	w.log.Error("node stopped", "error", err)
	w.ui(func() {
		body := textBody(phrase{key: keyStopped}, phrase{key: keyStoppedFix, args: args{"Error": err.Error()}})
		w.newSheet(signed(toneBad, body), newButton(lookPrimary, say(phrase{key: keyQuit}), w.quit)).show()
	})
}

// textBody is a title and what is to be said about it.
func textBody(title, text phrase) fyne.CanvasObject {
	return container.NewVBox(
		newTitle(say(title)),
		newParagraph(say(text), theme.SizeNameText, colorMuted),
	)
}
