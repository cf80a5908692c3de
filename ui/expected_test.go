package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
)

// TestOfferSaysHowLongItWillTake follows the ticks, and says nothing where there is nothing to go by.
func TestOfferSaysHowLongItWillTake(t *testing.T) {
	h := newHarness(t)
	offer := offerFrom(anna, "a", "b", "c", "d")
	h.offer(t.Context(), offer)
	if words := h.asked().total.words(); strings.Contains(words, "about") {
		t.Errorf("of an unknown speed it says %q", words)
	}
	h.pass(settle)
	h.key(fyne.KeyEscape)
	h.until("the answer", func() bool { return h.offers.first() == nil })
	offer.Speed = 4000. / (4 * 60)
	h.offer(t.Context(), offer)
	o := h.asked()
	h.settled()
	if words := o.total.words(); !strings.Contains(words, "about 4 minutes") {
		t.Errorf("it says %q", words)
	}
	o.list.tick(o.list.list.keys[0])
	o.list.tick(o.list.list.keys[1])
	if words := o.total.words(); !strings.Contains(words, "about 2 minutes") {
		t.Errorf("of half of it it says %q", words)
	}
}

func TestExpected(t *testing.T) {
	speak(t, "en_US.UTF-8")
	for d, want := range map[time.Duration]string{
		time.Second: "a few seconds", 30 * time.Second: "less than a minute", 50 * time.Second: "about a minute", 89 * time.Second: "about a minute",
		170 * time.Second: "about 3 minutes", 59 * time.Minute: "about 59 minutes", 65 * time.Minute: "about an hour",
		23 * time.Hour: "about 23 hours", 50 * time.Hour: "more than a day",
	} {
		if got := say(formatExpected(d.Seconds())); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestDetailsOfADeviceCountItsTransfers(t *testing.T) {
	h := newHarness(t)
	away := knownAway(anna, 2*time.Hour)
	away.Met = time.Date(2026, 5, 1, 12, 0, 0, 0, time.Local)
	h.meet(away)
	h.choose(anna, "Details")
	h.settled()
	words := strings.Join(spoken(h.topSheet().panel), " | ")
	for _, want := range []string{"Known since 2026-05-01", "Last seen 2026-05-20", "Transfers: 12 sent, 5 received"} {
		if !strings.Contains(words, want) {
			t.Errorf("does not say %q: %s", want, words)
		}
	}
}
