package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"ferry/netcore"
)

// A searchField leaves those devices in the list whose names have what is typed in it. Esc empties it.
type searchField struct {
	widget.Entry
	window *Window
}

func newSearchField(w *Window, changed func()) *searchField {
	f := &searchField{window: w}
	f.ExtendBaseWidget(f)
	f.SetPlaceHolder(say(phrase{key: keySearchDevices}))
	f.Icon = theme.NewColoredResource(theme.SearchIcon(), colorMuted)
	f.OnChanged = func(string) { changed() }
	return f
}

// matches reports whether a peer is searched for: by the name that it has here or there.
func (f *searchField) matches(p netcore.Peer) bool {
	wanted := strings.ToLower(strings.TrimSpace(f.Text))
	return strings.Contains(strings.ToLower(p.Name), wanted) || strings.Contains(strings.ToLower(p.OwnName), wanted)
}

// TypedKey implements fyne.Focusable.
func (f *searchField) TypedKey(ev *fyne.KeyEvent) {
	if ev.Name == fyne.KeyEscape {
		f.SetText("")
		f.window.win.Canvas().Unfocus()
		return
	}
	f.Entry.TypedKey(ev)
}
