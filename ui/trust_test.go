package ui

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

func TestBlockedDevicesAreNotListed(t *testing.T) {
	h := newHarness(t)
	h.meet(anna, bob)
	h.choose(anna, "Block")
	if !slices.Equal(h.node.blocked, []netcore.PeerID{anna.ID}) || h.toasts.words.words() != "Anna is blocked" {
		t.Errorf("blocked %v", h.node.blocked)
	}
	h.meet(peerWith(anna, func(p *netcore.Peer) { p.Blocked, p.Known, p.Online = true, true, false }))
	if !slices.Equal(h.sidebar.cards.keys, []netcore.PeerID{bob.ID}) {
		t.Error("who is blocked is listed")
	}
	if got := h.sidebar.blocked.words(); got != "1 blocked device" || !h.sidebar.blocked.Visible() {
		t.Errorf("says %q", got)
	}
	test.Tap(h.sidebar.blocked)
	test.Tap(buttonSaying(t, h.topSheet().panel, "Unblock"))
	if !slices.Equal(h.node.unblocked, []netcore.PeerID{anna.ID}) || h.topSheet() != nil {
		t.Errorf("unblocked %v", h.node.unblocked)
	}
}

func TestWhoIsVerifiedMayBeAcceptedAlways(t *testing.T) {
	h := newHarness(t)
	verified := peerWith(anna, func(p *netcore.Peer) { p.Verified = noon })
	answer := h.offer(t.Context(), offerFrom(verified, "a.txt"))
	card := h.asked()
	h.pass(settle)
	test.Tap(buttonIn(t, card, "Always accept…"))
	h.allowing.most.SetText("lots")
	h.key(fyne.KeyReturn)
	if h.topSheet() == nil || !h.allowing.wrong.Visible() {
		t.Fatal("lots is a size")
	}
	h.allowing.most.SetText("2,5")
	test.Tap(h.allowing.files)
	h.key(fyne.KeyReturn)
	if got := h.answered(answer); !got.Accept {
		t.Error("this one was not accepted")
	}
	want := netcore.AutoAccept{On: true, MaxBytes: 2_500_000_000, FilesOnly: true}
	if got := h.node.auto[anna.ID]; !reflect.DeepEqual(got, want) {
		t.Errorf("accepts %+v", got)
	}
}

// TestARuleAndTheOfferItIsMadeFor: the offer is accepted at once if the rule covers it, into the rule's folder; else it
// waits. The window says which.
func TestARuleAndTheOfferItIsMadeFor(t *testing.T) {
	for name, tt := range map[string]struct {
		choose func(*alwaysSheet)
		accept bool
		dir    string
		said   string
	}{
		"all":        {func(*alwaysSheet) {}, true, "", "Accepted. From now on"},
		"own folder": {func(a *alwaysSheet) { a.dir = "/photos" }, true, "/photos", "Accepted. From now on"},
		"too large":  {func(a *alwaysSheet) { a.most.SetText("0.1") }, false, "", "does not cover this offer"},
		"folders":    {func(a *alwaysSheet) { test.Tap(a.files) }, false, "", "does not cover this offer"},
		"off":        {func(a *alwaysSheet) { test.Tap(a.on) }, false, "", "goes on asking about Anna"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			o := offerFrom(peerWith(anna, func(p *netcore.Peer) { p.Verified = noon }), "a.txt")
			o.Bytes, o.Folders = 200_000_000, 1
			answer := h.offer(t.Context(), o)
			card := h.asked()
			h.pass(settle)
			test.Tap(buttonIn(t, card, "Always accept…"))
			if words := strings.Join(spoken(h.topSheet().panel), " | "); !strings.Contains(words, "accepted at once if this covers it") {
				t.Errorf("the sheet says %s", words)
			}
			tt.choose(h.allowing)
			h.key(fyne.KeyReturn)
			if said := h.toasts.words.words(); !strings.Contains(said, tt.said) {
				t.Errorf("it says %q", said)
			}
			if waits := h.offers.first() == card; waits == tt.accept {
				t.Fatalf("the offer waits: %v", waits)
			}
			if !tt.accept {
				card.decline()
			}
			if got := h.answered(answer); got.Accept != tt.accept || got.Dir != tt.dir {
				t.Errorf("answered %+v", got)
			}
		})
	}
}

// Whoever opens it from the device's menu wants it: a limit and Save are enough.
func TestAlwaysIsOnWhereItIsAskedFor(t *testing.T) {
	h := newHarness(t)
	h.meet(peerWith(anna, func(p *netcore.Peer) { p.Verified = noon }))
	h.choose(anna, "Always accept…")
	h.allowing.most.SetText("0.1")
	h.key(fyne.KeyReturn)
	want := netcore.AutoAccept{On: true, MaxBytes: 100_000_000}
	if got := h.node.auto[anna.ID]; !reflect.DeepEqual(got, want) {
		t.Errorf("accepts %+v", got)
	}
}

// What was switched off is not switched on by looking at it.
func TestARuleThatIsOffIsShownOff(t *testing.T) {
	h := newHarness(t)
	off := netcore.AutoAccept{MaxBytes: 100_000_000}
	h.meet(peerWith(anna, func(p *netcore.Peer) { p.Verified, p.AutoAccept = noon, off }))
	h.choose(anna, "Always accept…")
	h.key(fyne.KeyReturn)
	if got := h.node.auto[anna.ID]; !reflect.DeepEqual(got, off) {
		t.Errorf("accepts %+v", got)
	}
}

