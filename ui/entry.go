package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// An entry is a field of a sheet. It leaves Esc to the sheet, and Enter too, unless what is in it holds as soon as it is left:
// then Enter has it hold.
type entry struct {
	widget.Entry
	window  *Window
	onLeave func() // called when the focus goes elsewhere, and at Enter; may be nil
}

// newEntry makes an empty field; example is what could be in it.
func newEntry(w *Window, example string) *entry {
	e := &entry{window: w}
	e.ExtendBaseWidget(e)
	e.SetPlaceHolder(example)
	return e
}

// FocusGained implements fyne.Focusable. What is typed takes the place of what
// was there.
func (e *entry) FocusGained() {
	e.Entry.FocusGained()
	e.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// FocusLost implements fyne.Focusable.
func (e *entry) FocusLost() {
	e.Entry.FocusLost()
	if e.onLeave != nil {
		e.onLeave()
	}
}

// TypedKey implements fyne.Focusable.
func (e *entry) TypedKey(ev *fyne.KeyEvent) {
	enter := ev.Name == fyne.KeyReturn || ev.Name == fyne.KeyEnter
	switch {
	case enter && e.onLeave != nil:
		e.onLeave()
		e.TypedShortcut(&fyne.ShortcutSelectAll{})
	case enter, ev.Name == fyne.KeyEscape, ev.Name == fyne.KeyF1:
		e.window.typedKey(ev)
	default:
		e.Entry.TypedKey(ev)
	}
}

// TypedShortcut implements fyne.Shortcutable. The window's own are not for a field.
func (e *entry) TypedShortcut(s fyne.Shortcut) {
	if window, ok := e.window.win.Canvas().(fyne.Shortcutable); ok && isHabit(s) {
		window.TypedShortcut(s)
		return
	}
	e.Entry.TypedShortcut(s)
}
