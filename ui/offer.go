package ui

import (
	"context"
	"path"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

// offerQueue is the offers that wait for an answer. Only the first is shown.
type offerQueue struct {
	waiting []*offerSheet
}

// An offerSheet asks about one offer.
type offerSheet struct {
	window *Window
	offer  netcore.Offer
	answer chan netcore.Answer // takes one answer without waiting
	dir    string              // where it is to go; empty for the inbox
	sheet  *sheet              // nil until it is its turn
	into   *label
	tight  *paragraph // said if the disk is too full
	body   *fyne.Container
}

// Offer implements netcore.Handler: it asks the person, and waits for the
// answer or the end of ctx. It may be called from any goroutine but that of
// the UI.
func (w *Window) Offer(ctx context.Context, offer netcore.Offer) netcore.Answer {
	o := &offerSheet{window: w, offer: offer, answer: make(chan netcore.Answer, 1)}
	w.ui(func() {
		if ctx.Err() == nil {
			w.offers.push(o)
		}
	})
	select {
	case a := <-o.answer:
		return a
	case <-ctx.Done():
	case <-w.ended.Done():
	}
	w.ui(func() { w.offers.remove(o) })
	return netcore.Answer{}
}

// push asks about an offer when those before it have been answered.
func (q *offerQueue) push(o *offerSheet) {
	q.waiting = append(q.waiting, o)
	o.notify()
	q.next()
}

// next shows the first offer, if it is not shown already.
func (q *offerQueue) next() {
	if len(q.waiting) > 0 && q.waiting[0].sheet == nil {
		q.waiting[0].show()
	}
}

// remove takes an offer out, answered or withdrawn, and asks about the next.
func (q *offerQueue) remove(o *offerSheet) {
	for i, other := range q.waiting {
		if other != o {
			continue
		}
		q.waiting = append(q.waiting[:i], q.waiting[i+1:]...)
		if o.sheet != nil {
			o.sheet.close()
		}
		break
	}
	q.next()
}

// notify tells a person who is looking at another window.
func (o *offerSheet) notify() {
	w := o.window
	if !w.away.Load() {
		return
	}
	n := fyne.NewNotification(w.app.Metadata().Name, say(o.title(keyOfferNotice)))
	w.background(func(context.Context) { w.app.SendNotification(n) })
}

func (o *offerSheet) show() {
	decline := newButton(lookPlain, say(phrase{key: keyDecline}), func() { o.reply(netcore.Answer{}) })
	accept := newButton(lookPrimary, say(phrase{key: keyAccept}), func() {
		o.reply(netcore.Answer{Accept: true, Dir: o.dir})
	})
	o.sheet = o.window.newSheet(o.content(), decline, accept)
	o.sheet.showUnasked()
}

func (o *offerSheet) reply(a netcore.Answer) {
	select {
	case o.answer <- a:
	default: // answered already
	}
	o.window.offers.remove(o)
}

// title says who wants to send how much.
func (o *offerSheet) title(k key) phrase {
	return plurally(k, o.picked(), args{"Peer": o.offer.Peer.Name})
}

// picked is how many things the sender picked. Of more than Top can hold,
// all entries are counted instead: never fewer than there are.
func (o *offerSheet) picked() int {
	const most = 1000 // netcore.Offer.Top
	if n := len(o.offer.Top); n < most {
		return n
	}
	return o.offer.Files + o.offer.Folders + o.offer.Links
}

// content is who, what and where to.
func (o *offerSheet) content() fyne.CanvasObject {
	o.into = newText("")
	o.into.setPath(o.offer.Inbox, nil)
	change := newButton(lookPlain, say(phrase{key: keyChange}), o.change)
	change.onKey = o.window.typedKey
	folder := container.NewBorder(nil, nil, fixed(newCaption(say(phrase{key: keyOfferInto}))), change, middle(o.into))
	o.body = container.NewVBox(o.who(),
		newParagraph(say(phrase{key: keyUnverified}), theme.SizeNameCaptionText, colorMuted),
		o.what(), folder)
	if o.offer.Free >= 0 && o.offer.Free < o.offer.Bytes {
		o.tight = newParagraph(say(phrase{key: keyOfferNoSpace, args: args{
			"Free": size(o.offer.Free), "Size": size(o.offer.Bytes),
		}}), theme.SizeNameText, colorBad)
		o.body.Add(o.tight)
	}
	return o.body
}

// who is the peer's face, and the question.
func (o *offerSheet) who() fyne.CanvasObject {
	const height = selfSize + gap
	face := newAvatar(selfSize)
	face.set(o.offer.Peer)
	name := newHeading("")
	name.setName(o.offer.Peer.Name, func(name string) string {
		return say(plurally(keyOfferTitle, o.picked(), args{"Peer": name}))
	})
	caption := newCaption(labels(o.offer.Peer))
	return container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, height) },
		place: func(s fyne.Size) {
			put(face, 0, 0, selfSize, selfSize)
			twoLines(name, caption, selfSize+gap+3, s.Width, selfSize)
		},
	}, face, name, caption)
}

// listed is how many names an offer shows.
const listed = 5

// what is a box with the first names, and how much it is in all.
func (o *offerSheet) what() fyne.CanvasObject {
	lines := container.NewVBox()
	for _, e := range o.offer.Top[:min(len(o.offer.Top), listed)] {
		lines.Add(entryLine(e))
	}
	if more := o.picked() - listed; more > 0 {
		lines.Add(newCaption(say(plurally(keyOfferMore, more, nil))))
	}
	lines.Add(newCaption(sayAll(o.total())))
	return container.NewStack(newSurface(theme.ColorNameInputBackground, "", radius-2), padded(lines, gap+3, gap))
}

// total is how many there are of each kind, and how much that is.
func (o *offerSheet) total() []phrase {
	var all []phrase
	for _, kind := range []struct {
		key key
		n   int
	}{{keyFiles, o.offer.Files}, {keyFolders, o.offer.Folders}, {keyLinks, o.offer.Links}} {
		if kind.n > 0 {
			all = append(all, plurally(kind.key, kind.n, nil))
		}
	}
	return append(all, phrase{key: keyOfferTotal, args: args{"Size": size(o.offer.Bytes)}})
}

// entryLine is a name and a size; of a link, where it points.
func entryLine(e netcore.Entry) fyne.CanvasObject {
	name, amount := newText(""), newCaption(formatSize(e.Size))
	shown := path.Base(e.Path)
	switch e.Kind {
	case netcore.Folder:
		shown = strings.TrimSuffix(shown, "/") + "/"
	case netcore.Link:
		shown += " → " + e.Target
		amount.setText(say(phrase{key: keyLink}))
	}
	name.setName(shown, nil)
	return container.New(placed{
		min: name.MinSize,
		place: func(s fyne.Size) {
			width := amount.natural()
			put(name, 0, 0, s.Width-width-gap, s.Height)
			put(amount, s.Width-width, (s.Height-amount.height())/2, width, amount.height())
		},
	}, name, amount)
}

// change asks for another folder. How much is free there is not known here.
func (o *offerSheet) change() {
	o.window.choose(pickInbox, func(paths []string) {
		o.dir = paths[0]
		o.into.setPath(o.dir, nil)
		if o.tight != nil {
			o.body.Remove(o.tight)
			o.tight = nil
			o.sheet.fill()
		}
	})
}
