package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

const (
	menuLineHeight = 32
	menuEdge       = 6 // from the edge of a menu to its lines
	menuApart      = 11
	menuIcon       = 16
	menuLeast      = 168 // its width
)

// A menuItem is something that can be done.
type menuItem struct {
	label string
	icon  fyne.Resource
	do    func()
	off   bool // it cannot be done now
	grave bool // it is not easily undone
	apart bool // it belongs less to the one above it than to the one below
}

// A menu lies over the window until one of its items is chosen, or anything else is pressed. Arrow keys, Enter and Esc work in it.
type menu struct {
	widget.BaseWidget
	window *Window
	at     fyne.Position // its upper left corner, where there is room for that
	lines  []*menuLine
	rules  []*canvas.Rectangle // above the lines that are apart
	shade  []*canvas.Rectangle // around it, the largest first
	panel  *canvas.Rectangle
	now    int // the line that the pointer or the keyboard is on; -1: none
	open   bool
}

var (
	_ fyne.Focusable         = (*menu)(nil)
	_ fyne.Tappable          = (*menu)(nil)
	_ fyne.SecondaryTappable = (*menu)(nil)
)

// openMenuAt shows items at a place of the canvas.
func (w *Window) openMenuAt(at fyne.Position, items []menuItem) *menu {
	m := &menu{window: w, at: at, panel: newBox(radius), now: -1, open: true}
	for range 5 {
		m.shade = append(m.shade, newBox(radius))
	}
	for i, item := range items {
		m.lines = append(m.lines, newMenuLine(m, i, item))
		if item.apart {
			m.rules = append(m.rules, newBox(0))
		}
	}
	m.paint()
	m.ExtendBaseWidget(m)
	canvas := w.win.Canvas()
	canvas.Overlays().Add(m)
	m.Resize(canvas.Size())
	canvas.Focus(m)
	return m
}

// close takes the menu away. It may be called twice.
func (m *menu) close() {
	if m.open {
		m.open = false
		m.window.win.Canvas().Overlays().Remove(m)
	}
}

// take does what a line says.
func (m *menu) take(i int) {
	if i < 0 || m.lines[i].off {
		return
	}
	m.close()
	m.lines[i].do()
}

// choose goes to a line; -1 is none.
func (m *menu) choose(i int) {
	last := m.now
	m.now = i
	for _, changed := range []int{last, i} {
		if changed >= 0 {
			m.lines[changed].Refresh()
		}
	}
}

// step goes to the next line that can be chosen, and from the last to the first.
func (m *menu) step(from, by int) {
	n := len(m.lines)
	for i := range n {
		if next := (from + by*(i+1) + 2*n) % n; !m.lines[next].off {
			m.choose(next)
			return
		}
	}
}

// Tapped implements fyne.Tappable: beside the lines.
func (m *menu) Tapped(*fyne.PointEvent) { m.close() }

// TappedSecondary implements fyne.SecondaryTappable.
func (m *menu) TappedSecondary(*fyne.PointEvent) { m.close() }

// FocusGained implements fyne.Focusable.
func (m *menu) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (m *menu) FocusLost() {}

// TypedRune implements fyne.Focusable.
func (m *menu) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (m *menu) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyDown:
		m.step(m.now, 1)
	case fyne.KeyUp:
		m.step(max(m.now, 0), -1)
	case fyne.KeyHome:
		m.step(-1, 1)
	case fyne.KeyEnd:
		m.step(0, -1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		m.take(m.now)
	case fyne.KeyEscape, desktop.KeyMenu, fyne.KeyF10:
		m.close()
	}
}

func (m *menu) paint() {
	for _, s := range m.shade {
		s.FillColor = tint(colorShade)
	}
	for _, r := range m.rules {
		r.FillColor = tint(theme.ColorNameSeparator)
	}
	m.panel.FillColor = tint(theme.ColorNameMenuBackground)
	m.panel.StrokeColor, m.panel.StrokeWidth = tint(colorStroke), 1
}

