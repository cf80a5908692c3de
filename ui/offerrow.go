package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"ferry/netcore"
)

// An entryRow is one line of an offer: a tick, a name, what is to be known of it, a size. It shows another
// one when it is told to.
type entryRow struct {
	widget.BaseWidget
	index   int32
	node    node
	path    string
	hovered bool
	cursor  bool
	onTick  func()
	onOpen  func()

	back   *canvas.Rectangle
	arrow  *widget.Icon // of a folder with something in it
	tick   *widget.Icon
	sign   *widget.Icon
	name   *label
	danger *label // what it could do; empty if nothing
	amount *label
}

func newEntryRow() *entryRow {
	r := &entryRow{
		back: newBox(radius - 4), arrow: widget.NewIcon(nil), tick: widget.NewIcon(nil), sign: widget.NewIcon(nil),
		name: newText(""), danger: newLabel(theme.SizeNameCaptionText, colorMixed), amount: newCaption(""),
	}
	r.ExtendBaseWidget(r)
	return r
}

// set shows an entry. It costs little if that is what is shown already.
func (r *entryRow) set(t *tree, i int32, cursor bool) {
	n, path := t.nodes[i], t.path(i)
	if r.index == i && r.node == n && r.path == path && r.cursor == cursor {
		return
	}
	other := r.index != i || r.path != path || r.node.size != n.size
	r.index, r.node, r.path, r.cursor = i, n, path, cursor
	if other {
		r.name.setName(t.label(i), nil)
		r.danger.setText(dangerWords(n.danger))
		r.amount.setText(formatSize(n.size))
		if n.kind == netcore.Link {
			r.amount.setText(say(phrase{key: keyLink}))
		}
	}
	r.paint()
	r.place(r.Size())
}

func (r *entryRow) paint() {
	r.back.FillColor = theme.Color(theme.ColorNameInputBackground)
	if r.hovered || r.cursor {
		r.back.FillColor = over(r.back.FillColor, tint(theme.ColorNameHover))
	}
	r.back.Refresh()
	arrow := theme.MenuExpandIcon()
	if r.node.open {
		arrow = theme.MenuDropDownIcon()
	}
	r.arrow.SetResource(theme.NewColoredResource(arrow, colorMuted))
	setVisible(r.arrow, r.node.first != 0)
	r.tick.SetResource(r.tickIcon())
	sign := theme.FileIcon()
	if r.node.kind == netcore.Folder {
		sign = theme.FolderIcon()
	}
	r.sign.SetResource(theme.NewColoredResource(sign, colorMuted))
	r.name.setColor(theme.ColorNameForeground)
	if r.node.wanted == 0 {
		r.name.setColor(colorMuted)
	}
}

func (r *entryRow) tickIcon() fyne.Resource {
	switch {
	case r.node.wanted == 0:
		return theme.NewColoredResource(theme.CheckButtonIcon(), colorMuted)
	case r.node.wanted < r.node.leaves:
		return theme.NewColoredResource(theme.Icon(theme.IconNameCheckButtonPartial), theme.ColorNamePrimary)
	}
	return theme.NewColoredResource(theme.CheckButtonCheckedIcon(), theme.ColorNamePrimary)
}

const (
	arrowSize  = 14
	tickSize   = 18
	entryShift = 16 // of what is in a folder
	mostShifts = 8  // deeper is not shifted: there must be room for the name
)

// left is where the row begins, after its shift.
func (r *entryRow) left() float32 {
	return float32(min(r.node.depth, mostShifts)) * entryShift
}

func (r *entryRow) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{r.back, r.arrow, r.tick, r.sign, r.name, r.danger, r.amount},
		min:     func() fyne.Size { return fyne.NewSize(0, entryHeight) },
		place:   r.place,
		paint:   r.paint,
	}
}

func (r *entryRow) place(s fyne.Size) {
	r.back.Resize(s)
	x, middle := r.left()+2, s.Height/2
	for _, icon := range []struct {
		o    fyne.CanvasObject
		side float32
	}{{r.arrow, arrowSize}, {r.tick, tickSize}, {r.sign, iconSize - 2}} {
		put(icon.o, x, middle-icon.side/2, icon.side, icon.side)
		x += icon.side + 4
	}
	right := s.Width - gap
	for _, l := range []*label{r.amount, r.danger} {
		if width := l.natural(); width > 0 {
			put(l, right-width, middle-l.height()/2, width, l.height())
			right -= width + gap + 3
		}
	}
	put(r.name, x+1, middle-r.name.height()/2, right-x, r.name.height())
}

// Tapped ticks; a folder with something in it is opened or shut instead, unless its tick is hit.
func (r *entryRow) Tapped(ev *fyne.PointEvent) {
	const around = 2 // of the tick
	left, right := r.tick.Position().X-around, r.tick.Position().X+tickSize+around
	if r.node.first != 0 && (ev.Position.X < left || ev.Position.X > right) {
		r.onOpen()
		return
	}
	r.onTick()
}

// MouseIn implements desktop.Hoverable.
func (r *entryRow) MouseIn(*desktop.MouseEvent) { r.hover(true) }

// MouseMoved implements desktop.Hoverable.
func (r *entryRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (r *entryRow) MouseOut() { r.hover(false) }

func (r *entryRow) hover(on bool) {
	r.hovered = on
	r.paint()
}

func (r *entryRow) inside() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.name, r.danger, r.amount}
}
