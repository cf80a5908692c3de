package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"ferry/netcore"
)

const (
	keySetHistory     key = "settings.history"
	keySetHistoryText key = "settings.history.text"
	keyForGood        key = "settings.history.always"
	keyForAYear       key = "settings.history.year"
	keyForAMonth      key = "settings.history.month"
	keyForAWeek       key = "settings.history.week"
)

// history is the setting of how long it is.
func (s *settingsSheet) history() fyne.CanvasObject {
	w := s.window
	days := pills(s, w.settings.now.HistoryDays, []int{0, 365, 30, 7},
		sayEach(keyForGood, keyForAYear, keyForAMonth, keyForAWeek), w.setHistoryDays)
	return s.setting(keySetHistory, days.row(), keySetHistoryText)
}

// setHistoryDays changes for how many days the history goes back; 0 is for good.
func (w *Window) setHistoryDays(days int) {
	w.chooseSetting(keySettingsNotSaved, func(s *netcore.Settings) { s.HistoryDays = days })
	w.background(func(context.Context) { w.node.SetHistoryDays(days) })
}
