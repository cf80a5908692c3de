package ui

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"ferry/netcore"
)

const (
	rowHeight = 68
	rowInset  = 8 // from the edges of a row to what is in it
	signSize  = 32
)

// rowActions is what can be done with a row.
type rowActions struct {
	tips *tips // may be nil
	do   [deeds]func(item)
	now  func() time.Time
	// chosen is told of the item of a row that was clicked.
	chosen func(item)
}

// A row shows one transfer, and another one when it is told to: rows are used
// again.
type row struct {
	widget.BaseWidget
	do    rowActions
	item  item
	mark  *canvas.Rectangle // around the row that the keyboard is on
	disc  *canvas.Circle
	sign  *widget.Icon
	name  *label
	left  *label
	right *label
	bar   *bar
	line  *canvas.Rectangle

	cancel, drop, pause, resume, retry, open, show, details *button
}

var _ fyne.Tappable = (*row)(nil)

func newRow(do rowActions) *row {
	r := &row{
		do: do, mark: newBox(radius), disc: canvas.NewCircle(nil), sign: widget.NewIcon(nil), bar: newBar(), line: newBox(0),
		name: newText(""), left: newCaption(""), right: newCaption(""),
	}
	r.right.text.Alignment = fyne.TextAlignTrailing
	press := func(icon fyne.Resource, hint key, d deed) *button {
		return newIconButton(do.tips, icon, say(phrase{key: hint}), func() { do.do[d](r.item) })
	}
	r.cancel = press(theme.CancelIcon(), keyCancel, doCancel)
	r.drop = press(theme.DeleteIcon(), keyDrop, doDrop)
	r.pause = press(theme.MediaPauseIcon(), keyPause, doPause)
	r.resume = press(theme.MediaPlayIcon(), keyResume, doResume)
	r.retry = press(theme.ViewRefreshIcon(), keySendAgain, doRetry)
	r.open = press(theme.FileIcon(), keyOpen, doOpen)
	r.show = press(theme.FolderOpenIcon(), keyShow, doShow)
	r.details = press(theme.InfoIcon(), keyDetails, doDetails)
	r.paint()
	r.ExtendBaseWidget(r)
	return r
}

// set shows a transfer. It costs nothing if that is what is shown already.
func (r *row) set(it item) {
	if it.ID == r.item.ID && it.revision == r.item.revision {
		return
	}
	old := r.item
	r.item = it
	t := it.Transfer
	if name, more := firstName(t); name == "" {
		r.name.setText(say(phrase{key: keyNameless}))
	} else if oldName, oldMore := firstName(old.Transfer); it.ID != old.ID || name != oldName || more != oldMore {
		r.name.setName(name, andMore(more))
	}
	r.left.setText(sayAll(r.caption()))
	r.right.setText(sayAll(progress(it)))
	r.bar.set(fraction(t))
	if it.ID != old.ID || t.State != old.State || it.can() != old.can() {
		r.paint()
		r.place(r.Size())
	} else if !t.State.Final() {
		r.placeCaptions(r.Size()) // the right one has another width now
	}
}

// caption is the second line; of what is past, it begins with when that was.
func (r *row) caption() []phrase {
	if !r.item.past {
		return caption(r.item)
	}
	when := r.item.Ended
	if when.IsZero() {
		when = r.item.Started
	}
	return append([]phrase{formatMoment(when, r.do.now())}, caption(r.item)...)
}

// Tapped implements fyne.Tappable.
func (r *row) Tapped(*fyne.PointEvent) {
	if r.do.chosen != nil {
		r.do.chosen(r.item)
	}
}

// setMark says whether the keyboard is on this row, and whether it would be if the list had the focus.
func (r *row) setMark(chosen, focused bool) {
	fill, stroke := color.Color(color.Transparent), float32(0)
	if chosen {
		fill = tint(theme.ColorNameHover)
	}
	if chosen && focused {
		stroke = 2
	}
	if fill == r.mark.FillColor && stroke == r.mark.StrokeWidth {
		return
	}
	r.mark.FillColor, r.mark.StrokeWidth, r.mark.StrokeColor = fill, stroke, tint(theme.ColorNameFocus)
	r.mark.Refresh()
}

// signs are the icons of the tones but for those on the way, and their colours.
var signs = map[tone]struct {
	icon  func() fyne.Resource // nil: an arrow
	color fyne.ThemeColorName
}{
	toneQuiet:  {nil, colorMuted},
	toneActive: {nil, theme.ColorNamePrimary},
	toneGood:   {theme.ConfirmIcon, colorGood},
	toneMixed:  {theme.WarningIcon, colorMixed},
	toneBad:    {theme.ErrorIcon, colorBad},
}

