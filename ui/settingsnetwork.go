package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ferry/netcore"
)

const (
	keySetSpeed       key = "settings.speed"
	keySetNetworks    key = "settings.networks"
	keySetNetworksAll key = "settings.networks.all"
	keySetNetworksFix key = "settings.networks.text"
	keySetWireless    key = "settings.networks.wireless"
	keySetPort        key = "settings.port"
	keySetPortText    key = "settings.port.text"
	keySetPortNone    key = "settings.port.none"
)

// network is the section on how fast, and over which networks.
func (s *settingsSheet) network() []fyne.CanvasObject {
	w := s.window
	limits := w.settings.now.Limits
	s.upload, s.download = newLimitEntry(w, limits.Upload), newLimitEntry(w, limits.Download)
	s.wrong = warnText()
	take := func() { s.takeLimits() }
	s.upload.onLeave, s.download.onLeave = take, take
	s.leave = append(s.leave, take)
	all := []fyne.CanvasObject{
		container.New(tight(5), newText(say(phrase{key: keySetSpeed})),
			limitLine(keyUpload, s.upload), limitLine(keyDownload, s.download), s.wrong, s.note(phrase{key: keyLimitsText})),
		container.New(tight(gap+2), append([]fyne.CanvasObject{newText(say(phrase{key: keySetNetworks}))}, s.interfaces()...)...),
	}
	port := phrase{key: keySetPortNone}
	if p := w.node.Diagnose().Port; p != 0 {
		port = phrase{key: keySetPortText, args: args{"Port": netPort(p)}}
	}
	return append(all, container.New(tight(5), newText(say(phrase{key: keySetPort})), s.note(port)))
}

func netPort(p uint16) port { return port(p) }

// interfaces are a switch for all networks, and one for each that is known.
func (s *settingsSheet) interfaces() []fyne.CanvasObject {
	w := s.window
	chosen := w.settings.now.Interfaces
	known := w.knownInterfaces()
	list := []fyne.CanvasObject{s.toggle(keySetNetworksAll, keySetNetworksFix, len(chosen) == 0, func(on bool) {
		if on {
			w.setInterfaces(nil)
		} else {
			w.setInterfaces(slices.Collect(namesOf(known)))
		}
		s.again()
	})}
	s.networks = nil
	if len(chosen) == 0 {
		return list
	}
	for _, i := range known {
		one := w.newToggle(say(interfacePhrase(i)), "", slices.Contains(chosen, i.Name), settingWidth, func(on bool) {
			w.setInterfaces(without(w.settings.now.Interfaces, i.Name, on))
			s.again()
		})
		s.networks = append(s.networks, one)
		list = append(list, one)
	}
	return list
}

// without has name among names or, if on is false, not.
func without(names []string, name string, on bool) []string {
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == name })
	if on {
		names = append(names, name)
	}
	return names
}

func namesOf(all []netcore.Interface) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, i := range all {
			if !yield(i.Name) {
				return
			}
		}
	}
}

func interfacePhrase(i netcore.Interface) phrase {
	if i.Wireless {
		return phrase{key: keySetWireless, args: args{"Interface": i.Name}}
	}
	return named(i.Name)
}

// knownInterfaces are those that devices are looked for on, those that were while the window was open, and those that
// were chosen before.
func (w *Window) knownInterfaces() []netcore.Interface {
	for _, i := range w.node.Diagnose().Interfaces {
		if !slices.Contains(slices.Collect(namesOf(w.networks)), i.Name) {
			w.networks = append(w.networks, i)
		}
	}
	for _, name := range w.settings.now.Interfaces {
		if !slices.Contains(slices.Collect(namesOf(w.networks)), name) {
			w.networks = append(w.networks, netcore.Interface{Name: name})
		}
	}
	return w.networks
}

// setInterfaces changes on which networks devices are looked for; none means all.
func (w *Window) setInterfaces(names []string) {
	w.node.SetInterfaces(names)
	w.chooseSetting(keySettingsNotSaved, func(s *netcore.Settings) { s.Interfaces = names })
}

// takeLimits takes over what is in the fields, if that is speeds.
func (s *settingsSheet) takeLimits() {
	up, upOK := parseLimit(s.upload.Text)
	down, downOK := parseLimit(s.download.Text)
	if wrong := !upOK || !downOK; wrong != s.wrong.Visible() {
		setVisible(s.wrong, wrong)
		s.wrong.setWords(say(phrase{key: keyLimitsWrong}))
		s.scroll.Refresh()
	}
	if upOK && downOK {
		s.window.setLimits(netcore.Limits{Upload: up, Download: down})
	}
}
