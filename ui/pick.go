package ui

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver"
	"fyne.io/fyne/v2/storage"
)

// pickKind is what a person is asked to pick.
type pickKind int

const (
	pickFiles   pickKind = iota // one file or several, to send
	pickFolder                  // a folder, to send
	pickInbox                   // a folder to put something in
	pickPicture                 // a picture of this device
)

// A pickRequest is what a picker asks for.
type pickRequest struct {
	folder  bool // else files
	several bool
	title   string
	accept  string   // the words on the button
	parent  string   // the window, as the desktop portal names it; may be empty
	only    string   // what the files are that are listed, in words; empty: all are
	endings []string // of their names, then: ".png"
}

// errNoPicker is returned by a picker where the desktop has none.
var errNoPicker = errors.New("the desktop has no file chooser")

// A picker shows the desktop's own file chooser and returns the absolute
// paths that were chosen, none if the person chose none. It blocks, until
// ctx ends at the latest.
type picker func(ctx context.Context, ask pickRequest) ([]string, error)

var pickTitles = map[pickKind]key{
	pickFiles:   keyPickFiles,
	pickFolder:  keyPickFolder,
	pickInbox:   keyPickInbox,
	pickPicture: keyPickPicture,
}

// choose asks a person for files or a folder: by the desktop's chooser or,
// where there is none, by Fyne's, which takes one file only. then runs on the
// UI goroutine, unless nothing was chosen.
func (w *Window) choose(what pickKind, then func([]string)) {
	ask := pickRequest{
		folder:  what == pickFolder || what == pickInbox,
		several: what == pickFiles || what == pickFolder,
		title:   say(phrase{key: pickTitles[what]}),
		accept:  say(phrase{key: keyPick}),
		parent:  portalParent(w.win),
	}
	if what == pickPicture {
		ask.only, ask.endings = say(phrase{key: keyPictures}), pictureEndings
	}
	w.background(func(ctx context.Context) {
		paths, err := w.pick(ctx, ask)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			w.log.Debug("file chooser", "error", err)
			w.ui(func() { w.chooseInWindow(ask, then) })
		case len(paths) > 0:
			w.ui(func() { then(paths) })
		}
	})
}

// chooseInWindow asks with Fyne's own dialogs.
func (w *Window) chooseInWindow(ask pickRequest, then func([]string)) {
	picked := func(u fyne.URI, err error) {
		if err != nil {
			w.log.Warn("file dialog", "error", err)
			return
		}
		then([]string{filepath.FromSlash(u.Path())})
	}
	var d *dialog.FileDialog
	if ask.folder {
		d = dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
			if u != nil || err != nil {
				picked(u, err)
			}
		}, w.win)
	} else {
		d = dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
			if r == nil && err == nil {
				return
			}
			if err != nil {
				picked(nil, err)
				return
			}
			uri := r.URI()
			if err := r.Close(); err != nil {
				w.log.Debug("file dialog", "error", err)
			}
			picked(uri, nil)
		}, w.win)
		if len(ask.endings) > 0 {
			d.SetFilter(storage.NewExtensionFileFilter(ask.endings))
		}
	}
	if u, err := storage.ListerForURI(storage.NewFileURI(homeDir())); err == nil {
		d.SetLocation(u)
	}
	d.SetTitleText(ask.title)
	d.SetConfirmText(ask.accept)
	d.SetDismissText(say(phrase{key: keyCancel}))
	d.SetOnClosed(func() { w.filing = nil })
	w.filing = d
	d.Resize(w.win.Canvas().Size().SubtractWidthHeight(4*space, 4*space))
	d.Show()
}

// portalParent names the window to the desktop, so that a chooser opens over it.
func portalParent(win fyne.Window) string {
	native, ok := win.(driver.NativeWindow)
	if !ok {
		return ""
	}
	parent := ""
	native.RunNative(func(ctx any) {
		if x11, ok := ctx.(driver.X11WindowContext); ok {
			parent = fmt.Sprintf("x11:%x", x11.WindowHandle)
		}
	})
	return parent
}
