package ui

import (
	"cmp"
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

// An offerPlace is the part of an offer's card that says where it goes, and what it meets there.
type offerPlace struct {
	card    *offerCard
	dir     string // empty for the inbox
	looked  bool   // preview is of dir
	preview netcore.Preview
	free    int64 // there; negative if that is not known

	into   *label
	room   *label // how much is free
	change *button
	line   *fyne.Container
	facts  *advice
	tight  *paragraph // said if the disk is too full
}

// newOfferPlace makes it for a folder that was chosen before, or the inbox if dir is empty.
func newOfferPlace(o *offerCard, dir string) *offerPlace {
	p := &offerPlace{card: o, dir: dir, free: o.offer.Free, into: newText(""), room: newCaption("")}
	if dir != "" {
		p.free = -1
	}
	p.into.setPath(cmp.Or(dir, o.offer.Inbox), nil)
	p.change = newButton(lookPlain, say(phrase{key: keyChange}), p.choose)
	p.line = container.NewBorder(nil, nil, fixed(newCaption(say(phrase{key: keyOfferInto}))), container.NewHBox(fixed(p.room), p.change), middle(p.into))
	p.facts = newAdvice("", newSmallButton(say(phrase{key: keyWhichNames}), p.showNames))
	p.facts.button.onKey = o.typedKey
	p.tight = newParagraph("", theme.SizeNameCaptionText, colorBad)
	return p
}

func (p *offerPlace) parts() []fyne.CanvasObject {
	return []fyne.CanvasObject{p.line, p.facts, p.tight}
}

// choose asks for another folder.
func (p *offerPlace) choose() {
	p.card.window.choose(pickInbox, func(paths []string) { p.card.place.move(paths[0]) }) // it may be another one by then
}

// move goes to another folder.
func (p *offerPlace) move(dir string) {
	p.dir, p.looked, p.preview, p.free = dir, false, netcore.Preview{}, -1
	p.into.setPath(dir, nil)
	p.card.update()
	p.look()
}

// look finds out what the offer meets in its folder.
func (p *offerPlace) look() {
	dir := p.dir
	p.card.window.background(func(context.Context) {
		found, err := p.card.offer.Preview(p.card.ctx, dir)
		p.card.window.ui(func() {
			switch {
			case dir != p.dir: // another one was chosen since
			case err != nil:
				p.card.window.log.Debug("look at the folder of an offer", "error", err)
			default:
				p.looked, p.preview, p.free = true, found, found.Free
				p.card.update()
			}
		})
	})
}

// update says what is so with what is wanted now.
func (p *offerPlace) update() {
	words := ""
	if p.free >= 0 {
		words = say(phrase{key: keyFree, args: args{"Size": size(p.free)}})
	}
	p.room.setText(words)
	p.line.Refresh() // it has another width now
	p.facts.setWords(sayAll(p.factPhrases()))
	setVisible(p.facts, len(p.factPhrases()) > 0)
	setVisible(p.facts.button, len(p.preview.Examples) > 0)
	needed := max(p.card.list.tree.bytes-p.preview.Bytes-p.card.offer.Holes, 0)
	tight := p.free >= 0 && p.free < needed
	setVisible(p.tight, tight)
	if tight {
		p.tight.setWords(say(phrase{key: keyOfferNoSpace, args: args{"Free": size(p.free), "Size": size(needed)}}))
	}
}

// factPhrases are what is there already, and which names will change.
func (p *offerPlace) factPhrases() []phrase {
	var all []phrase
	found := p.preview
	if found.There > 0 {
		all = append(all, phrase{key: keyThere, args: args{"N": count(found.There), "All": count(p.card.offer.Files)}})
	}
	if found.Clashes > 0 {
		all = append(all, plurally(keyClashes, found.Clashes, nil))
	}
	if found.Renamed > 0 {
		all = append(all, plurally(keyBadNames, found.Renamed, nil))
	}
	return all
}

// showNames lists the names that will be others.
func (p *offerPlace) showNames() {
	list := container.NewVBox()
	for _, r := range p.preview.Examples {
		addDetail(list, phrase{key: keyNewName, args: args{"Path": cmp.Or(r.Original, r.Path), "Local": r.Local}})
	}
	if rest := p.preview.Clashes + p.preview.Renamed - len(p.preview.Examples); rest > 0 {
		addDetail(list, plurally(keyDetailsMore, rest, nil))
	}
	scroll := scrolled(list)
	scroll.SetMinSize(fyne.NewSize(0, min(list.MinSize().Height, detailsMost)))
	var s *sheet
	s = p.card.window.newSheet(container.NewBorder(newTitle(say(phrase{key: keyNewNames})), nil, nil, nil, beyond(scroll)),
		newButton(lookPrimary, say(phrase{key: keyClose}), func() { s.close() }))
	s.show()
}
