package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

const (
	keySendText    key = "text.menu"
	keyTextTitle   key = "text.title"
	keyTextExample key = "text.example" // in the empty field
	keyTextHint    key = "text.hint"    // below the field
	keyTextLong    key = "text.long"    // instead of the hint
	keyTextLimit   key = "text.limit"
	keyTextUnsaved key = "text.unsaved"
	keyTextName    key = "text.name" // of the file
)

const (
	// mostShown is how much text the field takes, in bytes: with more, each key would take too long. What is
	// pasted beyond is sent, too, but cannot be changed.
	mostShown = 16 << 10
	// beginning is how much the field shows of that.
	beginning = 1 << 10
	textRows  = 9
)

// A textSheet asks for a text to send to a peer.
type textSheet struct {
	window *Window
	peer   netcore.Peer
	sheet  *sheet
	field  *textField
	long   string // the text, if it is too long for the field
	hint   *paragraph
	send   *button
}

// askText opens the sheet. What was written for that peer and not sent is still there.
func (w *Window) askText(p netcore.Peer) {
	if w.win.Canvas().Overlays().Top() != nil {
		return
	}
	x := &textSheet{window: w, peer: p}
	x.field = newTextField(x)
	x.hint = newParagraph("", theme.SizeNameCaptionText, colorMuted)
	x.send = newButton(lookPrimary, say(phrase{key: keySendNow}), x.done)
	x.sheet = w.newSheet(container.NewVBox(
		newTitle(say(phrase{key: keyTextTitle, args: args{"Peer": p.Name}})), container.NewThemeOverride(x.field, legible{}), x.hint),
		newButton(lookPlain, say(phrase{key: keyCancel}), func() { x.sheet.close() }), x.send)
	x.sheet.onClose = x.closed
	w.texting = x
	x.sheet.show()
	w.win.Canvas().Focus(x.field)
	x.follow()
	if draft := w.drafts[p.ID]; !x.paste(draft) {
		x.field.SetText(draft)
	}
}

// text is what would be sent.
func (x *textSheet) text() string {
	if x.long != "" {
		return x.long
	}
	return x.field.Text
}

// follow says how it stands with the text.
func (x *textSheet) follow() {
	text := x.text()
	x.send.setDisabled(strings.TrimSpace(text) == "" || len(text) > mostText)
	switch {
	case len(text) > mostText:
		x.say(phrase{key: keyTextLimit}, colorBad)
	case x.long != "":
		x.say(phrase{key: keyTextLong, args: args{"Size": size(len(text))}}, colorMuted)
	default:
		x.say(phrase{key: keyTextHint, args: args{"Keys": platformKeys("Ctrl+Enter")}}, colorMuted)
	}
}

func (x *textSheet) say(p phrase, color fyne.ThemeColorName) {
	if words := say(p); words != x.hint.words {
		x.hint.color = color
		x.hint.setWords(words)
		x.sheet.fill()
	}
}

// paste takes in what the field cannot, and reports whether it has: more than it shows, or than can be sent.
func (x *textSheet) paste(pasted string) bool {
	all := len(x.field.Text) + len(pasted)
	switch {
	case all <= mostShown:
		return false
	case all > mostText:
		x.say(phrase{key: keyTextLimit}, colorBad)
		return true
	}
	before := []rune(x.field.Text)
	at := min(x.field.CursorTextOffset(), len(before))
	x.long = string(before[:at]) + pasted + string(before[at:])
	x.field.SetText(strings.ToValidUTF8(x.long[:beginning], "") + "…")
	x.field.Disable()
	x.follow()
	x.window.win.Canvas().Focus(x.send)
	return true
}

// done sends the text.
func (x *textSheet) done() {
	text := x.text()
	if strings.TrimSpace(text) == "" || len(text) > mostText {
		return
	}
	x.long = ""
	x.field.SetText("") // no draft
	x.sheet.close()
	w, to := x.window, x.peer
	unsent := func() { w.drafts[to.ID] = text }
	w.keepText(text, func(path string) {
		if w.send([]string{path}, to) == 0 {
			unsent()
		}
	}, unsent)
}

// closed keeps what was written for the next time.
func (x *textSheet) closed() {
	delete(x.window.drafts, x.peer.ID)
	if x.long == "" && x.field.Text != "" {
		x.window.drafts[x.peer.ID] = x.field.Text
	}
}

// keepText makes a file of a text, and calls then with its path; if that fails, it says so and calls failed. Both are
// called on the UI goroutine.
func (w *Window) keepText(text string, then func(path string), failed func()) {
	name := say(phrase{key: keyTextName, args: args{"When": w.now().Local().Format("2006-01-02 15.04")}})
	w.background(func(context.Context) {
		path, err := w.texts.keep(name, text)
		w.ui(func() {
			if err != nil {
				w.log.Warn("keep a text", "error", err)
				w.toasts.show(phrase{key: keyTextUnsaved}, nil)
				failed()
				return
			}
			then(path)
		})
	})
}

// A textField is the field of a textSheet: Enter begins a new line, Ctrl+Enter sends, Tab goes to the buttons.
type textField struct {
	entry
	sheet *textSheet
}

func newTextField(x *textSheet) *textField {
	f := &textField{entry: entry{window: x.window}, sheet: x}
	f.MultiLine, f.Wrapping = true, fyne.TextWrapWord
	f.ExtendBaseWidget(f)
	f.SetPlaceHolder(say(phrase{key: keyTextExample}))
	f.SetMinRowsVisible(textRows)
	f.OnChanged = func(string) { x.follow() }
	return f
}

// AcceptsTab implements fyne.Tabbable: who cannot use a mouse must get out of the field.
func (f *textField) AcceptsTab() bool { return false }

// FocusGained implements fyne.Focusable. What was written stays as it is.
func (f *textField) FocusGained() { f.Entry.FocusGained() }

// TypedKey implements fyne.Focusable.
func (f *textField) TypedKey(ev *fyne.KeyEvent) {
	switch ev.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		f.Entry.TypedKey(ev)
	default:
		f.entry.TypedKey(ev)
	}
}

// TypedShortcut implements fyne.Shortcutable.
func (f *textField) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *desktop.CustomShortcut:
		if s.Modifier == fyne.KeyModifierShortcutDefault && (s.KeyName == fyne.KeyReturn || s.KeyName == fyne.KeyEnter) {
			f.sheet.done()
			return
		}
	case *fyne.ShortcutPaste:
		if f.sheet.paste(f.window.app.Clipboard().Content()) {
			return
		}
	}
	f.entry.TypedShortcut(s)
}
