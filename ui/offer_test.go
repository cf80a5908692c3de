package ui

import (
	"context"
	"reflect"
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
		if h.win.Canvas().Overlays().Top() != nil {
			t.Errorf("%s leaves the sheet open", key)
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
		for _, b := range o.sheet.buttons {
			test.Tap(b)
		}
		h.drain()
	}
	press()
	h.pass(settle - 1)
	press()
	select {
	case a := <-answer:
		t.Fatalf("answered %+v", a)
	default:
	}
	if h.topSheet() != o.sheet {
		t.Fatal("the sheet is gone")
	}
	h.pass(1)
	test.Tap(o.sheet.buttons[1])
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
	if n := len(h.win.Canvas().Overlays().List()); n != 1 {
		t.Errorf("%d sheets are open", n)
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
	if h.win.Canvas().Overlays().Top() != nil {
		t.Error("a sheet is open")
	}
}

func TestOfferTellsWhoWhatAndWhere(t *testing.T) {
	h := newHarness(t)
	stranger := somebody("An\u202ena")
	o := offerFrom(stranger, "a.txt", "b\n.txt", "c", "d", "e", "f", "g")
	o.Top[2] = netcore.Entry{Path: "c", Kind: netcore.Folder, Size: 5_000_000}
	o.Top[3] = netcore.Entry{Path: "latest", Kind: netcore.Link, Target: "v2\u202e"}
	o.Files, o.Folders, o.Links, o.Bytes, o.Free = 40, 2, 3, 5_006_000, 1_000_000
	answer := h.offer(t.Context(), o)
	sheet := h.asked()
	words := strings.Join(spoken(sheet.sheet.panel), " | ")
	for _, want := range []string{
		`An\u202ena wants to send you 7 items`, "Linux", "not been verified",
		"a.txt", "1 kB", `b\n.txt`, "c/", `latest → v2\u202e | link`, "and 2 more", "40 files · 2 folders · 3 links · 5 MB in all",
		"/inbox", "Only 1 MB are free there, but 5 MB are needed.", "Accept", "Decline",
	} {
		if !strings.Contains(words, want) {
			t.Errorf("does not say %q: %s", want, words)
		}
	}
	h.pass(settle)
	h.key(fyne.KeyEscape)
	h.answered(answer)
}

func TestChangeTheFolder(t *testing.T) {
	h := newHarness(t)
	o := offerFrom(anna, "a.txt")
	o.Free = 0
	answer := h.offer(t.Context(), o)
	sheet := h.asked()
	h.pass(settle)
	h.picked = []string{"/elsewhere"}
	sheet.change()
	h.settled()
	words := strings.Join(spoken(sheet.sheet.panel), " | ")
	if !strings.Contains(words, "/elsewhere") || strings.Contains(words, "Only") {
		t.Errorf("says %s", words)
	}
	h.key(fyne.KeyReturn)
	if got := h.answered(answer); !reflect.DeepEqual(got, netcore.Answer{Accept: true, Dir: "/elsewhere"}) {
		t.Errorf("answered %+v", got)
	}
}

func TestTabAndEnterPressTheFocusedButton(t *testing.T) {
	h := newHarness(t)
	answer := h.offer(t.Context(), offerFrom(anna, "a.txt"))
	sheet := h.asked()
	h.pass(settle)
	h.win.Canvas().Focus(sheet.sheet.buttons[0])
	h.key(fyne.KeyReturn)
	if h.answered(answer).Accept {
		t.Error("Enter on Decline accepts")
	}
}

func TestEscWorksWithAFocusedButton(t *testing.T) {
	h := newHarness(t)
	answer := h.offer(t.Context(), offerFrom(anna, "a.txt"))
	sheet := h.asked()
	h.pass(settle)
	h.win.Canvas().Focus(sheet.sheet.buttons[1])
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

func TestAnOfferComesAboveOtherSheets(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	h.drop(fyne.NewPos(600, 400), files(t, "a.txt")...)
	answer := h.offer(t.Context(), offerFrom(bob, "b.txt"))
	h.asked()
	h.pass(settle)
	h.key(fyne.KeyReturn)
	if !h.answered(answer).Accept {
		t.Error("was not accepted")
	}
	if h.asking == nil || h.topSheet() != h.asking.sheet {
		t.Error("the question below is gone")
	}
}
