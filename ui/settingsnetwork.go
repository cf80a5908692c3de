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
	keySetNotHere     key = "settings.networks.away"
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
	return append(all, s.port())
}

// interfaces are a switch for all networks, and one for each that is known.
func (s *settingsSheet) interfaces() []fyne.CanvasObject {
	w := s.window
	chosen := w.settings.now.Interfaces
	known := w.knownInterfaces()
	list := []fyne.CanvasObject{s.toggle(keySetNetworksAll, keySetNetworksFix, len(chosen) == 0, func(on bool) {
		if on {
			w.setInterfaces(nil)
		} else {
			w.setInterfaces(namesOf(known))
		}
		s.again()
	})}
	s.networks = nil
	if len(chosen) == 0 {
		return list
	}
	for _, i := range known {
		one := w.newToggle(say(i.phrase()), "", slices.Contains(chosen, i.Name), settingWidth, func(on bool) {
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

// A knownInterface is one that a person can choose.
type knownInterface struct {
	netcore.Interface
	here bool // it is there now, and connected
}

func (i knownInterface) phrase() phrase {
	switch all := (args{"Interface": i.Name}); {
	case !i.here:
		return phrase{key: keySetNotHere, args: all}
	case i.Wireless:
		return phrase{key: keySetWireless, args: all}
	}
	return named(i.Name)
}

func namesOf(all []knownInterface) (names []string) {
	for _, i := range all {
		names = append(names, i.Name)
	}
	return names
}

// knownInterfaces are those that are there, those that were while the window was open, and those that were chosen before:
// an unplugged one comes back.
func (w *Window) knownInterfaces() []knownInterface {
	for i := range w.networks {
		w.networks[i].here = false
	}
	for _, i := range append(w.node.Interfaces(), w.node.Diagnose().Interfaces...) { // those, too, that only a person would choose
		w.noteInterface(knownInterface{i, true})
	}
	for _, name := range w.settings.now.Interfaces {
		if !slices.Contains(namesOf(w.networks), name) {
			w.noteInterface(knownInterface{Interface: netcore.Interface{Name: name}})
		}
	}
	return w.networks
}

func (w *Window) noteInterface(i knownInterface) {
	at := slices.Index(namesOf(w.networks), i.Name)
	if at < 0 {
		w.networks = append(w.networks, i)
		return
	}
	w.networks[at] = i
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
