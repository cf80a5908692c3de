package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ferry/netcore"
)

// newOfferWho is the peer's face, which is face, the question, and how sure it is who asks.
func newOfferWho(face *avatar, o netcore.Offer) fyne.CanvasObject {
	face.set(o.Peer)
	name := newHeading("")
	name.setName(o.Peer.Name, func(name string) string {
		return say(plurally(keyOfferTitle, picked(o), args{"Peer": name}))
	})
	caption := newCaption(connectedWords(o.Peer))
	trust := newBadge(o.Peer)
	return container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, selfSize) },
		place: func(s fyne.Size) {
			put(face, 0, 0, selfSize, selfSize)
			const left = selfSize + gap + 3
			size := trust.MinSize()
			put(name, left, 0, s.Width-left, name.height())
			y := name.height() + (selfSize-name.height()-size.Height)/2 + 1
			put(trust, left, y, size.Width, size.Height)
			x := left + size.Width + gap
			put(caption, x, y+(size.Height-caption.height())/2, s.Width-x, caption.height())
		},
	}, face, name, caption, trust)
}

// connectedWords are a peer's system, address, and how it is reached.
func connectedWords(p netcore.Peer) string {
	words := labels(p)
	if p.Interface == "" {
		return words
	}
	k := keyByCable
	if p.Wireless {
		k = keyByWiFi
	}
	if words != "" {
		words += " · "
	}
	return words + say(phrase{key: k})
}