func TestAnOfferSaysWhyTheRuleDoesNotTakeIt(t *testing.T) {
	for want, rule := range map[string]netcore.AutoAccept{
		"More than the 100 MB that you accept from Anna without asking.": {On: true, MaxBytes: 100_000_000},
		"You are asked about folders and links from Anna.":               {On: true, FilesOnly: true},
		"": {MaxBytes: 1},
	} {
		h := newHarness(t)
		o := offerFrom(peerWith(anna, func(p *netcore.Peer) { p.Verified, p.AutoAccept = noon, rule }), "a.txt")
		o.Bytes, o.Folders = 200_000_000, 1
		h.offer(t.Context(), o)
		words := h.asked().words()
		if !strings.Contains(words, want) || want == "" && strings.Contains(words, "asking") {
			t.Errorf("does not say %q: %s", want, words)
		}
	}
}

func TestAStrangerIsComparedWithFirst(t *testing.T) {
	h := newHarness(t)
	answer := h.offer(t.Context(), offerFrom(anna, "a.txt"))
	card := h.asked()
	h.pass(settle)
	test.Tap(buttonIn(t, card, "Always accept…"))
	if words := strings.Join(spoken(h.topSheet().panel), " | "); !strings.Contains(words, "Is it really Anna?") {
		t.Errorf("says %s", words)
	}
	h.key(fyne.KeyEscape)
	if len(h.node.auto) != 0 || h.offers.first() != card {
		t.Error("a stranger is accepted")
	}
	test.Tap(card)
	h.key(fyne.KeyEscape)
	h.answered(answer)
}

func TestNicknames(t *testing.T) {
	h := newHarness(t)
	h.meet(peerWith(anna, func(p *netcore.Peer) { p.Name = "Mum" }))
	h.choose(anna, "Nickname…")
	if h.naming.Text != "Mum" {
		t.Errorf("the field has %q", h.naming.Text)
	}
	h.naming.SetText("Mother")
	h.key(fyne.KeyReturn)
	if h.node.nicknames[anna.ID] != "Mother" {
		t.Errorf("is called %v", h.node.nicknames)
	}
}

func TestTheNameIsChangedInPlace(t *testing.T) {
	h := newHarness(t)
	name := h.sidebar.name
	test.Tap(name)
	name.field.SetText("Attic")
	h.key(fyne.KeyEscape)
	if h.node.name != "" || name.words() != "Kim" {
		t.Error("Esc takes it over")
	}
	test.Tap(name)
	name.field.SetText("Attic")
	h.key(fyne.KeyReturn)
	h.settled()
	if h.node.name != "Attic" || name.words() != "Attic" || name.field.Visible() {
		t.Errorf("is called %q, shows %q", h.node.name, name.words())
	}
	if s, err := netcore.LoadSettings(h.dir); err != nil || s.Name != "Attic" {
		t.Errorf("saved %+v, %v", s, err)
	}
}

func TestCardsSayHowItStands(t *testing.T) {
	h := newHarness(t)
	h.meet(peerWith(anna, func(p *netcore.Peer) { p.Verified = noon }), peerWith(bob, func(p *netcore.Peer) { p.Namesake = true }))
	if got := h.card(anna).caption.words(); got != "Online · verified · Linux" || !h.card(anna).seal.Visible() {
		t.Errorf("Anna: %q", got)
	}
	if got := h.card(bob).caption.words(); got != "not the Bob you know" || h.card(bob).seal.Visible() {
		t.Errorf("Bob: %q", got)
	}
	h.tell(changed(with(out(netcore.Running, "a"), func(t *netcore.Transfer) { t.Files, t.DoneFiles = 318, 3 }), 1))
	if got := h.card(anna).caption.words(); got != "sending 3 of 318" {
		t.Errorf("while sending: %q", got)
	}
}

func TestManyDevicesAreSearchedAndFewAreDrawn(t *testing.T) {
	h := newHarness(t)
	for i := range 500 {
		h.Event(netcore.PeerChanged{Peer: somebody(fmt.Sprintf("Computer %03d", i))})
	}
	h.draw()
	if n := len(h.sidebar.cards.content.Objects); n > 15 {
		t.Errorf("%d cards for 500 devices", n)
	}
	h.sidebar.search.SetText("ter 42")
	if n := len(h.sidebar.cards.keys); n != 10 || !h.sidebar.finder.Visible() {
		t.Errorf("%d are found", n)
	}
	h.sidebar.search.SetText("zzz")
	if !h.sidebar.nobody.Visible() {
		t.Error("does not say that nobody is found")
	}
}

// Who has the focus keeps it when others come: Enter must not go to another device.
func TestTheFocusStaysWithADevice(t *testing.T) {
	h := newHarness(t)
	h.meet(bob)
	card := h.card(bob)
	h.win.Canvas().Focus(card)
	h.meet(anna)
	if h.card(bob) != card || card.peer.ID != bob.ID || h.win.Canvas().Focused() != fyne.Focusable(card) {
		t.Error("another device has the focus")
	}
	h.key(fyne.KeyUp)
	if h.win.Canvas().Focused() != fyne.Focusable(h.card(anna)) {
		t.Error("Up does not go to the card above")
	}
	h.key(desktop.KeyMenu)
	if h.menu == nil || !h.menu.open {
		t.Error("the menu key opens no menu")
	}
}
