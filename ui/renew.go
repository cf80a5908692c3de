package ui

import (
	"context"

	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

const (
	keyRenewTitle  key = "renew.title"
	keyRenewText   key = "renew.text"
	keyRenewLost   key = "renew.lost"
	keyRenewKept   key = "renew.kept"
	keyRenewDo     key = "renew.do"
	keyRenewFailed key = "renew.failed"
)

// askRenew offers to make this computer a device of its own, and says what is lost by that. It has to be meant: Enter does not.
func (w *Window) askRenew() {
	body := container.NewVBox(
		newTitle(say(phrase{key: keyRenewTitle})),
		newParagraph(say(phrase{key: keyRenewText}), theme.SizeNameText, theme.ColorNameForeground),
		newParagraph(say(phrase{key: keyRenewLost}), theme.SizeNameText, colorMuted),
		newParagraph(say(phrase{key: keyRenewKept}), theme.SizeNameText, colorMuted),
	)
	var s *sheet
	s = w.newSheet(body,
		newButton(lookPlain, say(phrase{key: keyCancel}), func() { s.close() }),
		newButton(lookPrimary, say(phrase{key: keyRenewDo}), func() { s.close(); w.renew() }))
	s.deliberate = true
	s.show()
}

// renew gives this computer a new key, and ends the program to start it again with that.
func (w *Window) renew() {
	w.background(func(context.Context) {
		old, err := w.node.Renew()
		w.ui(func() {
			if err != nil {
				w.log.Warn("make a new key", "error", err)
				w.toasts.show(phrase{key: keyRenewFailed}, nil)
				return
			}
			w.log.Info("a device of its own from the next start on", "old key", old)
			w.restart = true
			w.quit()
		})
	})
}

// Restarts reports whether the program is to start again, now that the window has closed.
func (w *Window) Restarts() bool { return w.restart }
