package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
	"ferry/netcore/plain"
)

// What can be pressed on the notice of an offer, besides the notice itself.
const (
	noticeAccept  = "accept"
	noticeDecline = "decline"
)

// notify tells a person who is looking at another window.
func (o *offerCard) notify() {
	o.window.notify(o.ctx, Notice{
		Title:   o.window.app.Metadata().Name,
		Text:    say(o.title(keyOfferNotice)),
		Actions: []Action{{noticeAccept, say(phrase{key: keyAccept})}, {noticeDecline, say(phrase{key: keyDecline})}},
		Chosen:  func(id string) { o.window.ui(func() { o.pressed(id) }) },
	})
}

// pressed does what was pressed on the notice.
func (o *offerCard) pressed(id string) {
	if !slices.Contains(o.window.offers.waiting, o) {
		return // answered here meanwhile
	}
	switch id {
	case noticeAccept:
		o.build()
		o.take()
	case noticeDecline:
		o.decline()
	default:
		o.window.raise()
		o.window.offers.open(o)
	}
}

// title says who wants to send how much.
func (o *offerCard) title(k key) phrase {
	return plurally(k, picked(o.offer), args{"Peer": o.offer.Peer.Name})
}

// picked is how many things the sender picked. Of more than Top can hold,
// all entries are counted instead: never fewer than there are.
func picked(o netcore.Offer) int {
	const most = 1000 // netcore.Offer.Top
	if n := len(o.Top); n < most {
		return n
	}
	return o.Files + o.Folders + o.Links
}

// totalPhrases are how much of it is wanted, and how long that takes, if that can be said.
func (o *offerCard) totalPhrases() []phrase {
	all := o.amountPhrases()
	left := max(o.list.tree.bytes-o.place.preview.Bytes, 0)
	if o.offer.Speed > 0 && left > 0 {
		all = append(all, formatExpected(float64(left)/o.offer.Speed))
	}
	return all
}

// amountPhrases are how much of it is wanted: of all of it, how many of each kind.
func (o *offerCard) amountPhrases() []phrase {
	t := o.list.tree
	if t.all() {
		return total(o.offer)
	}
	part := phrase{key: keyPartSize, args: args{"Size": size(t.bytes), "All": size(o.offer.Bytes)}}
	if !t.whole {
		return []phrase{part}
	}
	return []phrase{{key: keyPartFiles, args: args{"N": count(t.files), "All": count(o.offer.Files)}}, part}
}

// total is how many there are of each kind, and how much that is.
func total(o netcore.Offer) []phrase {
	var all []phrase
	for _, kind := range []struct {
		key key
		n   int
	}{{keyFiles, o.Files}, {keyFolders, o.Folders}, {keyLinks, o.Links}} {
		if kind.n > 0 {
			all = append(all, plurally(kind.key, kind.n, nil))
		}
	}
	return append(all, phrase{key: keyOfferTotal, args: args{"Size": size(o.Bytes)}})
}

// warnings are what is to be said before what comes: why one is asked, or that the device may not be whom it seems to be.
func (o *offerCard) warnings() []fyne.CanvasObject {
	p := o.offer.Peer
	if !p.Verified.IsZero() {
		if why, ok := whyAsked(o.offer); ok {
			return []fyne.CanvasObject{newParagraph(say(why), theme.SizeNameCaptionText, colorMuted)}
		}
		return nil
	}
	var all []fyne.CanvasObject
	if p.Namesake {
		all = append(all, newNotice(say(namesakePhrase(p))))
	}
	return append(all, newAdvice(say(phrase{key: keyUnverified}), newSmallButton(say(phrase{key: keyCompare}), func() { o.window.compare(p) })))
}

// warnOfPrograms says how many of what is wanted could do something when they are opened.
func (o *offerCard) warnOfPrograms() {
	n := o.list.tree.dangers
	setVisible(o.danger, n > 0)
	if n > 0 {
		o.danger.setWords(say(plurally(keyPrograms, n, nil)))
	}
}

var dangerKeys = map[plain.Danger]key{
	plain.Macros:    keyDangerMacros,
	plain.Script:    keyDangerScript,
	plain.Program:   keyDangerProgram,
	plain.Disguised: keyDangerDisguised,
}

// dangerOf is what opening an entry could do, as far as its name tells.
func dangerOf(e netcore.Entry) plain.Danger {
	switch e.Kind {
	case netcore.Folder:
		return plain.FolderRisk(e.Path)
	case netcore.Link:
		return plain.None
	}
	return plain.Risk(e.Path, e.Exec)
}

// dangerWords say so beside its name; empty if there is none.
func dangerWords(d plain.Danger) string {
	if d == plain.None {
		return ""
	}
	return say(phrase{key: dangerKeys[d]})
}
