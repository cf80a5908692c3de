package ui

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

func offerFrom(p netcore.Peer, names ...string) netcore.Offer {
	o := netcore.Offer{Peer: p, Files: len(names), Inbox: "/inbox", Free: -1}
	for _, n := range names {
		o.Top = append(o.Top, netcore.Entry{Path: n, Size: 1000})
		o.Bytes += 1000
	}
	return o
}

func TestEnterAcceptsAndEscDeclines(t *testing.T) {
	for key, accept := range map[fyne.KeyName]bool{
		fyne.KeyReturn: true, fyne.KeyEnter: true, fyne.KeyEscape: false,
	} {
		h := newHarness(t)
		answer := h.offer(t.Context(), offerFrom(anna, "a.txt"))
		h.asked()
		h.pass(settle)
		h.key(key)
		if got := h.answered(answer); !reflect.DeepEqual(got, netcore.Answer{Accept: accept}) {
			t.Errorf("%s answers %+v", key, got)
		}
		if h.offers.first() != nil || len(h.offers.root.Objects) != 0 {
			t.Errorf("%s leaves the card open", key)
		}
	}
}

func TestKeysAndClicksInTheFirstMomentAreIgnored(t *testing.T) {
	h := newHarness(t)
	answer := h.offer(t.Context(), offerFrom(anna, "a.txt"))
	o := h.asked()
	press := func() {
		h.key(fyne.KeyReturn)
		h.key(fyne.KeyEscape)
		for _, b := range o.buttons {
			test.Tap(b)
		}
		h.drain()
	}
	press()
	h.pass(settle - 1)
	h.win.Canvas().Focus(o)
	press() // who is typing goes on typing: the moment begins anew
	h.pass(settle - 1)
	for _, b := range o.buttons {
		test.Tap(b)
	}
	h.drain()
	select {
	case a := <-answer:
		t.Fatalf("answered %+v", a)
	default:
	}
	if h.offers.first() != o {
		t.Fatal("the card is gone")
	}
	h.pass(1)
	test.Tap(o.accept)
	if got := h.answered(answer); !got.Accept {
		t.Error("was not accepted after the first moment")
	}
}

func TestOffersQueueAndEachTakesAMoment(t *testing.T) {
	h := newHarness(t)
	first := h.offer(t.Context(), offerFrom(anna, "a.txt"))
	h.asked()
	second := h.offer(t.Context(), offerFrom(bob, "b.txt"))
	h.until("both offers", func() bool { return len(h.offers.waiting) == 2 })
	h.pass(settle)
	h.key(fyne.KeyReturn)
	h.key(fyne.KeyReturn) // pressed twice: the second offer must not see it
	if !h.answered(first).Accept {
		t.Error("the first was not accepted")
	}
	if o := h.asked(); o.offer.Peer.ID != bob.ID {
		t.Fatalf("asks about %s", o.offer.Peer.Name)
	}
	h.pass(settle)
	h.key(fyne.KeyEscape)
	if h.answered(second).Accept {
		t.Error("the second was accepted")
	}
}

func TestAWithdrawnOfferCloses(t *testing.T) {
	h := newHarness(t)
	ctx, withdraw := context.WithCancel(t.Context())
	first := h.offer(ctx, offerFrom(anna, "a.txt"))
	h.asked()
	second := h.offer(t.Context(), offerFrom(bob, "b.txt"))
	h.until("both offers", func() bool { return len(h.offers.waiting) == 2 })
	withdraw()
	if h.answered(first).Accept {
		t.Error("was accepted")
	}
	h.until("the next offer", func() bool { return h.asked().offer.Peer.ID == bob.ID })
	if n := len(h.offers.root.Objects); n != 1 {
		t.Errorf("%d cards are there", n)
	}
	h.pass(settle)
	h.key(fyne.KeyReturn)
	if !h.answered(second).Accept {
		t.Error("the second was not accepted")
	}
}

func TestAnOfferWithdrawnInTheQueueIsNeverShown(t *testing.T) {
	h := newHarness(t)
	first := h.offer(t.Context(), offerFrom(anna, "a.txt"))
	h.asked()
	ctx, withdraw := context.WithCancel(t.Context())
	second := h.offer(ctx, offerFrom(bob, "b.txt"))
	h.until("both offers", func() bool { return len(h.offers.waiting) == 2 })
	withdraw()
	h.answered(second)
	h.until("one offer", func() bool { return len(h.offers.waiting) == 1 })
	h.pass(settle)
	h.key(fyne.KeyReturn)
	h.answered(first)
	if len(h.offers.root.Objects) != 0 {
		t.Error("a card is there")
	}
}

