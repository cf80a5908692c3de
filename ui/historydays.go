package ui

import (
	"cmp"
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ferry/netcore"
)

const (
	keySetHistory     key = "settings.history"
	keySetHistoryText key = "settings.history.text"
	keyAtMost         key = "settings.history.most"
	keyForGood        key = "settings.history.always"
	keyForAYear       key = "settings.history.year"
	keyForAMonth      key = "settings.history.month"
	keyForAWeek       key = "settings.history.week"
)

// mostKept are the choices of how many entries it has; 0 is what the node has without one.
var mostKept = []int{0, 1000, 100}

// history is the setting of how long it is.
func (s *settingsSheet) history() fyne.CanvasObject {
	w := s.window
	days := pills(s, w.settings.now.HistoryDays, []int{0, 365, 30, 7},
		sayEach(keyForGood, keyForAYear, keyForAMonth, keyForAWeek),
		func(days int) { w.setHistory(func(s *netcore.Settings) { s.HistoryDays = days }) })
	var words []string
	for _, n := range mostKept {
		words = append(words, say(phrase{key: keyAtMost, args: args{"Number": count(cmp.Or(n, netcore.DefaultHistory))}}))
	}
	most := pills(s, w.settings.now.HistoryLimit, mostKept, words,
		func(n int) { w.setHistory(func(s *netcore.Settings) { s.HistoryLimit = n }) })
	return s.setting(keySetHistory, container.New(tight(gap), days.row(), most.row()), keySetHistoryText)
}

// setHistory changes how far the history goes back. What is forgotten by that goes from the page, too.
func (w *Window) setHistory(change func(*netcore.Settings)) {
	w.chooseSetting(keySettingsNotSaved, change)
	limit, days := w.settings.now.HistoryLimit, w.settings.now.HistoryDays
	w.background(func(context.Context) {
		w.node.SetHistory(limit, days)
		w.ui(func() {
			if w.main.now() == pageHistory {
				w.main.history.load()
			}
		})
	})
}
