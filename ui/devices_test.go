package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

// knownAway is a peer that is known and not here, for ago.
func knownAway(p netcore.Peer, ago time.Duration) netcore.Peer {
	p.Online, p.Known, p.Seen = false, true, noon.Add(-ago)
	return p
}

// outbox is a transfer that waits for a peer.
func outbox(p netcore.Peer, n int) netcore.Event {
	t := ended(out(netcore.Queued, "a.txt"), netcore.ErrOffline, false)
	t.Peer = p
	return changed(t, n)
}

func options(s *sheet) (all []*option) {
	var visit func(o fyne.CanvasObject)
	visit = func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *fyne.Container:
			for _, child := range o.Objects {
				visit(child)
			}
		case *option:
			all = append(all, o)
		}
	}
	visit(s.panel)
	return all
}

func buttonSaying(t testing.TB, o fyne.CanvasObject, words string) *button {
	t.Helper()
	var found *button
	var visit func(o fyne.CanvasObject)
	visit = func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *fyne.Container:
			for _, child := range o.Objects {
				visit(child)
			}
		case *container.Scroll:
			visit(o.Content)
		case *button:
			if o.words() == words {
				found = o
			}
		}
	}
	visit(o)
	if found == nil {
		t.Fatalf("no button says %q", words)
	}
	return found
}

func TestSeenInWords(t *testing.T) {
	newHarness(t)
	evening := time.Date(2026, 5, 20, 0, 30, 0, 0, time.UTC)
	for i, locale := range []string{"en_US.UTF-8", "zh_CN.UTF-8"} {
		speak(t, locale)
		for _, test := range []struct {
			seen, now time.Time
			want      [2]string
		}{
			{time.Time{}, noon, [2]string{"never seen", "从未上线"}},
			{noon.Add(time.Hour), noon, [2]string{"last seen just now", "刚刚在线"}}, // a clock that was set back
			{noon.Add(-59 * time.Second), noon, [2]string{"last seen just now", "刚刚在线"}},
			{noon.Add(-time.Minute), noon, [2]string{"last seen 1 minute ago", "1 分钟前在线"}},
			{noon.Add(-5 * time.Minute), noon, [2]string{"last seen 5 minutes ago", "5 分钟前在线"}},
			{evening.Add(-40 * time.Minute), evening, [2]string{"last seen 40 minutes ago", "40 分钟前在线"}}, // over midnight
			{noon.Add(-time.Hour), noon, [2]string{"last seen 1 hour ago", "1 小时前在线"}},
			{noon.Add(-11 * time.Hour), noon, [2]string{"last seen 11 hours ago", "11 小时前在线"}},
			{noon.Add(-13 * time.Hour), noon, [2]string{"last seen yesterday", "昨天在线"}},
			{noon.Add(-47 * time.Hour), noon, [2]string{"last seen 2 days ago", "2 天前在线"}},
			{noon.Add(-8 * 24 * time.Hour), noon, [2]string{"last seen 2026-05-12", "2026-05-12 在线"}},
		} {
			if got := say(formatSeen(test.seen, test.now)); got != test.want[i] {
				t.Errorf("%v: %q, want %q", test.now.Sub(test.seen), got, test.want[i])
			}
		}
	}
}

// Who leaves and is known keeps the place and the card; who is a stranger goes.
func TestKnownPeersStayWhenTheyAreGone(t *testing.T) {
	h := newHarness(t)
	known := anna
	known.Known = true
	h.meet(bob, known)
	card := h.card(anna)
	h.meet(knownAway(anna, 26*time.Hour), peerWith(bob, func(p *netcore.Peer) { p.Online = false }))
	if len(h.sidebar.cards.keys) != 1 || h.card(anna) != card {
		t.Fatalf("there are %d cards", len(h.sidebar.cards.keys))
	}
	if got := card.caption.words(); got != "last seen yesterday" {
		t.Errorf("the card says %q", got)
	}
	if !h.sidebar.checks.root.Visible() || h.sidebar.checks.title.words != "Nobody is here right now" {
		t.Error("nobody is here, and it does not say what to do")
	}
	known.Name = "Anna's new name"
	h.meet(known)
	if len(h.sidebar.cards.keys) != 1 || h.card(anna) != card || h.sidebar.checks.root.Visible() {
		t.Error("who is back has another card, or a second one")
	}
}

func peerWith(p netcore.Peer, change func(*netcore.Peer)) netcore.Peer {
	change(&p)
	return p
}

func TestWhoIsKnownIsThereFromTheStart(t *testing.T) {
	h := newHarness(t)
	h.settled() // what the harness's own Attach has begun
	h.node.known = []netcore.Peer{knownAway(anna, time.Hour)}
	h.Attach(h.node)
	h.draw()
	if got := h.card(anna).caption.words(); got != "last seen 1 hour ago" {
		t.Errorf("the card says %q", got)
	}
}