func (m *menu) CreateRenderer() fyne.WidgetRenderer {
	d := &drawn{min: func() fyne.Size { return fyne.Size{} }, place: m.place, paint: m.paint}
	for _, r := range m.shade {
		d.objects = append(d.objects, r)
	}
	d.objects = append(d.objects, m.panel)
	for _, r := range m.rules {
		d.objects = append(d.objects, r)
	}
	for _, l := range m.lines {
		d.objects = append(d.objects, l)
	}
	return d
}

// size is that of the panel.
func (m *menu) size() fyne.Size {
	width := float32(menuLeast)
	for _, l := range m.lines {
		width = max(width, l.natural()+2*menuEdge)
	}
	height := float32(len(m.lines)*menuLineHeight + len(m.rules)*menuApart + 2*menuEdge)
	return fyne.NewSize(width, height)
}

func (m *menu) place(window fyne.Size) {
	size := m.size()
	x := max(min(m.at.X, window.Width-size.Width-gap), gap)
	y := max(min(m.at.Y, window.Height-size.Height-gap), gap)
	put(m.panel, x, y, size.Width, size.Height)
	for i, s := range m.shade { // softer from the panel outwards
		out := float32(2 * (len(m.shade) - 1 - i))
		s.CornerRadius = radius + out
		put(s, x-out, y-out+3, size.Width+2*out, size.Height+2*out)
	}
	y += menuEdge
	rules := m.rules
	for _, l := range m.lines {
		if l.apart {
			put(rules[0], x+menuEdge+gap, y+(menuApart-1)/2, size.Width-2*(menuEdge+gap), 1)
			rules = rules[1:]
			y += menuApart
		}
		put(l, x+menuEdge, y, size.Width-2*menuEdge, menuLineHeight)
		y += menuLineHeight
	}
}

// A menuLine is an item of a menu that is open.
type menuLine struct {
	widget.BaseWidget
	menuItem
	menu *menu
	at   int // in the menu
	back *canvas.Rectangle
	sign *widget.Icon
	text *canvas.Text
}

var (
	_ fyne.Tappable     = (*menuLine)(nil)
	_ desktop.Hoverable = (*menuLine)(nil)
)

func newMenuLine(m *menu, at int, item menuItem) *menuLine {
	l := &menuLine{menuItem: item, menu: m, at: at, back: newBox(radius - 3), sign: widget.NewIcon(nil), text: canvas.NewText(leader+item.label, nil)}
	l.paint()
	l.ExtendBaseWidget(l)
	return l
}

// Tapped implements fyne.Tappable.
func (l *menuLine) Tapped(*fyne.PointEvent) { l.menu.take(l.at) }

// MouseIn implements desktop.Hoverable.
func (l *menuLine) MouseIn(*desktop.MouseEvent) { l.menu.choose(l.at) }

// MouseMoved implements desktop.Hoverable.
func (l *menuLine) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (l *menuLine) MouseOut() {
	if l.menu.now == l.at {
		l.menu.choose(-1)
	}
}

func (l *menuLine) paint() {
	words, sign := theme.ColorNameForeground, fyne.ThemeColorName(colorMuted)
	switch {
	case l.off:
		words, sign = theme.ColorNameDisabled, theme.ColorNameDisabled
	case l.grave:
		words, sign = colorBad, colorBad
	}
	l.text.TextSize, l.text.Color = theme.Size(theme.SizeNameText), tint(words)
	l.sign.SetResource(theme.NewColoredResource(l.icon, sign))
	l.back.Hidden = l.off || l.menu.now != l.at
	l.back.FillColor = tint(theme.ColorNameHover)
}

// natural is the width at which nothing of its words is left out.
func (l *menuLine) natural() float32 {
	return gap + menuIcon + gap + 3 + l.text.MinSize().Width + space
}

func (l *menuLine) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{l.back, l.sign, l.text},
		min:     func() fyne.Size { return fyne.NewSize(l.natural(), menuLineHeight) },
		paint:   l.paint,
		place: func(s fyne.Size) {
			l.back.Resize(s)
			put(l.sign, gap, (s.Height-menuIcon)/2, menuIcon, menuIcon)
			h := l.text.MinSize().Height
			put(l.text, gap+menuIcon+gap+3, (s.Height-h)/2, s.Width, h)
		},
	}
}
