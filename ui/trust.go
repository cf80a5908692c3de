package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

// block ends all that there is with a peer, says so, and can be undone.
func (w *Window) block(p netcore.Peer) {
	for _, o := range append([]*offerCard(nil), w.offers.waiting...) {
		if o.offer.Peer.ID == p.ID {
			o.decline()
		}
	}
	w.node.Block(p.ID)
	w.toasts.show(phrase{key: keyBlockedToast, args: args{"Peer": p.Name}}, func() { w.node.Unblock(p.ID) })
}

// askNickname asks what to call a peer.
func (w *Window) askNickname(p netcore.Peer) {
	name := newEntry(w, display(p.OwnName))
	if p.Name != p.OwnName {
		name.SetText(display(p.Name))
	}
	body := container.NewVBox(
		newTitle(say(phrase{key: keyNicknameTitle})),
		newParagraph(say(phrase{key: keyNicknameText, args: args{"Peer": p.OwnName}}), theme.SizeNameText, colorMuted),
		name)
	var s *sheet
	s = w.newSheet(body,
		newButton(lookPlain, say(phrase{key: keyCancel}), func() { s.close() }),
		newButton(lookPrimary, say(phrase{key: keySave}), func() {
			s.close()
			w.node.SetNickname(p.ID, name.Text)
		}))
	s.show()
	w.win.Canvas().Focus(name)
	w.naming = name
}

// showBlocked lists the devices that are blocked, to let them in again.
func (w *Window) showBlocked() {
	if w.win.Canvas().Overlays().Top() != nil {
		return
	}
	var s *sheet
	lines := container.NewVBox()
	for _, p := range w.view.blocked {
		lines.Add(w.blockedLine(p, func() { s.close() }))
	}
	const most = 260
	scroll := scrolled(lines)
	scroll.SetMinSize(fyne.NewSize(0, min(lines.MinSize().Height, most)))
	body := container.NewVBox(
		newTitle(say(phrase{key: keyBlocked})),
		newParagraph(say(phrase{key: keyBlockedText}), theme.SizeNameCaptionText, colorMuted),
		beyond(scroll))
	s = w.newSheet(body, newButton(lookPrimary, say(phrase{key: keyClose}), func() { s.close() }))
	s.show()
}

// blockedLine is a blocked device, and the button that lets it in again.
func (w *Window) blockedLine(p netcore.Peer, done func()) fyne.CanvasObject {
	const side = 28
	face, name, caption := newAvatar(side), newText(""), newCaption(say(phrase{key: keyDeviceID, args: args{"ID": p.ID.Short()}}))
	face.set(p)
	name.setName(p.Name, nil)
	unblock := newButton(lookPlain, say(phrase{key: keyUnblock}), func() {
		done()
		w.node.Unblock(p.ID)
		w.toasts.show(phrase{key: keyUnblockedToast, args: args{"Peer": p.Name}}, nil)
	})
	unblock.onKey = w.typedKey
	return container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, name.height()+caption.height()+4) },
		place: func(s fyne.Size) {
			size := unblock.minSize()
			put(face, 0, (s.Height-side)/2, side, side)
			put(unblock, s.Width-size.Width, (s.Height-size.Height)/2, size.Width, size.Height)
			twoLines(name, caption, side+gap+3, s.Width-size.Width-gap, s.Height)
		},
	}, face, name, caption, unblock)
}
