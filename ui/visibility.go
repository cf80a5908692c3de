package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"ferry/netcore"
)

// forAWhile is how long "everyone for a while" lasts.
const forAWhile = 10 * time.Minute

// A visibilityChoice is one answer to who can see this device.
type visibilityChoice struct {
	to         netcore.Visibility
	lasts      time.Duration // 0: for good
	name, text key
}

var visibilityChoices = []visibilityChoice{
	{netcore.VisibleToAll, 0, keyVisibleAll, keyVisibleAllText},
	{netcore.VisibleToKnown, 0, keyVisibleKnown, keyVisibleKnownText},
	{netcore.VisibleToNone, 0, keyVisibleNone, keyVisibleNoneText},
	{netcore.VisibleToAll, forAWhile, keyVisibleWhile, keyVisibleWhileText},
}

// is reports whether this is what is chosen now.
func (c visibilityChoice) is(v netcore.Visibility, until time.Time) bool {
	if v == "" {
		v = netcore.VisibleToAll
	}
	return c.to == v && (c.lasts > 0) == !until.IsZero()
}

// askVisibility asks who can see this device, unless something else is being asked.
func (w *Window) askVisibility() {
	if w.win.Canvas().Overlays().Top() != nil {
		return
	}
	now, until := w.node.Visibility()
	var s *sheet
	list := container.NewVBox(newTitle(say(phrase{key: keyVisibility})))
	for _, c := range visibilityChoices {
		one := newOption(say(phrase{key: c.name}), say(phrase{key: c.text}), c.is(now, until), func() {
			s.close()
			w.setVisibility(c)
		})
		one.onKey = w.typedKey
		list.Add(one)
	}
	s = w.newSheet(list, newButton(lookPlain, say(phrase{key: keyClose}), func() { s.close() }))
	s.show()
}

// setVisibility takes over a choice. What holds for a while is not kept for the next
// start.
func (w *Window) setVisibility(c visibilityChoice) {
	w.node.SetVisibility(c.to, c.lasts)
	w.showPresence(w.now())
	if c.lasts > 0 {
		return
	}
	w.chooseSetting(keyVisibilityNotSaved, func(s *netcore.Settings) { s.ChooseVisibility(c.to) })
	w.model.dismiss(netcore.WarnSettings)
}

// visibilityPhrase says who can see this device.
func visibilityPhrase(v netcore.Visibility, until time.Time) phrase {
	switch {
	case !until.IsZero() && v != netcore.VisibleToNone && v != netcore.VisibleToKnown:
		return phrase{key: keyVisibleUntil, args: args{"Time": until.Local().Format("15:04")}}
	case v == netcore.VisibleToKnown:
		return phrase{key: keySeenByKnown}
	case v == netcore.VisibleToNone:
		return phrase{key: keySeenByNone}
	}
	return phrase{key: keySeenByAll}
}

// statusKey is the line on where this device can be found, if at all.
func statusKey(v netcore.Visibility, address string) key {
	switch {
	case address == "":
		return keyStatusAlone
	case v == netcore.VisibleToKnown:
		return keyStatusKnown
	case v == netcore.VisibleToNone:
		return keyStatusHidden
	}
	return keyStatusVisible
}

// An option is one of several answers, with what it means. The one that holds has a mark.
type option struct {
	pressable
	chosen bool
	back   *canvas.Rectangle
	mark   *widget.Icon
	name   *label
	text   *paragraph
}

func newOption(name, text string, chosen bool, onTap func()) *option {
	o := &option{
		chosen: chosen, back: newBox(radius - 2), name: newText(name),
		mark: widget.NewIcon(theme.NewColoredResource(theme.ConfirmIcon(), theme.ColorNamePrimary)),
		text: newParagraph(text, theme.SizeNameCaptionText, colorMuted),
	}
	o.onTap = onTap
	o.text.fillLines(sheetWidth - 2*sheetPad - optionLeft - gap)
	o.mark.Hidden = !chosen
	o.paint()
	o.ExtendBaseWidget(o)
	return o
}

const optionLeft = iconSize + 2*gap // where its words begin

func (o *option) paint() {
	o.back.FillColor, o.back.StrokeWidth = tint(colorCard), 1
	o.back.StrokeColor = tint(colorStroke)
	if o.hovered || o.focused || o.chosen {
		o.back.StrokeColor = tint(theme.ColorNamePrimary)
	}
}

func (o *option) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{o.back, o.mark, o.name, o.text},
		min:     func() fyne.Size { return fyne.NewSize(0, o.name.height()+o.text.MinSize().Height+2*gap) },
		paint:   o.paint,
		place: func(s fyne.Size) {
			o.back.Resize(s)
			put(o.mark, gap, (s.Height-iconSize)/2, iconSize, iconSize)
			h := o.name.height()
			put(o.name, optionLeft, gap, s.Width-optionLeft-gap, h)
			put(o.text, optionLeft, gap+h, s.Width-optionLeft-gap, s.Height-2*gap-h)
		},
	}
}
