package ui

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

const (
	keyMet      key = "device.met"
	keyLastSeen key = "device.seen"
	keyDealings key = "device.dealings"
)

// showDevice says what is known about a device.
func (w *Window) showDevice(p netcore.Peer) {
	if w.win.Canvas().Overlays().Top() != nil {
		return
	}
	face, name := newAvatar(selfSize), newHeading("")
	face.set(p)
	name.setName(p.Name, nil)
	caption := newCaption(w.stateWords(p))
	trust := newBadge(p)
	head := container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, selfSize) },
		place: func(s fyne.Size) {
			put(face, 0, 0, selfSize, selfSize)
			size := trust.MinSize()
			put(trust, s.Width-size.Width, (selfSize-size.Height)/2, size.Width, size.Height)
			twoLines(name, caption, selfSize+gap+3, s.Width-size.Width-gap, selfSize)
		},
	}, face, name, caption, trust)
	body := container.NewVBox(head)
	for _, words := range w.deviceWords(p) {
		body.Add(newParagraph(words, theme.SizeNameText, colorMuted))
	}
	var s *sheet
	s = w.newSheet(body, newButton(lookPrimary, say(phrase{key: keyClose}), func() { s.close() }))
	s.show()
	w.countDealings(p, func(words string) {
		body.Add(newParagraph(words, theme.SizeNameText, colorMuted))
		s.fill()
	})
}

// countDealings says how many transfers there were with a device, as soon as they are counted.
func (w *Window) countDealings(p netcore.Peer, told func(words string)) {
	w.background(func(context.Context) {
		d, err := w.node.Dealings(p.ID)
		w.ui(func() {
			if err != nil {
				w.log.Warn("count transfers", "error", err)
				return
			}
			told(say(phrase{key: keyDealings, args: args{"Sent": count(d.Sent), "Received": count(d.Received)}}))
		})
	})
}

// stateWords say how it stands with a device.
func (w *Window) stateWords(p netcore.Peer) string {
	if p.Online {
		return say(phrase{key: keyOnline})
	}
	return say(formatSeen(p.Seen, w.now()))
}

// deviceWords are the lines about a device.
func (w *Window) deviceWords(p netcore.Peer) []string {
	var all []string
	add := func(some bool, words phrase) {
		if some {
			all = append(all, say(words))
		}
	}
	if words := connectedWords(p); words != "" {
		all = append(all, words)
	}
	add(p.OwnName != "" && p.OwnName != p.Name, phrase{key: keyOwnName, args: args{"Name": p.OwnName}})
	add(notTheOne(p), namesakePhrase(p))
	add(!p.Verified.IsZero(), phrase{key: keyVerifiedSince, args: args{"Date": p.Verified.Local().Format(time.DateOnly)}})
	add(!p.Met.IsZero(), phrase{key: keyMet, args: args{"Date": p.Met.Local().Format(time.DateOnly)}})
	add(!p.Online && !p.Seen.IsZero(), phrase{key: keyLastSeen, args: args{"Date": p.Seen.Local().Format(time.DateTime)}})
	add(p.AutoAccept.On, phrase{key: keyAlwaysNow})
	n := w.view.waiting[p.ID]
	add(n > 0, plurally(keyWaiting, n, nil))
	return append(all, say(phrase{key: keyDeviceID, args: args{"ID": p.ID.Short()}}))
}

// askForget asks before a device is forgotten.
func (w *Window) askForget(p netcore.Peer) {
	var s *sheet
	s = w.newSheet(textBody(phrase{key: keyForgetTitle, args: args{"Peer": p.Name}}, phrase{key: keyForgetText}),
		newButton(lookPlain, say(phrase{key: keyCancel}), func() { s.close() }),
		newButton(lookGrave, say(phrase{key: keyForget}), func() { s.close(); w.forget(p) }))
	s.show()
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
