package ui

import (
	"cmp"
	"errors"
	"math"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

// An alwaysSheet asks what of a verified peer is accepted without asking.
type alwaysSheet struct {
	window *Window
	peer   netcore.Peer
	sheet  *sheet
	offer  *offerCard // that it was opened from; nil if from elsewhere

	on    *toggle
	files *toggle
	most  *entry // gigabytes; empty: no limit
	dir   string // empty: the inbox
	into  *label
	wrong *paragraph // what was typed is no size; hidden if it is one
}

// gigabyte is the unit of the largest offer that is accepted by itself.
const gigabyte = 1e9

// askAlways opens the sheet. Who is not verified has to be, first. offer is the
// one that it is opened from: if what is chosen covers that, it is accepted at once. It may be nil.
func (w *Window) askAlways(p netcore.Peer, offer *offerCard) {
	if p.Verified.IsZero() {
		w.askToCompare(p)
		return
	}
	a := &alwaysSheet{window: w, peer: p, offer: offer, dir: p.AutoAccept.Dir, into: newText("")}
	const width = sheetWidth - 2*sheetPad
	unheard := func(bool) {} // it holds when it is saved
	// On where nothing was chosen yet: who comes here wants it, and would believe that a limit and Save were enough.
	on := p.AutoAccept.On || p.AutoAccept == netcore.AutoAccept{}
	a.on = w.newToggle(say(phrase{key: keyAlwaysOn, args: args{"Peer": p.Name}}), "", on, width, unheard)
	a.files = w.newToggle(say(phrase{key: keyAlwaysFiles}), "", p.AutoAccept.FilesOnly, width, unheard)
	a.most = newEntry(w, say(phrase{key: keyNoLimit}))
	if n := p.AutoAccept.MaxBytes; n > 0 {
		a.most.SetText(strconv.FormatFloat(float64(n)/gigabyte, 'f', -1, 64))
	}
	a.wrong = newParagraph(say(phrase{key: keyAlwaysWrong}), theme.SizeNameCaptionText, colorBad)
	a.wrong.Hide()
	a.sheet = w.newSheet(a.body(),
		newButton(lookPlain, say(phrase{key: keyCancel}), func() { a.sheet.close() }),
		newButton(lookPrimary, say(phrase{key: keySave}), a.save))
	a.sheet.show()
	w.allowing = a
}

func (a *alwaysSheet) body() fyne.CanvasObject {
	a.showDir()
	change := newButton(lookPlain, say(phrase{key: keyChange}), func() {
		a.window.choose(pickInbox, func(paths []string) { a.dir = paths[0]; a.showDir() })
	})
	change.onKey = a.window.typedKey
	names := column(newCaption(say(phrase{key: keyOfferInto})), newCaption(say(phrase{key: keyAlwaysMost})))
	into := container.NewBorder(nil, nil, names[0], change, middle(a.into))
	most := container.NewBorder(nil, nil, names[1], fixed(newCaption("GB")), a.most)
	list := container.NewVBox(
		newTitle(say(phrase{key: keyAlwaysTitle, args: args{"Peer": a.peer.Name}})),
		newParagraph(say(phrase{key: keyAlwaysText}), theme.SizeNameCaptionText, colorMuted),
		a.on, into, most, a.wrong, a.files)
	if a.offer != nil {
		list.Add(newParagraph(say(phrase{key: keyAlwaysOffer}), theme.SizeNameCaptionText, colorMuted))
	}
	return list
}

func (a *alwaysSheet) showDir() {
	dir := a.dir
	if dir == "" {
		dir = a.window.node.Inbox()
	}
	a.into.setPath(dir, nil)
}

// save takes over what was chosen.
func (a *alwaysSheet) save() {
	most, ok := parseGigabytes(a.most.Text)
	if setVisible(a.wrong, !ok); !ok {
		a.sheet.fill()
		return
	}
	chosen := netcore.AutoAccept{On: a.on.on, Dir: a.dir, MaxBytes: most, FilesOnly: a.files.on}
	a.sheet.close()
	err := a.window.node.SetAutoAccept(a.peer.ID, chosen)
	switch {
	case errors.Is(err, netcore.ErrNotVerified): // not any more
		a.window.askToCompare(a.peer)
	case err != nil:
		a.window.log.Warn("accept by itself", "peer", a.peer.ID, "error", err)
		a.window.toasts.show(phrase{key: keyAlwaysFailed}, nil)
	case a.offer != nil:
		a.offer.ruled(chosen)
	}
}

// parseGigabytes reads a size in GB; nothing is no limit.
func parseGigabytes(text string) (bytes int64, ok bool) {
	text = strings.Replace(strings.TrimSpace(text), ",", ".", 1)
	if text == "" {
		return 0, true
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !(v*gigabyte >= 1 && v*gigabyte < math.MaxInt64/2) {
		return 0, false
	}
	return int64(v * gigabyte), true
}

// askToCompare says why codes must be compared first, and offers to.
func (w *Window) askToCompare(p netcore.Peer) {
	all := args{"Peer": p.Name}
	var s *sheet
	s = w.newSheet(textBody(phrase{key: keyFirstCompare, args: all}, phrase{key: keyFirstCompareText, args: all}),
		newButton(lookPlain, say(phrase{key: keyCancel}), func() { s.close() }),
		newButton(lookPrimary, say(phrase{key: keyCompareNow}), func() { s.close(); w.compare(p) }))
	s.show()
}

// whyAsked says why the person is asked about an offer of a device that may send without that; false if it may not, or there is
// another reason: what does not fit on the disk is said where the room is.
func whyAsked(o netcore.Offer) (phrase, bool) {
	a := o.Peer.AutoAccept
	switch {
	case !a.On || a.Accepts(o):
		return phrase{}, false
	case a.MaxBytes > 0 && o.Bytes > a.MaxBytes:
		return phrase{key: keyAskedMost, args: args{"Size": size(a.MaxBytes), "Peer": o.Peer.Name}}, true
	}
	return phrase{key: keyAskedFiles, args: args{"Peer": o.Peer.Name}}, true
}

// always asks what is accepted without asking, this offer among it.
func (o *offerCard) always() { o.window.askAlways(o.offer.Peer, o) }

// ruled does with the offer what was just chosen for its sender, and says what that was: it is accepted, into the folder that
// was chosen, if the choice covers it, and else goes on waiting for an answer.
func (o *offerCard) ruled(a netcore.AutoAccept) {
	all := args{"Peer": o.offer.Peer.Name}
	covered := a.Accepts(o.offer) && !o.list.tree.nothing() && (a.Dir != "" || !o.place.tight.Visible())
	switch {
	case o.ctx.Err() != nil: // it was withdrawn meanwhile
	case covered:
		o.place.dir = cmp.Or(a.Dir, o.place.dir)
		o.take()
		o.window.toasts.show(phrase{key: keyAlwaysTaken, args: all}, nil)
	case a.On:
		o.window.toasts.show(phrase{key: keyAlwaysNotThis, args: all}, nil)
	default:
		o.window.toasts.show(phrase{key: keyAlwaysOff, args: all}, nil)
	}
}