// Time passes without an event, and the cards say so.
func TestCardsAge(t *testing.T) {
	h := newHarness(t)
	h.meet(knownAway(anna, 5*time.Minute), bob)
	h.pass(10 * time.Minute)
	h.lookAround()
	if got := h.card(anna).caption.words(); got != "last seen 15 minutes ago" {
		t.Errorf("the card says %q", got)
	}
}

func TestADropOnWhoIsNotHereWaits(t *testing.T) {
	h := newHarness(t)
	away := knownAway(anna, time.Hour)
	h.meet(away)
	file := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h.dropOn(h.card(anna), file)
	if len(h.node.sent) != 1 || h.node.sent[0].to != anna.ID {
		t.Fatalf("sent %v", h.node.sent)
	}
	if got := h.toasts.words.words(); got != "1 item waits until Anna is here" {
		t.Errorf("the toast says %q", got)
	}
	h.tell(outbox(away, 1), outbox(away, 2))
	if got := h.card(anna).caption.words(); got != "2 waiting · last seen 1 hour ago" {
		t.Errorf("the card says %q", got)
	}
	h.closing() // what waits is remembered: nobody is asked
	if h.ended.Err() == nil {
		t.Error("asks whether to quit")
	}
}

func TestWhatWaitsCanBeCancelled(t *testing.T) {
	h := newHarness(t)
	away := knownAway(anna, time.Hour)
	h.meet(away)
	h.tell(outbox(away, 1))
	test.Tap(h.rowOf(transferID(1)).cancel)
	if want := []netcore.TransferID{transferID(1)}; !slices.Equal(h.node.cancelled, want) {
		t.Errorf("cancelled %v", h.node.cancelled)
	}
	h.tell(changed(ended(out(netcore.Cancelled, "a.txt"), netcore.ErrCancelled, false), 1))
	if got := h.card(anna).caption.words(); strings.Contains(got, "waiting") {
		t.Errorf("the card says %q", got)
	}
}

func TestForgetting(t *testing.T) {
	h := newHarness(t)
	away := knownAway(anna, time.Hour)
	h.meet(away, bob)
	h.tell(outbox(away, 1))
	h.choose(bob, "Details")
	h.key(fyne.KeyReturn)
	h.choose(anna, "Forget…")
	h.key(fyne.KeyEscape)
	if len(h.node.forgotten) != 0 || h.topSheet() != nil {
		t.Fatal("Esc forgets")
	}
	h.choose(anna, "Forget…")
	h.key(fyne.KeyReturn)
	if !slices.Equal(h.node.forgotten, []netcore.PeerID{anna.ID}) || !slices.Equal(h.node.cancelled, []netcore.TransferID{transferID(1)}) {
		t.Errorf("forgot %v, cancelled %v", h.node.forgotten, h.node.cancelled)
	}
	away.Known = false
	h.meet(away)
	if len(h.sidebar.cards.keys) != 1 {
		t.Error("who is forgotten is still there")
	}
}

func TestACardSaysWhatADropDoes(t *testing.T) {
	h := newHarness(t)
	h.meet(knownAway(anna, time.Hour), bob)
	for p, want := range map[string]string{"Anna": "Drop here, sent when it is back", "Bob": "Drop files here, or click to choose"} {
		c := h.card(somebody(p))
		c.MouseIn(&desktop.MouseEvent{})
		if got := c.caption.words(); got != want {
			t.Errorf("%s: %q", p, got)
		}
	}
}

// choose presses an item of a device's menu.
func (h *harness) choose(p netcore.Peer, words string) {
	h.t.Helper()
	test.Tap(h.card(p).more)
	for _, item := range h.menu.lines {
		if item.label == words {
			test.Tap(item)
			h.drain()
			return
		}
	}
	h.t.Fatalf("no item says %q", words)
}

// TestTwoStrangersOfOneName: where nobody of that name is known, none of them is "not the one you know".
func TestTwoStrangersOfOneName(t *testing.T) {
	h := newHarness(t)
	other := peerWith(anna, func(p *netcore.Peer) {
		p.Namesake, p.Doubled, p.Addrs = true, true, addrPorts("10.0.0.7:7776")
	})
	h.meet(other)
	if got := h.card(other).caption.words(); got != "10.0.0.7 · not the only Anna" {
		t.Errorf("the card says %q", got)
	}
	h.offer(t.Context(), offerFrom(other, "a.txt"))
	if words := h.asked().words(); !strings.Contains(words, "More than one device here is called Anna.") || strings.Contains(words, "You know another") {
		t.Errorf("the offer says %s", words)
	}
}

// TestWhatIsThereAlreadyCounts: the first file of many is under way, and the peer has all the others.
func TestWhatIsThereAlreadyCounts(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	h.tell(changed(with(out(netcore.Running, "big.iso", "photos"), func(t *netcore.Transfer) { t.Files, t.FoundFiles = 301, 300 }), 1))
	if got := h.card(anna).caption.words(); got != "sending 300 of 301" {
		t.Errorf("the card says %q", got)
	}
}
