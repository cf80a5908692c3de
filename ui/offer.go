package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ferry/netcore"
)

// offerQueue is the offers that wait for an answer, at the top of the main area. The first is open; the others
// are a line each.
type offerQueue struct {
	window  *Window
	waiting []*offerCard
	begun   *offerCard // the last one that was asked about
	lines   int        // how many others have a line
	root    *fyne.Container
	more    *label // how many there are besides those that have a line
}

// lined is how many offers have a line, besides the one that is open, where there is room. There is below
// roomy.
const (
	lined = 2
	roomy = 480
)

// newOfferQueue makes an empty queue, or one with what waits in the window's.
func newOfferQueue(w *Window) *offerQueue {
	q := &offerQueue{window: w, more: newCaption("")}
	if w.offers != nil {
		q.waiting = w.offers.waiting
		for _, o := range q.waiting {
			o.outdate()
		}
	}
	q.root = container.New(placed{min: func() fyne.Size { return fyne.Size{} }, place: q.place})
	return q
}

// Offer implements netcore.Handler: it asks the person, and waits for the
// answer or the end of ctx. It may be called from any goroutine but that of
// the UI.
func (w *Window) Offer(ctx context.Context, offer netcore.Offer) netcore.Answer {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends what looks at the disk for it, and its notice
	o := &offerCard{window: w, ctx: ctx, offer: offer, answer: make(chan netcore.Answer, 1)}
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

// push asks about an offer: at once if no other is open.
func (q *offerQueue) push(o *offerCard) {
	q.waiting = append(q.waiting, o)
	o.notify()
	q.show()
}

// remove takes an offer out, answered or withdrawn, and asks about the next.
func (q *offerQueue) remove(o *offerCard) {
	i := slices.Index(q.waiting, o)
	if i < 0 {
		return
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	o.dropFocus()
	q.show()
}

// follow makes those anew whose peer is not what it was when they came, such as one that has been verified since. Who
// was about to answer looks again first.
func (q *offerQueue) follow(v view) {
	changed, focused := false, false
	for _, o := range q.waiting {
		p, ok := v.peer(o.offer.Peer.ID)
		if !ok {
			continue
		}
		if sameAsker(o.offer.Peer, p) {
			o.showFace(p.Picture)
			continue
		}
		changed, focused = true, o.dropFocus() || focused
		o.offer.Peer = p
		o.outdate()
	}
	if !changed {
		return
	}
	q.fill()
	q.arrange()
	q.first().settle()
	if focused {
		q.window.win.Canvas().Focus(q.first())
	}
}

// sameAsker reports whether an offer says the same of two states of its peer, in words.
func sameAsker(a, b netcore.Peer) bool {
	return a.Name == b.Name && a.Namesake == b.Namesake && a.Doubled == b.Doubled && a.Verified.Equal(b.Verified) && a.AutoAccept == b.AutoAccept
}

// open opens an offer instead of the one that is.
func (q *offerQueue) open(o *offerCard) {
	i := slices.Index(q.waiting, o)
	if i <= 0 {
		return
	}
	q.waiting[0].dropFocus()
	q.waiting = slices.Insert(slices.Delete(q.waiting, i, i+1), 0, o)
	q.show()
}

// fill puts into the root what there is to be seen.
func (q *offerQueue) fill() {
	q.root.Objects = nil
	if o := q.first(); o != nil {
		o.build()
		q.root.Objects = []fyne.CanvasObject{o}
	}
	for i := 1; i < min(len(q.waiting), 1+q.lines); i++ {
		q.root.Objects = append(q.root.Objects, q.waiting[i].asLine())
	}
	if rest := len(q.waiting) - 1 - q.lines; rest > 0 {
		q.more.setText(say(plurally(keyOfferMore, rest, nil)))
		q.root.Objects = append(q.root.Objects, q.more)
	}
}

// show lays it out, and asks about the first offer if that is another one.
func (q *offerQueue) show() {
	q.fill()
	q.arrange()
	if o := q.first(); o != q.begun {
		q.begun = o
		if o != nil {
			o.begin()
		}
	}
}

// arrange gives all of it its place: its height may be another one, or what is in that.
func (q *offerQueue) arrange() {
	q.window.content.Refresh()
	q.place(q.root.Size())
	if o := q.first(); o != nil && o.body != nil {
		o.arrange(o.Size())
	}
}

// first is the offer that is open; nil if there is none.
func (q *offerQueue) first() *offerCard {
	if len(q.waiting) == 0 {
		return nil
	}
	return q.waiting[0]
}

const offerLineHeight = 34

// below is the height of the lines under the card that is open.
func (q *offerQueue) below() float32 {
	n := len(q.waiting) - 1
	height := float32(min(max(n, 0), q.lines)) * (offerLineHeight + gap)
	if n > q.lines {
		height += q.more.height() + gap
	}
	return height
}

// height is what all of it takes in a width, with the room above it; at most most.
func (q *offerQueue) height(width, most float32) float32 {
	o := q.first()
	if o == nil {
		return 0
	}
	lines := lined
	if most < roomy {
		lines = 0
	}
	if q.lines != lines {
		q.lines = lines
		q.fill()
	}
	return min(space+o.height(width-2*space)+q.below(), most)
}

func (q *offerQueue) place(s fyne.Size) {
	y := float32(space)
	for i, o := range q.root.Objects {
		height := float32(offerLineHeight)
		switch {
		case i == 0:
			height = s.Height - space - q.below()
		case o == fyne.CanvasObject(q.more):
			height = q.more.height()
		}
		put(o, space, y, s.Width-2*space, height)
		y += height + gap
	}
}
