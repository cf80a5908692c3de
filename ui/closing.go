package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// askToQuit asks before Ferry ends while it still moves something.
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
	stay := newButton(lookPlain, say(phrase{key: keyStay}), func() {
		w.quitting = false
		s.close()
	})
	quit := newButton(lookPrimary, say(phrase{key: keyQuit}), w.quit)
	if w.hidden {
		w.raise()
	}
	s = w.newSheet(textBody(plurally(keyQuitTitle, running, nil), phrase{key: keyQuitText}), stay, quit)
	s.show()
}

// Stopped says that the node could not go on, and quits when that was read.
// It may be called from any goroutine.
func (w *Window) Stopped(err error) {
	w.log.Error("node stopped", "error", err)
	w.ui(func() {
		body := textBody(phrase{key: keyStopped}, phrase{key: keyStoppedFix, args: args{"Error": err.Error()}})
		w.newSheet(body, newButton(lookPrimary, say(phrase{key: keyQuit}), w.quit)).show()
	})
}

// textBody is a title and what is to be said about it.
func textBody(title, text phrase) fyne.CanvasObject {
	return container.NewVBox(
		newTitle(say(title)),
		newParagraph(say(text), theme.SizeNameText, colorMuted),
	)
}