func (o *offerCard) words() string {
	return strings.Join(spoken(o), " | ")
}

func TestOfferTellsWhoWhatAndWhere(t *testing.T) {
	h := newHarness(t)
	stranger := somebody("An\u202ena")
	stranger.Addrs, stranger.Interface, stranger.Wireless = addrPorts("192.168.1.20:7776"), "wlan0", true
	o := offerFrom(stranger, "a.txt", "b\n.txt", "c", "d", "e", "f", "g.exe")
	o.Top[2] = netcore.Entry{Path: "c", Kind: netcore.Folder, Size: 5_000_000}
	o.Top[3] = netcore.Entry{Path: "latest", Kind: netcore.Link, Target: "v2\u202e"}
	o.Files, o.Folders, o.Links, o.Bytes, o.Free = 40, 2, 3, 5_006_000, 1_000_000
	answer := h.offer(t.Context(), o)
	words := h.asked().words()
	for _, want := range []string{
		`An\u202ena wants to send you 7 items | Linux · 192.168.1.20 · by Wi-Fi | Not verified`, "not been verified",
		"a.txt", "1 kB", `b\n.txt`, "c | 5 MB", `latest → v2\u202e | link`, "g.exe | program", "40 files · 2 folders · 3 links · 5 MB in all",
		"1 of these can run commands", "/inbox", "1 MB free", "Only 1 MB are free there, but 5 MB are needed.", "Accept", "Decline", "Block",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("does not say %q: %s", want, words)
		}
	}
	h.pass(settle)
	h.key(fyne.KeyEscape)
	h.answered(answer)
}

func TestWhoIsVerifiedIsShownAsThat(t *testing.T) {
	h := newHarness(t)
	verified := peerWith(anna, func(p *netcore.Peer) { p.Verified = noon })
	h.offer(t.Context(), offerFrom(verified, "a.txt"))
	if words := h.asked().words(); !strings.Contains(words, "Verified") || strings.Contains(words, "not been verified") {
		t.Errorf("says %s", words)
	}
}

func TestAKnownNameUnderANewKeyIsWarnedOf(t *testing.T) {
	h := newHarness(t)
	h.offer(t.Context(), offerFrom(peerWith(anna, func(p *netcore.Peer) { p.Namesake = true }), "a.txt"))
	if words := h.asked().words(); !strings.Contains(words, "You know another device called Anna. This is not that one.") {
		t.Errorf("says %s", words)
	}
}

func TestChangeTheFolder(t *testing.T) {
	h := newHarness(t)
	o := netcore.NewOffer(offerFrom(anna, "a.txt"), nil, func(_ context.Context, dir string) (netcore.Preview, error) {
		if dir == "/elsewhere" {
			return netcore.Preview{Free: 5_000_000}, nil
		}
		return netcore.Preview{Free: 10, There: 12, Clashes: 1, Renamed: 2, Examples: []netcore.Rename{{Path: "a:b", Local: "a_b"}}}, nil
	})
	o.Files = 318
	answer := h.offer(t.Context(), o)
	card := h.asked()
	h.pass(settle)
	h.settled()
	for _, want := range []string{"Only 10 B are free there, but 1 kB are needed",
		"12 of 318 are there already · 1 name is taken there and gets a number · 2 names cannot be used here and are changed"} {
		if words := card.words(); !strings.Contains(words, want) {
			t.Errorf("does not say %q: %s", want, words)
		}
	}
	test.Tap(card.place.facts.button)
	if words := strings.Join(spoken(h.topSheet().panel), " | "); !strings.Contains(words, "a:b becomes a_b | and 2 more") {
		t.Errorf("the names: %s", words)
	}
	h.key(fyne.KeyEscape)
	h.picked = []string{"/elsewhere"}
	test.Tap(card.place.change)
	h.settled()
	if words := card.words(); !strings.Contains(words, "/elsewhere | Save to | 5 MB free") || strings.Contains(words, "Only") || strings.Contains(words, "there already") {
		t.Errorf("then it says %s", words)
	}
	test.Tap(card)
	h.key(fyne.KeyReturn)
	if got := h.answered(answer); !reflect.DeepEqual(got, netcore.Answer{Accept: true, Dir: "/elsewhere"}) {
		t.Errorf("answered %+v", got)
	}
}

