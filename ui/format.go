package ui

import (
	"math"
	"strconv"
	"time"
)

// What an argument of a phrase is decides how it is written; see say.
type (
	size  int64         // bytes
	speed float64       // bytes a second
	span  time.Duration // rounded to what a person wants to know
	count int           // with separators between the thousands
	year  int           // without
)

// formatSeen is a phrase of when a peer was here last. zero is never.
func formatSeen(seen, now time.Time) phrase {
	ago := max(now.Sub(seen), 0)
	switch days := daysBetween(seen, now); {
	case seen.IsZero():
		return phrase{key: keySeenNever}
	case ago < time.Minute:
		return phrase{key: keySeenNow}
	case ago < time.Hour:
		return plurally(keySeenMinutes, int(ago/time.Minute), nil)
	case days == 0:
		return plurally(keySeenHours, int(ago/time.Hour), nil)
	case days == 1:
		return phrase{key: keySeenYesterday}
	case days < 7:
		return plurally(keySeenDays, days, nil)
	}
	return phrase{key: keySeenDate, args: args{"Date": seen.In(now.Location()).Format(time.DateOnly)}}
}

// daysBetween counts the midnights between two times, where now is.
func daysBetween(then, now time.Time) int {
	then = then.In(now.Location())
	// In UTC, for there all days are of one length.
	midnight := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(midnight(now).Sub(midnight(then)) / (24 * time.Hour))
}

var units = [...]string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}

// scaled picks the unit, a power of 1000, in which n has one to three digits
// before the point.
func scaled(n float64) (value float64, unit int) {
	for n >= 999.5 && unit < len(units)-1 {
		n /= 1000
		unit++
	}
	return n, unit
}

// digits writes v with one digit after the point where that says something.
func digits(v float64, unit int) string {
	if unit == 0 || v >= 99.95 {
		return strconv.FormatFloat(math.Round(v), 'f', 0, 64)
	}
	return trimZero(strconv.FormatFloat(v, 'f', 1, 64))
}

func trimZero(s string) string {
	if n := len(s) - len(".0"); n > 0 && s[n:] == ".0" {
		return s[:n]
	}
	return s
}

func formatSize(n int64) string {
	v, u := scaled(float64(max(n, 0)))
	return digits(v, u) + " " + units[u]
}

func formatSpeed(rate float64) string {
	v, u := scaled(max(rate, 0))
	return digits(v, u) + " " + units[u] + "/s"
}

// formatDone writes how many of total bytes are done, without the unit if it is
// total's own: "31" of "48 MB".
func formatDone(done, total int64) string {
	_, u := scaled(float64(max(total, 0)))
	v, du := scaled(float64(max(done, 0)))
	if du != u && done > 0 {
		return formatSize(done)
	}
	return digits(v, u)
}

func formatCount(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// formatSpan is a phrase of one or two units: 3 s, 2 min, 1 h 5 min, 2 d.
func formatSpan(d time.Duration) phrase {
	seconds := int(math.Ceil(d.Seconds()))
	switch {
	case seconds < 60:
		return phrase{key: keySeconds, args: args{"N": max(seconds, 1)}}
	case seconds < 3600:
		return phrase{key: keyMinutes, args: args{"N": (seconds + 30) / 60}}
	case seconds < 24*3600:
		return phrase{key: keyHours, args: args{"H": seconds / 3600, "M": seconds % 3600 / 60}}
	}
	return phrase{key: keyDays, args: args{"N": (seconds + 12*3600) / (24 * 3600)}}
}
