//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestAcceptWithoutSome: what Bob unticks is not sent, and the rest is whole.
func TestAcceptWithoutSome(t *testing.T) {
	d := newDesk(t)
	outside := t.TempDir()
	d.send(writeParcel(t, outside)...)
	d.bob.click("the album", id("offer.tick:album"))
	d.bob.click("Accept", id("offer.accept"))
	d.bob.await("received", row("film.mkv", "from Anna", "received"))
	d.anna.await("sent, and what not", row("film.mkv", "to Bob", "sent", "Bob left 50 files out"))
	d.shot("some")
	if err := os.RemoveAll(filepath.Join(outside, "album")); err != nil {
		t.Fatal(err)
	}
	sameTree(t, d.bob.inbox(), outside)
}

var digits = regexp.MustCompile(`\d{3} \d{3}`)

// TestVerify: Anna asks Bob to compare codes. Both see the same, say so, and each is verified on the
// other's screen.
func TestVerify(t *testing.T) {
	d := newDesk(t)
	card := d.anna.await("Bob's card", peer("Bob"))
	d.anna.click("the button of Bob's card", id("about:"+strings.TrimPrefix(card.ID, "peer:")))
	d.shot("menu")
	d.anna.click("Compare codes", called("menu:", "Compare codes"))
	d.bob.await("the question", id("sheet", "Anna wants to compare codes with you"))
	d.shot("asked")
	d.bob.click("Compare codes", called("sheet.", "Compare codes"))
	at := d.anna.await("the code", id("sheet", "Is this the same on Bob’s screen?")).Text
	there := d.bob.await("the code", id("sheet", "Is this the same on Anna’s screen?")).Text
	if code := digits.FindString(at); code == "" || code != digits.FindString(there) {
		t.Errorf("Anna sees %s, Bob %s", at, there)
	}
	d.shot("codes")
	d.anna.click("Same", called("sheet.", "Same"))
	d.bob.click("Same", called("sheet.", "Same"))
	d.anna.await("the outcome", id("sheet", "Bob is verified"))
	d.bob.await("the outcome", id("sheet", "Anna is verified"))
	d.shot("verified")
	d.anna.click("Close", called("sheet.", "Close"))
	d.anna.await("verified in words", called("seen:", "verified"))
}

// called is a widget by the beginning of its ID and its words.
func called(prefix, words string) query {
	return func(w widget) bool { return strings.HasPrefix(w.ID, prefix) && w.says([]string{words}) }
}
