package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"ferry/netcore"
)

// An offerCard asks about one offer. It does not block the window. While it has the focus, Enter accepts and Esc
// declines.
type offerCard struct {
	widget.BaseWidget
	window *Window
	ctx    context.Context // ends with the question
	offer  netcore.Offer
	answer chan netcore.Answer // takes one answer without waiting
	line   *offerLine          // nil until it has to wait

	// The rest is there once it was open.
	all     *fyne.Container // of what is drawn: the widget stays when that is made anew
	face    *avatar
	head    fyne.CanvasObject
	parts   []fyne.CanvasObject // below that, from top to bottom
	body    *fyne.Container     // of parts
	scroll  *container.Scroll   // of body, where there is little room
	foot    fyne.CanvasObject
	back    *canvas.Rectangle
	list    *offerList
	total   *label
	ticks   *button // wants all or nothing
	place   *offerPlace
	danger  *notice
	accept  *button
	buttons []*button
	focused bool
	ready   bool // it takes answers
	turn    int  // grows with each moment that has to pass before that
}

// build makes what the card shows, unless it is there. What was chosen on one that is outdated stays chosen.
func (o *offerCard) build() {
	if o.body != nil {
		return
	}
	before, dir := treeOfPicked(o.offer), ""
	if o.list != nil {
		before, dir = o.list.tree, o.place.dir
	} else {
		o.all = container.NewWithoutLayout()
	}
	o.back = newBox(radius)
	o.list = newOfferList(o.update, o.typedKey)
	o.list.setTree(before)
	o.total = newCaption("")
	o.ticks = newSmallButton("", o.tickAll)
	o.place = newOfferPlace(o, dir)
	o.danger = newNotice("")
	o.face = newAvatar(selfSize)
	o.head, o.foot = newOfferWho(o.face, o.offer), o.answers()
	o.parts = append(o.warnings(), o.list, spread(o.total, o.ticks), o.danger)
	o.parts = append(o.parts, o.place.parts()...)
	o.body = container.New(placed{min: func() fyne.Size { return fyne.NewSize(0, o.needed(o.list.MinSize().Height)) }, place: o.arrangeBody}, o.parts...)
	o.scroll = container.NewVScroll(o.body)
	o.all.Objects = []fyne.CanvasObject{o.back, o.head, o.scroll, o.foot}
	o.paint()
	o.ExtendBaseWidget(o)
	o.update()
	o.place.look()
	o.readEntries()
}

// outdate has what the card shows made anew, when it is shown next: it is in another language, or its peer has changed.
func (o *offerCard) outdate() { o.body, o.line = nil, nil }

// showFace shows another picture of the peer. Nobody looks again for that: a peer could change its picture all the time, and
// its card would never take an answer.
func (o *offerCard) showFace(picture *netcore.Picture) {
	if picture == o.offer.Peer.Picture {
		return
	}
	o.offer.Peer.Picture = picture
	if o.body != nil {
		o.face.set(o.offer.Peer)
	}
	if o.line != nil {
		o.line.face.set(o.offer.Peer)
	}
}

// answers is the row of buttons.
func (o *offerCard) answers() fyne.CanvasObject {
	block := newButton(lookQuiet, say(phrase{key: keyBlock}), func() { o.window.block(o.offer.Peer) })
	decline := newButton(lookPlain, say(phrase{key: keyDecline}), o.decline)
	always := newButton(lookPlain, say(phrase{key: keyAlways}), o.always)
	o.accept = newButton(lookPrimary, say(phrase{key: keyAccept}), o.take)
	o.buttons = []*button{block, decline, always, o.accept}
	row := inset(container.NewHBox(block, layout.NewSpacer(), decline, always, o.accept), -quietSide, 0)
	for _, b := range append(o.buttons, o.ticks, o.place.change) {
		b.onKey = o.typedKey
	}
	return row
}

// readEntries puts all that comes into the list, as soon as it is read.
func (o *offerCard) readEntries() {
	o.window.background(func(context.Context) {
		t := treeOf(o.ctx, o.offer)
		if t == nil {
			return
		}
		o.window.ui(func() {
			o.list.setTree(t)
			o.update()
		})
	})
}

// begin shows the card as the one that is asked about: it takes answers after a moment. It takes the focus
// from nobody.
func (o *offerCard) begin() {
	o.settle()
	if c := o.window.win.Canvas(); c.Focused() == nil && c.Overlays().Top() == nil {
		c.Focus(o)
	}
}

// settle takes no answer for a moment: who was typing or clicking when the card came did not mean it.
func (o *offerCard) settle() {
	o.turn++
	turn := o.turn
	o.setReady(false)
	o.window.after(settle, func() {
		if o.turn == turn {
			o.setReady(true)
		}
	})
}

func (o *offerCard) setReady(ready bool) {
	o.ready = ready
	for _, b := range o.buttons {
		b.setDisabled(!ready)
	}
	o.accept.setDisabled(!ready || o.list.tree.nothing())
}

func (o *offerCard) reply(a netcore.Answer) {
	select {
	case o.answer <- a:
	default: // answered already
	}
	o.window.offers.remove(o)
}

func (o *offerCard) decline() { o.reply(netcore.Answer{}) }

// take accepts what is wanted.
func (o *offerCard) take() {
	o.reply(netcore.Answer{Accept: true, Dir: o.place.dir, Skip: o.list.tree.skipped()})
}

