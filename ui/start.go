package ui

import (
	"errors"
	"net"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

// ErrSettings is wrapped by the error of settings that cannot be read.
var ErrSettings = errors.New("settings")

// ShowStartError says in a window of its own why Ferry cannot start and what
// can be done, and returns when it was closed. dir is the config folder.
func ShowStartError(a fyne.App, dir string, err error) {
	win := a.NewWindow(a.Metadata().Name)
	win.SetPadded(false)
	win.SetMaster()
	win.SetContent(startError(dir, err, a.Quit))
	win.SetFixedSize(true)
	win.Canvas().SetOnTypedKey(func(ev *fyne.KeyEvent) {
		switch ev.Name {
		case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyEscape:
			a.Quit()
		}
	})
	win.ShowAndRun()
}

// startWidth is the width of that window; its words decide its height.
const startWidth = 520

func startError(dir string, err error, quit func()) fyne.CanvasObject {
	lines := container.NewVBox()
	for _, p := range []*paragraph{
		newTitle(say(phrase{key: keyStartTitle})),
		newParagraph(say(phrase{key: remedy(err), args: args{"Folder": dir}}), theme.SizeNameText, theme.ColorNameForeground),
		// For whoever is asked for help.
		newParagraph(display(err.Error()), theme.SizeNameCaptionText, colorMuted),
	} {
		p.fillLines(startWidth - 2*sheetPad)
		lines.Add(p)
	}
	lines.Add(padded(container.NewHBox(layout.NewSpacer(), newButton(lookPrimary, say(phrase{key: keyQuit}), quit)), 0, gap))
	all := padded(lines, sheetPad, sheetPad)
	return container.New(placed{
		min:   func() fyne.Size { return fyne.NewSize(startWidth, all.MinSize().Height) },
		place: all.Resize,
	}, all)
}

// remedy is what can be done about an error of the start.
func remedy(err error) key {
	var address *net.OpError
	switch {
	case errors.Is(err, netcore.ErrIdentity):
		return keyStartIdentity
	case errors.Is(err, ErrSettings):
		return keyStartSettings
	case errors.As(err, &address):
		return keyStartAddress
	}
	return keyStartOther
}
