package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// A choiceLook is how several answers lie beside each other.
type choiceLook int

const (
	choiceTab  choiceLook = iota // the pages of the window: words with a line below the one that is open
	choicePill                   // filters and short answers: words in a pill
	choiceRail                   // the parts of a sheet, one below the other
)

// A choice is one of several answers, of which one holds. Arrow keys go to the next.
type choice struct {
	pressable
	look   choiceLook
	chosen bool
	back   *canvas.Rectangle
	line   *canvas.Rectangle // of a tab
	text   *canvas.Text
	next   func(step int)
}

// choices of one kind, of which one holds.
type choiceGroup struct {
	window   *Window
	all      []*choice
	now      int
	onChange func(int)
}

// newChoiceGroup makes one choice for each of words. onChange is told which one a person took.
func (w *Window) newChoiceGroup(look choiceLook, words []string, now int, onChange func(int)) *choiceGroup {
	g := &choiceGroup{window: w, now: now, onChange: onChange}
	for i, s := range words {
		c := &choice{look: look, back: newBox(0), line: newBox(1), text: canvas.NewText(leader+s, nil), chosen: i == now}
		c.onTap = func() {
			w.win.Canvas().Focus(c) // arrow keys go on from here
			g.take(i)
		}
		c.next = func(step int) { g.step(i + step) }
		c.onKey = w.typedKey
		c.paint()
		c.ExtendBaseWidget(c)
		g.all = append(g.all, c)
	}
	return g
}

// take has a choice hold, and tells of it if it did not.
func (g *choiceGroup) take(i int) {
	if i != g.now {
		g.set(i)
		g.onChange(i)
	}
}

// set has a choice hold.
func (g *choiceGroup) set(i int) {
	g.now = i
	for j, c := range g.all {
		c.setState(&c.chosen, i == j)
	}
}

// step goes to a choice with the keyboard; there is none before the first and after the last.
func (g *choiceGroup) step(i int) {
	if i >= 0 && i < len(g.all) {
		g.take(i)
		g.window.win.Canvas().Focus(g.all[i])
	}
}

// row lays the choices out from left to right, as wide as they want to be.
func (g *choiceGroup) row() *fyne.Container {
	const between = 5
	row := &fyne.Container{}
	for _, c := range g.all {
		row.Objects = append(row.Objects, c)
	}
	row.Layout = placed{
		min: func() fyne.Size {
			size := fyne.NewSize(-between, 0)
			for _, c := range g.all {
				size = fyne.NewSize(size.Width+between+c.MinSize().Width, max(size.Height, c.MinSize().Height))
			}
			return size
		},
		place: func(s fyne.Size) {
			x := float32(0)
			for _, c := range g.all {
				size := c.MinSize()
				put(c, x, (s.Height-size.Height)/2, size.Width, size.Height)
				x += size.Width + between
			}
		},
	}
	return row
}

// column lays them out from top to bottom.
func (g *choiceGroup) column() *fyne.Container {
	column := container.New(tight(2))
	for _, c := range g.all {
		column.Add(c)
	}
	return column
}

// TypedKey implements fyne.Focusable.
func (c *choice) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyLeft, fyne.KeyUp:
		c.next(-1)
	case fyne.KeyRight, fyne.KeyDown:
		c.next(1)
	default:
		c.pressable.TypedKey(ev)
	}
}

func (c *choice) words() string { return c.text.Text[len(leader):] }

func (c *choice) paint() {
	c.back.CornerRadius = radius - 2
	c.text.TextSize = theme.Size(theme.SizeNameText)
	c.text.Color = tint(colorMuted)
	c.line.FillColor = color.Transparent
	c.back.FillColor, c.back.StrokeWidth = color.Transparent, 0
	if c.hovered {
		c.back.FillColor = tint(theme.ColorNameHover)
	}
	switch c.look {
	case choiceTab:
		c.text.TextSize, c.text.TextStyle = theme.Size(theme.SizeNameSubHeadingText), strong(c.text.Text)
		if c.chosen {
			c.text.Color = tint(theme.ColorNameForeground)
			c.line.FillColor = tint(theme.ColorNamePrimary)
		}
	case choicePill:
		c.back.CornerRadius = c.MinSize().Height / 2
		c.back.StrokeWidth, c.back.StrokeColor = 1, tint(colorStroke)
		fallthrough
	case choiceRail:
		if c.chosen {
			c.text.Color = tint(theme.ColorNamePrimary)
			c.back.FillColor = thin(tint(theme.ColorNamePrimary))
			c.back.StrokeColor = tint(theme.ColorNamePrimary)
		}
	}
	if c.focused {
		c.back.StrokeWidth, c.back.StrokeColor = 2, tint(theme.ColorNameFocus)
	}
}

// minSize is the size of the words, and of what the look has around them.
func (c *choice) minSize() fyne.Size {
	words := c.text.MinSize()
	switch c.look {
	case choiceTab:
		return fyne.NewSize(words.Width+2*gap, words.Height+14)
	case choicePill:
		return fyne.NewSize(words.Width+2*(gap+4), words.Height+8)
	}
	return fyne.NewSize(words.Width+2*(gap+2), words.Height+12)
}

// MinSize implements fyne.CanvasObject; paint asks for it before there is a renderer.
func (c *choice) MinSize() fyne.Size { return c.minSize() }

func (c *choice) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{c.back, c.line, c.text},
		min:     c.minSize,
		paint:   c.paint,
		place: func(s fyne.Size) {
			c.back.Resize(s)
			h := c.text.MinSize().Height
			x := float32(gap)
			switch c.look {
			case choiceTab:
				put(c.line, x, s.Height-3, s.Width-2*x, 2)
			case choicePill:
				x += 4
			case choiceRail:
				x += 2
			}
			put(c.text, x, (s.Height-h)/2, s.Width-2*x, h)
		},
	}
}

// tight stacks objects from top to bottom with so much between them.
type tight float32

// MinSize implements fyne.Layout.
func (t tight) MinSize(all []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for i, o := range visible(all) {
		if i > 0 {
			size.Height += float32(t)
		}
		size = fyne.NewSize(max(size.Width, o.MinSize().Width), size.Height+o.MinSize().Height)
	}
	return size
}

// Layout implements fyne.Layout.
func (t tight) Layout(all []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range visible(all) {
		o.Resize(fyne.NewSize(size.Width, o.MinSize().Height)) // a paragraph's height follows its width
		height := o.MinSize().Height
		put(o, 0, y, size.Width, height)
		y += height + float32(t)
	}
}

func visible(all []fyne.CanvasObject) []fyne.CanvasObject {
	var some []fyne.CanvasObject
	for _, o := range all {
		if o.Visible() {
			some = append(some, o)
		}
	}
	return some
}