func (r *row) paint() {
	r.line.FillColor = tint(theme.ColorNameSeparator)
	look := signs[toneOf(r.item.Transfer)]
	icon := theme.MoveUpIcon
	switch {
	case look.icon != nil:
		icon = look.icon
	case r.item.Direction == netcore.Incoming:
		icon = theme.MoveDownIcon
	}
	r.disc.FillColor = thin(tint(look.color))
	r.disc.Refresh()
	r.sign.SetResource(theme.NewColoredResource(icon(), look.color))
	r.bar.setColor(look.color) // muted unless it moves
	switch toneOf(r.item.Transfer) {
	case toneBad, toneMixed:
		r.left.setColor(look.color)
	default:
		r.left.setColor(colorMuted)
	}
}

// thin is a colour as a background of itself.
func thin(c color.Color) color.Color {
	r, g, b, _ := c.RGBA()
	return color.NRGBA{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8), A: 0x20}
}

func (r *row) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{
			r.mark, r.disc, r.sign, r.name, r.bar, r.left, r.right, r.line,
			r.details, r.retry, r.open, r.show, r.resume, r.pause, r.drop, r.cancel,
		},
		min:   func() fyne.Size { return fyne.NewSize(0, rowHeight) },
		place: r.place,
		paint: r.paint,
	}
}

func (r *row) place(s fyne.Size) {
	put(r.mark, 2, 2, s.Width-4, s.Height-5)
	put(r.disc, rowInset, (s.Height-signSize)/2, signSize, signSize)
	put(r.sign, rowInset+(signSize-iconSize)/2, (s.Height-iconSize)/2, iconSize, iconSize)
	put(r.line, rowInset, s.Height-1, s.Width-2*rowInset, 1)
	r.placeButtons(s)
	r.placeCaptions(s)
}

// placeButtons shows the buttons that do something, from the right edge on.
func (r *row) placeButtons(s fyne.Size) {
	can := r.item.can()
	r.retry.hint = say(phrase{key: r.item.retryKey()})
	right := s.Width - rowInset + 4 // an icon ends where the line does
	for i, b := range r.buttons() {
		if b.Hidden = !can[i]; can[i] {
			size := b.minSize()
			right -= size.Width
			put(b, right, (s.Height-size.Height)/2, size.Width, size.Height)
		}
	}
}

// buttons are in the order of deeds, which is that from the right edge on.
func (r *row) buttons() [deeds]*button {
	return [deeds]*button{
		doCancel: r.cancel, doDrop: r.drop, doPause: r.pause, doResume: r.resume,
		doShow: r.show, doOpen: r.open, doRetry: r.retry, doDetails: r.details,
	}
}

// buttonsLeft is where the buttons begin.
func (r *row) buttonsLeft(s fyne.Size) float32 {
	left := s.Width - rowInset
	for _, b := range r.buttons() {
		if !b.Hidden {
			left = min(left, b.Position().X-gap)
		}
	}
	return left
}

// placeCaptions puts the lines of text between the sign and the buttons: two
// of them, and the bar between them while there is something to wait for.
func (r *row) placeCaptions(s fyne.Size) {
	left, right := float32(rowInset+signSize+gap+4), r.buttonsLeft(s)
	r.bar.Hidden = r.item.State.Final()
	r.right.Hidden = r.bar.Hidden
	if r.bar.Hidden {
		r.left.Hidden = false
		twoLines(r.name, r.left, left, right, s.Height)
		return
	}
	h1, h2 := r.name.height(), r.left.height()
	top := (s.Height - h1 - h2 - barSize - 8) / 2
	put(r.name, left, top, right-left, h1)
	put(r.bar, left, top+h1+4, right-left, barSize)
	below := top + h1 + barSize + 8
	width := min(r.right.natural(), (right-left)*0.6)
	if r.item.State == netcore.Paused {
		// Why it waits says more than how far it is.
		width = min(r.right.natural(), right-left)
	}
	put(r.right, right-width, below, width, h2)
	put(r.left, left, below, right-left-width-gap, h2)
	const least = 40 // a few letters; less is nothing but dots
	r.left.Hidden = r.left.Size().Width < least && width > 0
}

// words is what the row says, for those who cannot see it.
func (r *row) words() string {
	words := r.name.words() + " | " + r.left.words()
	if right := r.right.words(); right != "" && !r.right.Hidden {
		words += " | " + right
	}
	return words
}
