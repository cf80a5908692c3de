package ui

import (
	"context"
	"errors"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ferry/netcore"
)

const (
	keySetPicture     key = "settings.picture"
	keySetPictureText key = "settings.picture.text"
	keyChoosePicture  key = "settings.picture.choose"
	keyRemovePicture  key = "settings.picture.remove"
	keyPictureFailed  key = "settings.picture.failed"
	keyPictureLarge   key = "settings.picture.large"
	keyPictureUnread  key = "settings.picture.unread"
	keyPictureUnsaved key = "settings.picture.unsaved"
	keyPickPicture    key = "pick.picture"
	keyPictures       key = "pick.pictures"
)

// pictureEndings are those of files that may be a picture.
var pictureEndings = []string{".jpg", ".jpeg", ".png", ".webp", ".gif"}

// picture is what this device looks like. A picture can also be dropped on it.
func (s *settingsSheet) picture() fyne.CanvasObject {
	w := s.window
	s.face = newAvatar(selfSize)
	self := w.node.Self()
	s.face.set(self)
	choose := newButton(lookPlain, say(phrase{key: keyChoosePicture}), w.choosePicture)
	remove := newButton(lookPlain, say(phrase{key: keyRemovePicture}), func() { w.setPicture("") })
	choose.onKey, remove.onKey = w.typedKey, w.typedKey
	setVisible(remove, self.Picture != nil)
	buttons := container.NewHBox(choose, remove)
	row := container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, selfSize) },
		place: func(size fyne.Size) {
			put(s.face, 0, 0, selfSize, selfSize)
			least := buttons.MinSize()
			put(buttons, selfSize+space, (size.Height-least.Height)/2, least.Width, least.Height)
		},
	}, s.face, buttons)
	return s.setting(keySetPicture, row, keySetPictureText)
}

// takesPicture reports whether what is dropped at a place of the canvas is meant to be the picture: a drop beside
// it must not show all others a photo that was on its way to one.
func (s *settingsSheet) takesPicture(at fyne.Position) bool {
	w := s.window
	return s.face != nil && w.topSheet() == s.sheet && contains(w.area(s.face), at)
}

// choosePicture asks for a picture of this device.
func (w *Window) choosePicture() {
	w.choose(pickPicture, func(paths []string) { w.setPicture(paths[0]) })
}

// setPicture shows others what is in a file; without a path, nothing any more. A large photo takes seconds.
func (w *Window) setPicture(path string) {
	w.background(func(context.Context) {
		err := w.node.SetPicture(path)
		w.ui(func() {
			if err != nil {
				w.log.Warn("set picture", "error", err)
				w.toasts.show(phrase{key: whyNoPicture(err), args: args{"Name": filepath.Base(path)}}, nil)
				return
			}
			w.sidebar.setSelf(w.node.Self())
			if s := w.setting; s != nil && w.topSheet() == s.sheet {
				s.takeOver()
				s.again()
			}
		})
	})
}

// whyNoPicture says what is in the way of a picture.
func whyNoPicture(err error) key {
	switch {
	case errors.Is(err, netcore.ErrPictureTooLarge):
		return keyPictureLarge
	case errors.Is(err, netcore.ErrPicture):
		return keyPictureFailed
	case errors.Is(err, netcore.ErrUnread):
		return keyPictureUnread
	}
	return keyPictureUnsaved
}
