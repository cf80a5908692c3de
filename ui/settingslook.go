package ui

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"ferry/netcore"
)

const (
	keySystem          key = "settings.system" // as the desktop has it
	keySetLanguage     key = "settings.language"
	keySetLanguageText key = "settings.language.text"
	keyLanguage        key = "language.name" // what the language calls itself
	keySetTheme        key = "settings.theme"
	keySetWindow       key = "settings.window" // how large it is
	keySetThemeText    key = "settings.theme.text"
	keyLight           key = "settings.theme.light"
	keyDark            key = "settings.theme.dark"

	keySetNotify      key = "settings.notify"
	keySetNotifyText  key = "settings.notify.text"
	keySetSound       key = "settings.sound"
	keySetSoundText   key = "settings.sound.text"
	keySetTray        key = "settings.tray"
	keySetTrayText    key = "settings.tray.text"
	keySetStart       key = "settings.start"
	keySetStartText   key = "settings.start.text"
	keySetStartFailed key = "settings.start.failed"
	keySetLog         key = "settings.log"
	keySetLogText     key = "settings.log.text"
	keySetLogNone     key = "settings.log.none"
	keyDiagnosis      key = "settings.diagnosis"
	keyDiagnosisText  key = "settings.diagnosis.text"
	keyDiagnosisCopy  key = "settings.diagnosis.copy"
	keySetVersion     key = "settings.version"
	keySetVersionText key = "settings.version.text"
)

// pills are a few short answers, of which the one that equals now holds.
func pills[T comparable](s *settingsSheet, now T, answers []T, words []string, change func(T)) *choiceGroup {
	return s.window.newChoiceGroup(choicePill, words, slices.Index(answers, now), func(i int) { change(answers[i]) })
}

func sayEach(keys ...key) []string {
	said := make([]string, len(keys))
	for i, k := range keys {
		said[i] = say(phrase{key: k})
	}
	return said
}

// looks is the section on language and theme.
func (s *settingsSheet) looks() []fyne.CanvasObject {
	w := s.window
	tags, names := []string{""}, sayEach(keySystem)
	for _, c := range catalogs {
		tags, names = append(tags, c.tag.String()), append(names, c.messages[keyLanguage].Other)
	}
	languages := pills(s, w.settings.now.Language, tags, names, w.setLanguage)
	themes := pills(s, w.settings.now.Theme, []netcore.Theme{"", netcore.ThemeLight, netcore.ThemeDark}, sayEach(keySystem, keyLight, keyDark),
		func(t netcore.Theme) {
			w.chooseSetting(keySettingsNotSaved, func(s *netcore.Settings) { s.Theme = t })
			w.wearTheme()
		})
	return []fyne.CanvasObject{
		s.setting(keySetLanguage, languages.row(), keySetLanguageText),
		s.setting(keySetTheme, themes.row(), keySetThemeText),
	}
}

// setLanguage has the window speak another language, and opens the settings again where they were.
func (w *Window) setLanguage(tag string) {
	w.chooseSetting(keySettingsNotSaved, func(s *netcore.Settings) { s.Language = tag })
	section := w.setting.rail.now
	w.setting.sheet.close()
	speakLanguage(tag)
	open := w.main.now()
	w.main.history.flush()
	w.assemble()
	w.setTray()
	w.introduce()
	w.presence.looked, w.presence.self = time.Time{}, -1 // say it with the next beat
	w.model.touch()
	w.draw()
	w.main.open(open)
	w.openSettings(section)
}

// desktop is the section on what Ferry does outside its window.
func (s *settingsSheet) desktop() []fyne.CanvasObject {
	w := s.window
	now := w.settings.now
	sound := s.toggle(keySetSound, keySetSoundText, !now.Silent, func(on bool) {
		w.chooseSetting(keySettingsNotSaved, func(s *netcore.Settings) { s.Silent = !on })
	})
	sound.setDisabled(now.Quiet)
	all := []fyne.CanvasObject{
		s.toggle(keySetNotify, keySetNotifyText, !now.Quiet, func(on bool) {
			w.chooseSetting(keySettingsNotSaved, func(s *netcore.Settings) { s.Quiet = !on })
			sound.setDisabled(!on)
		}),
		sound,
	}
	if w.hasTray() {
		all = append(all, s.toggle(keySetTray, keySetTrayText, now.Tray, func(on bool) {
			w.chooseSetting(keySettingsNotSaved, func(s *netcore.Settings) { s.Tray = on })
		}))
	}
	if w.opts.Autostart != nil {
		all = append(all, s.autostart())
	}
	return all
}

// autostart is the switch for starting with the session. The desktop is asked in the background.
func (s *settingsSheet) autostart() *toggle {
	w := s.window
	var t *toggle
	failed := func(err error) {
		w.log.Warn("start with the session", "error", err)
		w.toasts.show(phrase{key: keySetStartFailed}, nil)
	}
	t = s.toggle(keySetStart, keySetStartText, false, func(on bool) {
		w.background(func(context.Context) {
			if err := w.opts.Autostart.Set(on); err != nil {
				w.ui(func() { failed(err); t.set(!on) })
			}
		})
	})
	t.setDisabled(true)
	w.background(func(context.Context) {
		on, err := w.opts.Autostart.On()
		w.ui(func() {
			if err != nil {
				failed(err)
				return
			}
			t.set(on)
			t.setDisabled(false)
		})
	})
	return t
}

// help is the section for when something does not work.
func (s *settingsSheet) help() []fyne.CanvasObject {
	w := s.window
	log := fyne.CanvasObject(s.note(phrase{key: keySetLogNone}))
	if dir := w.opts.LogDir; dir != "" {
		path := newText("")
		path.setPath(dir, nil)
		log = beside(path, s.button(keyOpenFolder, func() { w.openPath(dir) }))
	}
	copy := container.NewHBox(s.button(keyDiagnosisCopy, func() { w.copy(w.diagnosis()) }), layout.NewSpacer())
	about := w.app.Metadata()
	return []fyne.CanvasObject{
		s.setting(keySetLog, log, keySetLogText),
		s.setting(keyDiagnosis, copy, keyDiagnosisText),
		container.New(tight(5), newText(say(phrase{key: keySetVersion})),
			s.note(phrase{key: keySetVersionText, args: args{"App": about.Name, "Version": about.Version}})),
	}
}

func (s *settingsSheet) button(name key, do func()) *button {
	b := newButton(lookPlain, say(phrase{key: name}), do)
	b.onKey = s.window.typedKey
	return b
}
