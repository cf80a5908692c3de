package ui

import (
	"context"
	"time"

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
	w.trimHistory()
}

// trimHistory has the node forget what is older than the history goes back.
func (w *Window) trimHistory() {
	days := w.settings.now.HistoryDays
	if days == 0 {
		return
	}
	limit := w.now().Add(-time.Duration(days) * 24 * time.Hour)
	w.background(func(ctx context.Context) {
		for ctx.Err() == nil {
			old, err := w.node.Past(netcore.Query{Before: limit, Limit: historyChunk})
			if err == nil && len(old) > 0 {
				err = w.node.DropPast(idsOf(old)...)
			}
			if err != nil {
				w.log.Warn("forget what is old", "error", err)
			}
			if err != nil || len(old) < historyChunk {
				return
			}
		}
	})
}

func idsOf(all []netcore.Transfer) []netcore.TransferID {
	ids := make([]netcore.TransferID, len(all))
	for i, t := range all {
		ids[i] = t.ID
	}
	return ids
}
