package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"ferry/assets"
	"ferry/netcore"
)

const (
	keyFirstTitle     key = "first.title"
	keyFirstName      key = "first.name"
	keyFirstNameText  key = "first.name.text"
	keyFirstInbox     key = "first.inbox"
	keyFirstInboxText key = "first.inbox.text"
	keyFirstNext      key = "first.next"
	keyFirstStart     key = "first.start"
	keyFirstSkip      key = "first.skip"
	keyFirstBack      key = "first.back"
)

// welcome asks at the first start what this device is called and where files go. What it suggests is good
// already: it can be skipped, and Enter goes on.
func (w *Window) welcome() { w.welcomeName() }

func (w *Window) welcomeName() {
	var s *sheet
	name := newEntry(w, w.node.Self().Name)
	name.SetText(w.node.Self().Name)
	s = w.newSheet(w.welcomeBody(keyFirstName, keyFirstNameText, name),
		newButton(lookQuiet, say(phrase{key: keyFirstSkip}), func() { s.close(); w.welcomed() }),
		newButton(lookPrimary, say(phrase{key: keyFirstNext}), func() {
			w.setName(name.Text)
			s.close()
			w.welcomeInbox()
		}))
	s.scrim.fill = colorSidebar
	s.scrim.paint()
	s.show()
	w.win.Canvas().Focus(name)
}

func (w *Window) welcomeInbox() {
	var s *sheet
	path := newText("")
	path.setPath(w.node.Inbox(), nil)
	change := newButton(lookPlain, say(phrase{key: keyChange}), func() {
		w.choose(pickInbox, func(paths []string) {
			w.setInbox(paths[0], func() { path.setPath(w.node.Inbox(), nil) })
		})
	})
	change.onKey = w.typedKey
	s = w.newSheet(w.welcomeBody(keyFirstInbox, keyFirstInboxText, beside(path, change)),
		newButton(lookQuiet, say(phrase{key: keyFirstBack}), func() { s.close(); w.welcomeName() }),
		newButton(lookPrimary, say(phrase{key: keyFirstStart}), func() { s.close(); w.welcomed() }))
	s.scrim.fill = colorSidebar
	s.scrim.paint()
	s.show()
}

// welcomeBody is Ferry's picture, a question, and where to answer it.
func (w *Window) welcomeBody(question, text key, answer fyne.CanvasObject) fyne.CanvasObject {
	const side = 56
	icon := canvas.NewImageFromResource(fyne.NewStaticResource("icon.png", assets.Icon))
	icon.FillMode = canvas.ImageFillContain
	welcome := newCaption(say(phrase{key: keyFirstTitle}))
	words := newParagraph(say(phrase{key: text}), theme.SizeNameText, colorMuted)
	words.fillLines(sheetWidth - 2*sheetPad)
	return container.New(tight(gap+3),
		container.NewHBox(fixedSquare(icon, side), layout.NewSpacer()),
		container.New(tight(0), welcome, newTitle(say(phrase{key: question}))),
		words, answer)
}

// welcomed remembers that this was not the first start any more.
func (w *Window) welcomed() {
	w.chooseSetting(keySettingsNotSaved, func(*netcore.Settings) {})
}
