package main

import (
	"fmt"
	"strings"
	"time"
)

var units = [...]string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}

// bytesText returns n with a decimal unit (1 kB is 1000 bytes) and three
// significant digits at most.
func bytesText(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	value, unit := float64(n), 0
	for value >= 999.5 && unit < len(units)-1 {
		value /= 1000
		unit++
	}
	decimals := 0
	switch {
	case value < 9.995:
		decimals = 2
	case value < 99.95:
		decimals = 1
	}
	return fmt.Sprintf("%.*f %s", decimals, value, units[unit])
}

// rateText returns a speed in bytes a second.
func rateText(rate float64) string { return bytesText(int64(rate)) + "/s" }

// durationText returns d in at most two units, rounded to what a person cares about.
func durationText(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// leftText returns an estimate of the time left; coarser than durationText, so
// that it does not flicker.
func leftText(d time.Duration) string {
	switch {
	case d < 0:
		return ""
	case d < time.Minute:
		return fmt.Sprintf("%d s left", int((d+time.Second-1)/time.Second))
	case d < time.Hour:
		return fmt.Sprintf("%d min left", int((d+time.Minute-1)/time.Minute))
	}
	return durationText(d) + " left"
}

func countText(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// contentText sums up what an offer or transfer holds.
func contentText(files, folders, links int, bytes int64) string {
	var parts []string
	if files > 0 || folders == 0 && links == 0 {
		parts = append(parts, countText(files, "file", "files"))
	}
	if folders > 0 {
		parts = append(parts, countText(folders, "folder", "folders"))
	}
	if links > 0 {
		parts = append(parts, countText(links, "link", "links"))
	}
	what := parts[0]
	if last := len(parts) - 1; last > 0 {
		what = strings.Join(parts[:last], ", ") + " and " + parts[last]
	}
	return what + ", " + bytesText(bytes)
}
