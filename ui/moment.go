package ui

import (
	"strings"
	"time"
)

const (
	keyToday     key = "when.today"
	keyYesterday key = "when.yesterday"
	keyThisYear  key = "when.day"
	keyOtherYear key = "when.year"
	keyMonths    key = "when.months" // all twelve, a space between them
)

// formatMoment is a phrase of when something was, as people say it: with its time if that was not long
// ago, else with its year.
func formatMoment(t, now time.Time) phrase {
	t = t.In(now.Location())
	clock := t.Format("15:04")
	switch days := daysBetween(t, now); {
	case days == 0:
		return phrase{key: keyToday, args: args{"Time": clock}}
	case days == 1:
		return phrase{key: keyYesterday, args: args{"Time": clock}}
	}
	months := strings.Fields(say(phrase{key: keyMonths}))
	date := args{"Day": t.Day(), "Month": months[t.Month()-1], "Time": clock, "Year": year(t.Year())}
	if t.Year() == now.Year() {
		return phrase{key: keyThisYear, args: date}
	}
	return phrase{key: keyOtherYear, args: date}
}
