package ui

import "math"

const (
	keyTakesSeconds key = "offer.takes.seconds"
	keyTakesMoment  key = "offer.takes.moment"
	keyTakesMinutes key = "offer.takes.minutes"
	keyTakesHours   key = "offer.takes.hours"
	keyTakesADay    key = "offer.takes.day"
)

// formatExpected is a phrase of how long something will take, as far as can be said before it began.
func formatExpected(seconds float64) phrase {
	minutes := math.Round(seconds / 60)
	switch {
	case seconds < 10:
		return phrase{key: keyTakesSeconds}
	case seconds < 45:
		return phrase{key: keyTakesMoment}
	case minutes < 60:
		return plurally(keyTakesMinutes, max(int(minutes), 1), nil)
	case seconds < 24*3600:
		return plurally(keyTakesHours, int(math.Round(minutes/60)), nil)
	}
	return phrase{key: keyTakesADay}
}
