package ui

import (
	"math"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"ferry/netcore"
)

// limitLine is a name, a field and a unit.
func limitLine(name key, field *entry) fyne.CanvasObject {
	const nameWidth, fieldWidth = 110, 110
	what, unit := newText(say(phrase{key: name})), newText(megabytes)
	return container.New(placed{
		min: func() fyne.Size { return fyne.NewSize(0, field.MinSize().Height) },
		place: func(s fyne.Size) {
			h := what.height()
			put(what, 0, (s.Height-h)/2, nameWidth, h)
			put(field, nameWidth, 0, fieldWidth, s.Height)
			put(unit, nameWidth+fieldWidth+gap+3, (s.Height-h)/2, s.Width-nameWidth-fieldWidth-gap-3, h)
		},
	}, what, field, unit)
}

// setLimits bounds the speed from now on, and for later.
func (w *Window) setLimits(limits netcore.Limits) {
	if limits == w.settings.now.Limits {
		return
	}
	w.node.SetLimits(limits)
	w.chooseSetting(keyNotSaved, func(s *netcore.Settings) { s.Limits = limits })
}

// The bounds of a limit in bytes a second: what a node takes at least, and what no
// network reaches.
const (
	leastLimit = 1024
	mostLimit  = 1e12
	megabyte   = 1e6
	megabytes  = "MB/s" // in every language
)

// parseLimit reads megabytes a second, with a point or a comma, as bytes.
// Nothing, or 0, is no limit.
func parseLimit(s string) (limit int64, ok bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ",", ".")
	if s == "" {
		return 0, true
	}
	// Only digits and a point: ParseFloat also knows "inf" and "0x1p4".
	if strings.Trim(s, "0123456789.") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	v = math.Round(v * megabyte)
	return int64(v), err == nil && (v == 0 || v >= leastLimit && v <= mostLimit)
}

// formatLimit writes what parseLimit reads.
func formatLimit(limit int64) string {
	if limit == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(limit)/megabyte, 'f', -1, 64)
}

func newLimitEntry(w *Window, limit int64) *entry {
	e := newEntry(w, say(phrase{key: keyNoLimit}))
	e.SetText(formatLimit(limit))
	return e
}
