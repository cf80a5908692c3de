package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

const (
	keySettings         key = "settings.title"
	keySettingsDevice   key = "settings.device"
	keySettingsReceive  key = "settings.receive"
	keySettingsNetwork  key = "settings.network"
	keySettingsLook     key = "settings.look"
	keySettingsDesktop  key = "settings.desktop"
	keySettingsHelp     key = "settings.help"
	keySettingsDone     key = "settings.done"
	keySettingsNotSaved key = "settings.unsaved"
)

const (
	settingsWidth = 640
	railWidth     = 130
	// settingWidth is what is left for the settings themselves.
	settingWidth  = settingsWidth - 2*sheetPad - railWidth - space
	settingHeight = 400 // more is scrolled
)

// A settingsSheet holds what can be set. Each change holds at once; there is nothing to confirm.
type settingsSheet struct {
	window *Window
	sheet  *sheet
	rail   *choiceGroup
	scroll *container.Scroll
	leave  []func() // take over what is in the fields

	// What tests look for.
	name             *entry
	face             *avatar // of this device, while its section is open
	upload, download *entry
	wrong            *paragraph // what is wrong with the limits; says nothing at first
	networks         []*toggle
	listen           *entry     // the port; nil where Ferry does not listen
	wrongPort        *paragraph // so for the port
	portText         *paragraph // where it listens now
	triedPort        uint16     // the last one that the node was told
}

// sectionNames are the parts of the sheet, in their order.
var sectionNames = []key{
	keySettingsDevice, keySettingsReceive, keySettingsNetwork, keySettingsLook, keySettingsDesktop, keySettingsHelp,
}

// section is what is in one of them.
func (s *settingsSheet) section(i int) []fyne.CanvasObject {
	return []func() []fyne.CanvasObject{s.device, s.receiving, s.network, s.looks, s.desktop, s.help}[i]()
}

// showSettings opens the sheet, unless something else is being asked.
func (w *Window) showSettings() { w.whenFree(func() { w.openSettings(0) }) }

func (w *Window) openSettings(section int) {
	s := &settingsSheet{window: w, triedPort: w.settings.now.Port}
	s.rail = w.newChoiceGroup(choiceRail, sayEach(sectionNames...), section, s.open)
	s.scroll = container.NewVScroll(&fyne.Container{})
	rail := s.rail.column()
	body := container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, settingHeight) },
		place: func(size fyne.Size) {
			put(rail, -gap, 0, railWidth, rail.MinSize().Height)
			const left = railWidth + space - ringRoom
			put(s.scroll, left, 0, size.Width-left+barRoom, size.Height)
		},
	}, rail, s.scroll)
	title := newTitle(say(phrase{key: keySettings}))
	s.sheet = w.newSheet(container.NewBorder(title, nil, nil, nil, padded(body, 0, gap)),
		newButton(lookPrimary, say(phrase{key: keySettingsDone}), func() { s.sheet.close() }))
	s.sheet.width = settingsWidth
	s.sheet.onClose = s.takeOver
	w.setting = s
	s.fill(section)
	s.sheet.show()
	w.win.Canvas().Focus(s.rail.all[section])
}

// open goes to another section.
func (s *settingsSheet) open(section int) {
	s.takeOver()
	s.fill(section)
}

// again makes the open section anew.
func (s *settingsSheet) again() { s.fill(s.rail.now) }

func (s *settingsSheet) fill(section int) {
	s.leave = nil
	list := container.New(tight(space+2), s.section(section)...)
	s.scroll.Content = padded(inset(list, ringRoom, barRoom), 0, ringRoom)
	s.scroll.Offset = fyne.Position{}
	s.scroll.Refresh()
}

// takeOver has everything hold that was typed.
func (s *settingsSheet) takeOver() {
	for _, f := range s.leave {
		f()
	}
}

// setting is something that can be set: its name, what sets it, and a sentence on what it does.
func (s *settingsSheet) setting(name key, control fyne.CanvasObject, text key) fyne.CanvasObject {
	words := newParagraph(say(phrase{key: text}), theme.SizeNameCaptionText, colorMuted)
	words.fillLines(settingWidth)
	return container.New(tight(5), newText(say(phrase{key: name})), control, words)
}

// note is a sentence alone.
func (s *settingsSheet) note(p phrase) *paragraph {
	words := newParagraph(say(p), theme.SizeNameCaptionText, colorMuted)
	words.fillLines(settingWidth)
	return words
}

// toggle is a setting that is on or off.
func (s *settingsSheet) toggle(name, text key, on bool, change func(bool)) *toggle {
	return s.window.newToggle(say(phrase{key: name}), say(phrase{key: text}), on, settingWidth, change)
}

// beside puts an object that takes the width that there is on the left of one that has its own.
func beside(wide, right fyne.CanvasObject) *fyne.Container {
	return container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, max(wide.MinSize().Height, right.MinSize().Height)) },
		place: func(s fyne.Size) {
			size := right.MinSize()
			h := wide.MinSize().Height
			put(wide, 0, (s.Height-h)/2, s.Width-size.Width-gap, h)
			put(right, s.Width-size.Width, (s.Height-size.Height)/2, size.Width, size.Height)
		},
	}, wide, right)
}
