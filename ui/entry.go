package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// An entry is a field of a sheet. It leaves Enter and Esc to the sheet.
type entry struct {
	widget.Entry
	window  *Window
	onLeave func() // called when the focus goes elsewhere; may be nil
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
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyEscape, fyne.KeyF1:
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
