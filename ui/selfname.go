package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A selfName is this device's own name. Pressed, it is a field: Enter takes over what was typed, Esc does not.
type selfName struct {
	pressable
	window *Window
	shown  *label
	pencil *widget.Icon
	field  *nameField // hidden until the name is being edited
}

// A nameField is the field of a selfName.
type nameField struct {
	widget.Entry
	name *selfName
}

func newSelfName(w *Window) *selfName {
	n := &selfName{window: w, shown: newHeading("")}
	n.pencil = widget.NewIcon(theme.NewColoredResource(theme.DocumentCreateIcon(), colorMuted))
	n.field = &nameField{name: n}
	n.field.ExtendBaseWidget(n.field)
	n.field.Hide()
	n.onTap = n.edit
	n.paint()
	n.ExtendBaseWidget(n)
	return n
}

// set shows another name, unless a person is writing one.
func (n *selfName) set(name string) {
	n.shown.setName(name, nil)
	n.place(n.Size())
}

func (n *selfName) words() string { return n.shown.words() }

// edit puts the field in the place of the name.
func (n *selfName) edit() {
	n.field.SetText(n.window.sidebar.self.Name)
	n.shown.Hide()
	n.window.sidebar.visible.Hide() // the field takes its place too
	n.field.Show()
	n.Refresh()
	n.window.win.Canvas().Focus(n.field)
	n.field.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// done puts the name back, and takes over what was typed if it is to be kept.
func (n *selfName) done(keep bool) {
	if !n.field.Visible() {
		return
	}
	typed := n.field.Text
	n.field.Hide()
	n.shown.Show()
	n.window.sidebar.visible.Show()
	n.Refresh()
	if keep {
		n.window.setName(typed)
	}
}

func (n *selfName) paint() {
	setVisible(n.pencil, (n.hovered || n.focused) && !n.field.Visible())
	n.shown.setColor(theme.ColorNameForeground)
	if n.focused {
		n.shown.setColor(theme.ColorNamePrimary)
	}
}

// CreateRenderer implements fyne.Widget.
func (n *selfName) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{n.shown, n.pencil, n.field},
		min:     func() fyne.Size { return fyne.NewSize(0, n.shown.height()) },
		paint:   n.paint,
		place:   n.place,
	}
}

func (n *selfName) place(s fyne.Size) {
	const pencil, over = 14, 5
	width := min(n.shown.natural(), s.Width-pencil-4)
	put(n.shown, 0, 0, width, s.Height)
	put(n.pencil, width+4, (s.Height-pencil)/2, pencil, pencil)
	height := n.field.MinSize().Height
	both := s.Height + n.window.sidebar.visible.minSize().Height
	put(n.field, -over, (both-height)/2, s.Width+over, height)
}

// FocusLost implements fyne.Focusable: who goes elsewhere has done with the name.
func (f *nameField) FocusLost() {
	f.Entry.FocusLost()
	f.name.done(true)
}

// TypedKey implements fyne.Focusable.
func (f *nameField) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		f.name.leave(true)
	case fyne.KeyEscape:
		f.name.leave(false)
	default:
		f.Entry.TypedKey(ev)
	}
}

// leave ends the editing with a key.
func (n *selfName) leave(keep bool) {
	n.done(keep)
	n.window.win.Canvas().Unfocus()
}
