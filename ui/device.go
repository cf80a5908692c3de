package ui

import (
	"slices"

	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

// showDevice says what is known about a device, and lets it be forgotten.
func (w *Window) showDevice(p netcore.Peer) {
	if w.win.Canvas().Overlays().Top() != nil {
		return
	}
	title := newHeading("")
	title.setName(p.Name, nil)
	body := container.NewVBox(title)
	for _, words := range w.deviceWords(p) {
		body.Add(newParagraph(words, theme.SizeNameCaptionText, colorMuted))
	}
	var s *sheet
	forget := newButton(lookPlain, say(phrase{key: keyForget}), func() { s.close(); w.forget(p) })
	forget.onKey = w.typedKey
	body.Add(container.NewHBox(forget, layout.NewSpacer()))
	body.Add(newParagraph(say(phrase{key: keyForgetText}), theme.SizeNameCaptionText, colorMuted))
	s = w.newSheet(body, newButton(lookPrimary, say(phrase{key: keyClose}), func() { s.close() }))
	s.show()
}

// deviceWords are the lines about a device.
func (w *Window) deviceWords(p netcore.Peer) []string {
	var all []string
	if words := labels(p); words != "" {
		all = append(all, words)
	}
	if !p.Online {
		all = append(all, say(formatSeen(p.Seen, w.now())))
	}
	if n := w.view.waiting[p.ID]; n > 0 {
		all = append(all, say(plurally(keyWaiting, n, nil)))
	}
	return append(all, say(phrase{key: keyDeviceID, args: args{"ID": p.ID.Short()}}))
}

// forget drops a device, and what waits for it: nobody is left to wait for.
func (w *Window) forget(p netcore.Peer) {
	for _, it := range slices.Backward(w.view.items) {
		if it.Peer.ID == p.ID && waitsForPeer(it.Transfer) {
			w.node.Cancel(it.ID, netcore.KeepNothing)
		}
	}
	w.node.Forget(p.ID)
}