func TestTabAndEnterPressTheFocusedButton(t *testing.T) {
	h := newHarness(t)
	answer := h.offer(t.Context(), offerFrom(anna, "a.txt"))
	card := h.asked()
	h.pass(settle)
	h.win.Canvas().Focus(buttonIn(t, card, "Decline"))
	h.key(fyne.KeyReturn)
	if h.answered(answer).Accept {
		t.Error("Enter on Decline accepts")
	}
	if f := h.win.Canvas().Focused(); f != nil {
		t.Errorf("%T has the focus of a card that is gone", f)
	}
}

func TestEscWorksWithAFocusedButton(t *testing.T) {
	h := newHarness(t)
	answer := h.offer(t.Context(), offerFrom(anna, "a.txt"))
	card := h.asked()
	h.pass(settle)
	h.win.Canvas().Focus(card.accept)
	h.key(fyne.KeyEscape)
	if h.answered(answer).Accept {
		t.Error("Esc accepts")
	}
}

func TestAnOfferEndsWithTheWindow(t *testing.T) {
	h := newHarness(t)
	answer := h.offer(t.Context(), offerFrom(anna, "a.txt"))
	h.asked()
	h.quit()
	if h.answered(answer).Accept {
		t.Error("was accepted")
	}
}

// buttonIn finds a button of an offer by its words.
func buttonIn(t *testing.T, o *offerCard, words string) *button {
	t.Helper()
	for _, b := range o.buttons {
		if b.words() == words {
			return b
		}
	}
	t.Fatalf("no button says %q", words)
	return nil
}

// An offer neither blocks the window nor takes what is typed elsewhere.
func TestAnOfferLeavesTheWindowUsable(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	h.askConnect()
	h.win.Canvas().Focus(h.connecting.address)
	answer := h.offer(t.Context(), offerFrom(bob, "b.txt"))
	card := h.asked()
	h.pass(settle)
	h.key(fyne.KeyReturn) // of the field
	h.key(fyne.KeyEscape)
	h.drain()
	select {
	case a := <-answer:
		t.Fatalf("a key that was typed elsewhere answers %+v", a)
	default:
	}
	if h.topSheet() != nil {
		t.Fatal("Esc did not close the sheet")
	}
	h.dropOn(h.card(anna), files(t, "a.txt")...)
	if len(h.node.sent) != 1 {
		t.Error("nothing can be sent while an offer waits")
	}
	h.key(fyne.KeyReturn) // of nobody
	test.Tap(card)
	h.key(fyne.KeyReturn)
	if !h.answered(answer).Accept {
		t.Error("was not accepted")
	}
}

func TestSeveralOffersAreLines(t *testing.T) {
	h := newHarness(t)
	var answers []<-chan netcore.Answer
	for i, name := range []string{"a", "b", "c", "d", "e"} {
		answers = append(answers, h.offer(t.Context(), offerFrom(somebody(name), name+".txt")))
		h.until("the offer", func() bool { return len(h.offers.waiting) == i+1 })
	}
	words := strings.Join(spoken(h.offers.root), " | ")
	for _, want := range []string{"a wants to send you 1 item", "b wants to send you 1 item", "c wants to send you 1 item", "and 2 more"} {
		if !strings.Contains(words, want) {
			t.Errorf("does not say %q: %s", want, words)
		}
	}
	test.Tap(h.offers.waiting[2].line)
	if got := h.asked().offer.Peer.Name; got != "c" {
		t.Fatalf("%s is open", got)
	}
	h.key(fyne.KeyReturn) // too early
	h.pass(settle)
	h.key(fyne.KeyReturn)
	if !h.answered(answers[2]).Accept {
		t.Error("c was not accepted")
	}
	if got := h.asked().offer.Peer.Name; got != "a" {
		t.Errorf("then %s is open", got)
	}
}

func TestBlockEndsAllOffersOfThatDevice(t *testing.T) {
	h := newHarness(t)
	first := h.offer(t.Context(), offerFrom(anna, "a.txt"))
	h.asked()
	second := h.offer(t.Context(), offerFrom(anna, "b.txt"))
	h.until("both", func() bool { return len(h.offers.waiting) == 2 })
	other := h.offer(t.Context(), offerFrom(bob, "c.txt"))
	h.until("all", func() bool { return len(h.offers.waiting) == 3 })
	h.pass(settle)
	test.Tap(buttonIn(t, h.asked(), "Block"))
	if h.answered(first).Accept || h.answered(second).Accept {
		t.Error("was accepted")
	}
	if len(h.node.blocked) != 1 || h.node.blocked[0] != anna.ID {
		t.Errorf("blocked %v", h.node.blocked)
	}
	if got := h.asked().offer.Peer.Name; got != "Bob" {
		t.Errorf("asks about %s", got)
	}
	test.Tap(h.toasts.undo)
	if len(h.node.unblocked) != 1 {
		t.Error("that could not be undone")
	}
	h.pass(settle)
	test.Tap(h.asked())
	h.key(fyne.KeyEscape)
	h.answered(other)
}