// tickAll wants all, or nothing if all is wanted already.
func (o *offerCard) tickAll() {
	o.list.tree.setWanted(0, !o.list.tree.all())
	o.list.list.arrange()
	o.update()
}

// update says anew what depends on the ticks.
func (o *offerCard) update() {
	t := o.list.tree
	o.total.setText(sayAll(o.totalPhrases()))
	k := keyTickAll
	if t.all() {
		k = keyTickNone
	}
	o.ticks.setWords(say(phrase{key: k}))
	o.place.update()
	o.warnOfPrograms()
	if o.accept != nil {
		o.accept.setDisabled(!o.ready || t.nothing())
	}
	if o.window.offers.begun == o { // it is on the screen
		o.window.offers.arrange()
	}
}

// TypedKey implements fyne.Focusable.
func (o *offerCard) TypedKey(ev *fyne.KeyEvent) { o.typedKey(ev) }

// typedKey answers the offer. A key in the first moment makes that begin anew: somebody is typing.
func (o *offerCard) typedKey(ev *fyne.KeyEvent) {
	if !o.ready {
		o.settle()
		return
	}
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		o.accept.Tapped(nil)
	case fyne.KeyEscape:
		o.decline()
	}
}

// TypedRune implements fyne.Focusable.
func (o *offerCard) TypedRune(rune) {}

// FocusGained implements fyne.Focusable.
func (o *offerCard) FocusGained() { o.setFocused(true) }

// FocusLost implements fyne.Focusable.
func (o *offerCard) FocusLost() { o.setFocused(false) }

func (o *offerCard) setFocused(on bool) {
	o.focused = on
	o.paint()
	o.back.Refresh()
}

// Tapped takes the focus.
func (o *offerCard) Tapped(*fyne.PointEvent) { o.window.win.Canvas().Focus(o) }

// dropFocus leaves the focus if it is somewhere in the card, and reports whether it was.
func (o *offerCard) dropFocus() bool {
	c := o.window.win.Canvas()
	inside := false
	switch f := c.Focused().(type) {
	case *offerCard:
		inside = f == o
	case *offerList:
		inside = f == o.list
	case *button:
		inside = slices.Contains(append(o.buttons, o.ticks), f) || o.place != nil && f == o.place.change
	}
	if inside {
		c.Unfocus()
	}
	return inside
}

func (o *offerCard) paint() {
	o.back.FillColor = tint(colorCard)
	o.back.StrokeColor, o.back.StrokeWidth = tint(colorStroke), 1
	if o.focused {
		o.back.StrokeColor, o.back.StrokeWidth = tint(theme.ColorNamePrimary), 2
	}
}

// cardPad is the room around what is on the card.
const cardPad = space

// height is what the card takes in a width, with all lines of its list if they are few.
func (o *offerCard) height(width float32) float32 {
	const mostLines = 7
	o.breakLines(width - 2*cardPad)
	return o.frame() + o.needed(min(o.list.height(), mostLines*entryHeight+2*listPad))
}

// frame is the height of all around the body.
func (o *offerCard) frame() float32 {
	return 2*cardPad + o.head.MinSize().Height + o.foot.MinSize().Height + 2*gap
}

// breakLines gives what has lines of words their height.
func (o *offerCard) breakLines(width float32) {
	for _, p := range o.parts {
		if p, ok := p.(lineBreaker); ok {
			p.fillLines(width)
		}
	}
}

// needed is the height of the body, with so much of it for the list.
func (o *offerCard) needed(list float32) float32 {
	height := list - o.list.MinSize().Height - gap
	for _, p := range o.parts {
		if p.Visible() {
			height += p.MinSize().Height + gap
		}
	}
	return height
}

func (o *offerCard) arrange(s fyne.Size) {
	o.all.Resize(s)
	o.back.Resize(s)
	width, head, foot := s.Width-2*cardPad, o.head.MinSize().Height, o.foot.MinSize().Height
	o.breakLines(width)
	if s.Height-o.frame() < o.needed(o.list.MinSize().Height) {
		o.breakLines(width - scrollRoom)
	}
	put(o.head, cardPad, cardPad, width, head)
	put(o.scroll, cardPad-ringRoom, cardPad+head+gap, width+2*ringRoom, s.Height-o.frame())
	put(o.foot, cardPad, s.Height-cardPad-foot, width, foot)
	o.body.Refresh() // the same room may be for something else now
}

// scrollRoom is what a scroll bar takes of the body's width; the rest of it lies in the room for outlines.
const scrollRoom = 10 - ringRoom

// arrangeBody gives the list what the others leave.
func (o *offerCard) arrangeBody(s fyne.Size) {
	s.Width -= 2 * ringRoom
	if s.Height > o.scroll.Size().Height {
		s.Width -= scrollRoom
	}
	least := o.list.MinSize().Height
	list := max(s.Height-o.needed(0), least)
	y := float32(0)
	for _, p := range o.parts {
		if !p.Visible() {
			continue
		}
		height := p.MinSize().Height
		if p == fyne.CanvasObject(o.list) {
			height = list
		}
		put(p, ringRoom, y, s.Width, height)
		y += height + gap
	}
}

// CreateRenderer implements fyne.Widget.
func (o *offerCard) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{o.all},
		min:     func() fyne.Size { return fyne.Size{} },
		place:   o.arrange,
		paint:   o.paint,
	}
}

func (o *offerCard) inside() []fyne.CanvasObject { return []fyne.CanvasObject{o.head, o.body, o.foot} }
