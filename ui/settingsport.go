package ui

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ferry/netcore"
)

const (
	keySetPort      key = "settings.port"
	keySetPortText  key = "settings.port.text"
	keySetPortNone  key = "settings.port.none"
	keySetPortAuto  key = "settings.port.auto"
	keySetPortWrong key = "settings.port.wrong"
	keySetPortTaken key = "settings.port.taken"
)

// port is the setting of where Ferry listens.
func (s *settingsSheet) port() fyne.CanvasObject {
	w := s.window
	now := w.node.Diagnose().Port
	if now == 0 {
		return container.New(tight(5), newText(say(phrase{key: keySetPort})), s.note(phrase{key: keySetPortNone}))
	}
	s.listen = newEntry(w, say(phrase{key: keySetPortAuto}))
	s.listen.SetText(formatPort(w.settings.now.Port))
	s.wrongPort = warnText()
	s.portText = s.note(portPhrase(now))
	s.listen.onLeave = s.takePort
	s.leave = append(s.leave, s.takePort)
	field := container.New(placed{
		min:   func() fyne.Size { return fyne.NewSize(0, s.listen.MinSize().Height) },
		place: func(size fyne.Size) { put(s.listen, 0, 0, portWidth, size.Height) },
	}, s.listen)
	return container.New(tight(5), newText(say(phrase{key: keySetPort})), field, s.wrongPort, s.portText)
}

const portWidth = 110

func portPhrase(now uint16) phrase {
	return phrase{key: keySetPortText, args: args{"Port": netPort(now)}}
}

func netPort(p uint16) port { return port(p) }

// formatPort writes what parsePort reads.
func formatPort(p uint16) string {
	if p == 0 {
		return ""
	}
	return strconv.Itoa(int(p))
}

// parsePort reads a port; nothing, or 0, is Ferry's choice.
func parsePort(text string) (p uint16, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, true
	}
	n, err := strconv.ParseUint(text, 10, 16)
	return uint16(n), err == nil
}

// takePort takes over what is in the field, if that is a port.
func (s *settingsSheet) takePort() {
	wanted, ok := parsePort(s.listen.Text)
	if !ok {
		s.sayPort(phrase{key: keySetPortWrong})
		return
	}
	if wanted == s.triedPort {
		return
	}
	s.triedPort = wanted
	s.window.setPort(wanted, func(now uint16, refused bool) {
		s.portText.setWords(say(portPhrase(now)))
		if refused {
			s.triedPort = s.window.settings.now.Port // who types it again wants it tried again
			s.sayPort(phrase{key: keySetPortTaken, args: args{"Port": netPort(wanted), "Now": netPort(now)}})
			return
		}
		s.sayPort(phrase{})
	})
}

// sayPort says what is wrong with the port; nothing, if p is no phrase.
func (s *settingsSheet) sayPort(p phrase) {
	setVisible(s.wrongPort, p.key != "")
	if p.key != "" {
		s.wrongPort.setWords(say(p))
	}
	s.scroll.Refresh()
}

// setPort has the node listen elsewhere, from now on and later. It asks the system, so then is called later: with where it listens
// now, and whether it could not be moved.
func (w *Window) setPort(wanted uint16, then func(now uint16, refused bool)) {
	w.background(func(context.Context) {
		err := w.node.SetPort(wanted)
		now := w.node.Diagnose().Port
		w.ui(func() {
			if err != nil {
				w.log.Info("set port", "port", wanted, "error", err)
			} else {
				w.chooseSetting(keySettingsNotSaved, func(s *netcore.Settings) { s.Port = wanted })
				w.model.dismiss(netcore.WarnPort) // what it says is no longer so
				w.showPresence(w.now())
			}
			then(now, err != nil)
		})
	})
}