// A fakeNotifier hands over what it is to show.
type fakeNotifier chan Notice

func (f fakeNotifier) Notify(_ context.Context, n Notice) error {
	f <- n
	return nil
}

func TestAnOfferIsAnsweredOnItsNotice(t *testing.T) {
	for action, accept := range map[string]bool{"Accept": true, "Decline": false} {
		h := newHarness(t)
		notices := make(fakeNotifier, 2)
		h.notifier = notices
		h.away.Store(true)
		first := h.offer(t.Context(), offerFrom(bob, "b.txt"))
		h.asked()
		answer := h.offer(t.Context(), offerFrom(anna, "a.txt")) // a line yet
		h.until("both", func() bool { return len(h.offers.waiting) == 2 })
		h.settled()
		for range 2 {
			n := <-notices
			if !strings.Contains(n.Text, "Anna") {
				continue
			}
			i := slices.IndexFunc(n.Actions, func(a Action) bool { return a.Label == action })
			n.Chosen(n.Actions[i].ID)
		}
		if got := h.answered(answer).Accept; got != accept {
			t.Errorf("%s: accepted is %v", action, got)
		}
		h.pass(settle)
		h.key(fyne.KeyEscape)
		h.answered(first)
	}
}

// drawsPart reports whether what a widget draws has a part in it.
func drawsPart(w fyne.Widget, part fyne.CanvasObject) bool {
	var has func(list []fyne.CanvasObject) bool
	has = func(list []fyne.CanvasObject) bool {
		for _, o := range list {
			if c, ok := o.(*fyne.Container); o == part || ok && has(c.Objects) {
				return true
			}
		}
		return false
	}
	return has(test.WidgetRenderer(w).Objects())
}

// TestAnOfferIsShownAnewWhenItsPeerIsVerified compares codes while an offer waits, as its card asks for: the card must not go on
// saying that nobody knows who it is. What was chosen stays.
func TestAnOfferIsShownAnewWhenItsPeerIsVerified(t *testing.T) {
	h := newHarness(t)
	h.picked = []string{"/elsewhere"}
	answer := h.offer(t.Context(), offerFrom(anna, "a.txt", "b.txt"))
	o := h.asked()
	h.pass(settle)
	h.settled()
	test.Tap(o.place.change)
	h.settled()
	o.list.tree.setWanted(1, false)
	h.win.Canvas().Focus(o.list)
	drawsPart(o, o.head) // it was on the screen
	h.meet(peerWith(anna, func(p *netcore.Peer) { p.Verified, p.Name = noon, "Anna's laptop" }))
	h.settled()
	if words := o.words(); !strings.Contains(words, "Anna's laptop wants") || strings.Contains(strings.ToLower(words), "not verified") || strings.Contains(words, "not been verified") {
		t.Errorf("says %s", words)
	}
	if !drawsPart(o, o.head) || !drawsPart(o, o.foot) {
		t.Error("draws what it was before")
	}
	if h.win.Canvas().Focused() != fyne.Focusable(o) {
		t.Error("the focus is elsewhere")
	}
	h.key(fyne.KeyReturn)
	h.pass(settle)
	h.key(fyne.KeyReturn)
	if got := h.answered(answer); !reflect.DeepEqual(got, netcore.Answer{Accept: true, Dir: "/elsewhere", Skip: []string{"a.txt"}}) {
		t.Errorf("answers %+v", got)
	}
}

func TestAnOfferIsShownInAnotherLanguage(t *testing.T) {
	h := newHarness(t)
	h.offer(t.Context(), offerFrom(anna, "a.txt"))
	o := h.asked()
	drawsPart(o, o.head)
	h.openSettings(sectionLook)
	test.Tap(find[*choice](h, "简体中文"))
	if words := o.words(); !strings.Contains(words, "接受") || !drawsPart(o, o.head) || !drawsPart(o, o.back) {
		t.Errorf("says %s, or draws what it was before", words)
	}
}
