package ui

import (
	"context"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
)

const (
	keyHelp         key = "help.title"
	keyHelpText     key = "help.text"
	keyHelpMany     key = "help.many" // more than a drag can hold
	keyHelpOpen     key = "help.open"
	keyHelpPaste    key = "help.paste"
	keyHelpSearch   key = "help.search"
	keyHelpHistory  key = "help.history"
	keyHelpSettings key = "help.settings"
	keyHelpMove     key = "help.move"
	keyHelpEnter    key = "help.enter"
	keyHelpSpace    key = "help.space"
	keyHelpDelete   key = "help.delete"
	keyHelpEscape   key = "help.escape"
	keyHelpHelp     key = "help.help"
	keyNoPaste      key = "toast.paste.nothing"
)

// A habit is a key of other programs that does here what it does there.
type habit struct {
	keys fyne.Shortcut // nil: told in the help only
	name string        // what is on the keyboard
	what key
	do   func(*Window)
}

func control(name fyne.KeyName) fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: name, Modifier: fyne.KeyModifierShortcutDefault}
}

// settingsKeys opens the settings, as in other programs.
var settingsKeys = control(fyne.KeyComma)

// habits are all of them, as the help lists them. A function, for what they do leads back here.
func habits() []habit {
	return []habit{
		{control(fyne.KeyO), "Ctrl+O", keyHelpOpen, func(w *Window) { w.pickToSend(pickFiles) }},
		{&fyne.ShortcutPaste{}, "Ctrl+V", keyHelpPaste, (*Window).pasteToSend},
		{control(fyne.KeyF), "Ctrl+F", keyHelpSearch, (*Window).searchHistory},
		{control(fyne.KeyH), "Ctrl+H", keyHelpHistory, func(w *Window) { w.main.open(1 - w.main.now()) }},
		{settingsKeys, "Ctrl+,", keyHelpSettings, (*Window).showSettings},
		{nil, "Tab  ↑ ↓", keyHelpMove, nil},
		{nil, "Enter", keyHelpEnter, nil},
		{nil, "Space", keyHelpSpace, nil},
		{nil, "Delete", keyHelpDelete, nil},
		{nil, "Esc", keyHelpEscape, nil},
		{nil, "F1", keyHelpHelp, nil},
	}
}

// addHabits has the window listen to the keys.
func (w *Window) addHabits() {
	canvas := w.win.Canvas()
	for _, h := range habits() {
		if h.keys != nil {
			canvas.AddShortcut(h.keys, func(fyne.Shortcut) { w.whenFree(func() { h.do(w) }) })
		}
	}
	canvas.SetOnTypedKey(w.typedKey)
}

// isHabit reports whether keys mean something wherever they are typed.
func isHabit(keys fyne.Shortcut) bool {
	_, paste := keys.(*fyne.ShortcutPaste)
	return !paste && slices.ContainsFunc(habits(), func(h habit) bool {
		return h.keys != nil && h.keys.ShortcutName() == keys.ShortcutName()
	})
}

// whenFree does something unless something else is being asked.
func (w *Window) whenFree(do func()) {
	if w.win.Canvas().Overlays().Top() == nil {
		do()
	}
}

// typedKey takes the keys that are for nothing that has the focus. It answers the sheet that is on top; without
// one, Esc goes back to the transfers.
func (w *Window) typedKey(ev *fyne.KeyEvent) {
	s := w.topSheet()
	switch {
	case s != nil:
		s.typedKey(ev)
	case w.filing != nil:
		if ev.Name == fyne.KeyEscape {
			w.filing.Dismiss()
		}
	case ev.Name == fyne.KeyF1:
		w.whenFree(w.showHelp)
	case ev.Name == fyne.KeyEscape:
		w.whenFree(func() { w.main.open(pageTransfers) })
	}
}

func (w *Window) searchHistory() {
	w.main.open(pageHistory)
	w.win.Canvas().Focus(w.main.history.search)
}

// pasteToSend sends the files that were copied elsewhere, or the text.
func (w *Window) pasteToSend() {
	content := w.app.Clipboard().Content()
	w.background(func(context.Context) {
		there := existing(pastedPaths(content))
		w.ui(func() {
			switch {
			case len(there) > 0:
				w.sendOrAsk(nil, there)
			case strings.TrimSpace(content) == "" || strings.HasPrefix(content, "file:"):
				w.toasts.show(phrase{key: keyNoPaste}, nil)
			case len(content) > mostText:
				w.toasts.show(phrase{key: keyTextLimit}, nil)
			default:
				w.keepText(content, w.pickedText, func() {})
			}
		})
	})
}

// pickedText asks to whom a text goes, unless something else is being asked by now.
func (w *Window) pickedText(path string) {
	if w.win.Canvas().Overlays().Top() != nil {
		w.dropTexts([]string{path})
		return
	}
	w.sendOrAsk(nil, []string{path})
}

// pastedPaths are the paths in what a file manager puts on the clipboard: a path or a URI on each line. Where
// there is a line of something else, it is text, and there are none.
func pastedPaths(text string) []string {
	const mostPasted = 10_000
	var paths []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		if u, err := url.Parse(line); err == nil && u.Scheme == "file" {
			line = filepath.FromSlash(u.Path)
			if runtime.GOOS == "windows" {
				line = strings.TrimPrefix(line, `\`) // before a drive
			}
		}
		if !filepath.IsAbs(line) {
			return nil
		}
		if len(paths) < mostPasted {
			paths = append(paths, line)
		}
	}
	return paths
}

// showHelp says what the keys do, and what is worth knowing.
func (w *Window) showHelp() {
	list := container.New(tight(4))
	for _, h := range habits() {
		list.Add(newFact(platformKeys(h.name), say(phrase{key: h.what})))
	}
	facts := container.New(tight(gap))
	for _, k := range []key{keyHelpText, keyHelpMany} {
		p := newParagraph(say(phrase{key: k}), theme.SizeNameText, colorMuted)
		p.fillLines(scrolledWidth)
		facts.Add(p)
	}
	const most = 440
	var s *sheet
	scroll := scrolled(container.New(tight(space), facts, list))
	scroll.SetMinSize(fyne.NewSize(0, min(scroll.Content.MinSize().Height, most)))
	s = w.newSheet(container.NewBorder(newTitle(say(phrase{key: keyHelp})), nil, nil, nil, beyond(scroll)),
		newButton(lookPrimary, say(phrase{key: keyClose}), func() { s.close() }))
	s.show()
}

// platformKeys writes keys as this system's keyboards do.
func platformKeys(name string) string {
	if runtime.GOOS == "darwin" {
		return strings.ReplaceAll(name, "Ctrl+", "⌘")
	}
	return name
}
