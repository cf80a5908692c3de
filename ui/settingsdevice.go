package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"ferry/netcore"
)

const (
	keySetName        key = "settings.name"
	keySetNameText    key = "settings.name.text"
	keySetVisible     key = "settings.visible"
	keySetInbox       key = "settings.inbox"
	keySetInboxText   key = "settings.inbox.text"
	keySetInboxFailed key = "settings.inbox.failed"
	keySetAuto        key = "settings.auto"
	keySetAutoText    key = "settings.auto.text"
	keySetAutoNone    key = "settings.auto.none"
	keySetAutoAll     key = "settings.auto.all"
	keySetAutoMost    key = "settings.auto.most"
	keySetAutoFiles   key = "settings.auto.files"
	keySetAutoInto    key = "settings.auto.into"
	keySetAutoStop    key = "settings.auto.stop"
)

// maxName is how many characters a device's name may have, as the protocol says.
const maxName = 64

// device is the section on how others see this device.
func (s *settingsSheet) device() []fyne.CanvasObject {
	w := s.window
	s.name = newEntry(w, w.node.Self().Name)
	s.name.SetText(w.node.Self().Name)
	take := func() { w.setName(s.name.Text) }
	s.name.onLeave = take
	s.leave = append(s.leave, take)

	now, until := w.node.Visibility()
	list := container.New(tight(gap))
	for _, c := range visibilityChoices {
		one := newOption(say(phrase{key: c.name}), say(phrase{key: c.text}), c.is(now, until), func() {
			w.setVisibility(c)
			s.again()
		})
		one.text.fillLines(settingWidth - optionLeft - gap)
		one.onKey = w.typedKey
		list.Add(one)
	}
	return []fyne.CanvasObject{
		s.setting(keySetName, s.name, keySetNameText),
		s.picture(),
		container.New(tight(5), newText(say(phrase{key: keySetVisible})), list),
	}
}

// setName changes what others read. Without letters, it stays what it was.
func (w *Window) setName(name string) {
	name = strings.TrimSpace(cutRunes(name, maxName))
	if name == "" || name == w.node.Self().Name {
		return
	}
	w.node.SetName(name)
	w.sidebar.setSelf(w.node.Self())
	w.chooseSetting(keySettingsNotSaved, func(s *netcore.Settings) { s.Name = name })
}

func cutRunes(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}

// receiving is the section on what comes in.
func (s *settingsSheet) receiving() []fyne.CanvasObject {
	w := s.window
	path := newText("")
	path.setPath(w.node.Inbox(), nil)
	change := newButton(lookPlain, say(phrase{key: keyChange}), func() {
		w.choose(pickInbox, func(paths []string) { w.setInbox(paths[0], s.again) })
	})
	change.onKey = w.typedKey
	all := []fyne.CanvasObject{
		s.setting(keySetInbox, beside(path, change), keySetInboxText),
		container.New(tight(5), newText(say(phrase{key: keySetAuto})), s.note(phrase{key: keySetAutoText})),
	}
	some := false
	for _, p := range w.view.peers {
		if p.AutoAccept.On {
			some = true
			all = append(all, s.autoAccepted(p))
		}
	}
	if !some {
		all = append(all, s.note(phrase{key: keySetAutoNone}))
	}
	return append(all, s.history())
}

// autoAccepted is a device that is not asked about, with a button to ask again.
func (s *settingsSheet) autoAccepted(p netcore.Peer) fyne.CanvasObject {
	w := s.window
	name, text := newText(""), newCaption(sayAll(autoWords(p.AutoAccept)))
	name.setName(p.Name, nil)
	stop := newButton(lookPlain, say(phrase{key: keySetAutoStop}), func() {
		if err := w.node.SetAutoAccept(p.ID, netcore.AutoAccept{}); err != nil {
			w.log.Warn("ask again", "peer", p.ID, "error", err)
			return
		}
		w.draw()
		s.again()
	})
	stop.onKey = w.typedKey
	return beside(container.New(tight(1), name, text), stop)
}

// autoWords are what of a device is accepted without asking, and where that goes.
func autoWords(a netcore.AutoAccept) []phrase {
	all := []phrase{{key: keySetAutoAll}}
	if a.MaxBytes > 0 {
		all[0] = phrase{key: keySetAutoMost, args: args{"Size": size(a.MaxBytes)}}
	}
	if a.FilesOnly {
		all = append(all, phrase{key: keySetAutoFiles})
	}
	if a.Dir != "" {
		all = append(all, phrase{key: keySetAutoInto, args: args{"Folder": shortPath(a.Dir)}})
	}
	return all
}

// setInbox changes where received files go. It looks at the disk, so then is called later.
func (w *Window) setInbox(dir string, then func()) {
	w.background(func(context.Context) {
		err := w.node.SetInbox(dir)
		w.ui(func() {
			if err != nil {
				w.log.Warn("set inbox", "error", err)
				w.toasts.show(phrase{key: keySetInboxFailed, args: args{"Folder": shortPath(dir)}}, nil)
				return
			}
			w.sidebar.setInbox(dir)
			w.chooseSetting(keySettingsNotSaved, func(s *netcore.Settings) { s.Inbox = dir })
			then()
		})
	})
}

// warnText is what is wrong with what was typed.
func warnText() *paragraph {
	p := newParagraph("", theme.SizeNameCaptionText, colorBad)
	p.fillLines(settingWidth)
	p.Hide()
	return p
}
