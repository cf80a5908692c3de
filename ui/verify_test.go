package ui

import (
	"context"
	"image"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"ferry/netcore"
)

var someCode = netcore.Code{Digits: "482913", Pictures: [4]netcore.CodePicture{
	{Emoji: "🐶", Name: "dog"}, {Emoji: "🍦", Name: "ice cream"}, {Emoji: "⚓", Name: "anchor"}, {Emoji: "🌻", Name: "sunflower"},
}}

// A comparison is one that a test plays the other side of.
type comparison struct {
	*harness
	code    chan netcore.Code // what Code returns
	fail    chan error        // or fails with
	verdict chan netcore.Verdict
	called  chan struct{} // closed when the person here is ready
}

func (h *harness) comparison(ctx context.Context, p netcore.Peer, asked bool) *comparison {
	c := &comparison{h, make(chan netcore.Code, 1), make(chan error, 1), make(chan netcore.Verdict, 1), make(chan struct{})}
	v := netcore.NewVerification(p, asked, func(ctx context.Context) (netcore.Code, error) {
		close(c.called)
		select {
		case code := <-c.code:
			return code, nil
		case err := <-c.fail:
			return netcore.Code{}, err
		case <-ctx.Done():
			return netcore.Code{}, ctx.Err()
		}
	})
	go func() { c.verdict <- h.Verify(ctx, v) }()
	c.says("Compare codes", "compare codes")
	return c
}

// says waits until the sheet says one of some words.
func (c *comparison) says(words ...string) {
	c.t.Helper()
	c.until(strings.Join(words, " or "), func() bool {
		s := c.topSheet()
		if s == nil {
			return false
		}
		all := strings.Join(spoken(s.panel), " | ")
		for _, w := range words {
			if strings.Contains(all, w) {
				return true
			}
		}
		return false
	})
}

// press presses a button of the sheet, once it takes answers.
func (c *comparison) press(words string) {
	c.t.Helper()
	c.pass(settle)
	test.Tap(buttonSaying(c.t, c.topSheet().panel, words))
	c.drain()
}

func (c *comparison) decided() netcore.Verdict {
	c.t.Helper()
	var got []netcore.Verdict
	c.until("a verdict", func() bool {
		select {
		case v := <-c.verdict:
			got = append(got, v)
		default:
			c.do(func() {}) // looks again
		}
		return len(got) > 0
	})
	return got[0]
}

func TestComparingCodesThatAreTheSame(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	c := h.comparison(t.Context(), anna, false)
	c.says("Waiting for Anna to agree")
	c.code <- someCode
	c.says("Is this the same on Anna’s screen?")
	words := strings.Join(spoken(h.topSheet().panel), " | ")
	for _, want := range []string{"dog", "ice cream", "anchor", "sunflower"} {
		if !strings.Contains(words, want) {
			t.Errorf("does not say %q: %s", want, words)
		}
	}
	h.pass(settle)
	h.key(fyne.KeyReturn) // who did not look says nothing
	c.says("Is this the same")
	c.press("Same")
	if got := c.decided(); got != netcore.Same {
		t.Errorf("the verdict is %v", got)
	}
	c.says("Waiting for Anna to say that it is the same")
	h.compared(anna, nil)
	c.says("Anna is verified")
	c.press("Close")
	if h.topSheet() != nil || len(h.verifyings) != 0 {
		t.Error("something is left of it")
	}
}

// Nobody tells the side that was asked how it went but the peer itself, as it is known then.
func TestTheSideThatWasAskedSeesTheOutcome(t *testing.T) {
	for name, outcome := range map[string]struct {
		change func(*netcore.Peer)
		says   string
	}{
		"verified":  {func(p *netcore.Peer) { p.Verified = noon }, "Anna is verified"},
		"different": {func(p *netcore.Peer) { p.Blocked, p.Online = true, false }, "The codes were different"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.meet(anna)
			c := h.comparison(t.Context(), anna, true)
			c.says("Anna wants to compare codes with you")
			select {
			case <-c.called:
				t.Error("the person has not agreed yet")
			default:
			}
			c.press("Compare codes")
			c.code <- someCode
			c.says("Is this the same")
			c.press("Same")
			c.decided()
			h.meet(peerWith(anna, outcome.change))
			c.says(outcome.says)
		})
	}
}

// TestTheSideThatWasAskedIsNotLeftWaiting when the other one goes after "same" was said here.
func TestTheSideThatWasAskedIsNotLeftWaiting(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	c := h.comparison(t.Context(), anna, true)
	c.says("Anna wants to compare codes with you")
	c.press("Compare codes")
	c.code <- someCode
	c.says("Is this the same")
	c.press("Same")
	c.decided()
	gone := anna
	gone.Known, gone.Online = true, false
	h.meet(gone) // of which the warning tells more
	lost := &netcore.Error{Op: "verify", Peer: anna.Name, Err: netcore.ErrLost}
	h.tell(netcore.Warning{Kind: netcore.WarnVerify, Err: lost})
	c.says("Nothing has changed: the connection to Anna was lost.")
	h.draw()
	if len(h.view.warnings) > 0 {
		t.Error("it is said twice")
	}
}

func TestDifferentCodesBlock(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	c := h.comparison(t.Context(), anna, false)
	c.code <- someCode
	c.says("Is this the same")
	c.press("Different")
	if got := c.decided(); got != netcore.Different {
		t.Errorf("the verdict is %v", got)
	}
	c.says("So it is blocked")
}

func TestAComparisonThatStopsSaysWhy(t *testing.T) {
	for _, test := range []struct {
		err  error
		says string
	}{
		{&netcore.Error{Err: netcore.ErrDeclined, Remote: true}, "Nothing has changed: Anna declined."},
		{&netcore.Error{Err: netcore.ErrCancelled, Remote: true}, "Nothing has changed: Anna cancelled."},
		{&netcore.Error{Err: netcore.ErrLost}, "Nothing has changed: the connection to Anna was lost."},
	} {
		h := newHarness(t)
		h.meet(anna)
		c := h.comparison(t.Context(), anna, false)
		c.fail <- test.err
		c.says(test.says)
	}
}

func TestNotNowAndCancelSayNothingOfTheCode(t *testing.T) {
	for _, asked := range []bool{true, false} {
		h := newHarness(t)
		h.meet(anna)
		c := h.comparison(t.Context(), anna, asked)
		h.pass(settle)
		h.key(fyne.KeyEscape)
		if got := c.decided(); got != netcore.Undecided || h.topSheet() != nil {
			t.Errorf("asked %v: the verdict is %v", asked, got)
		}
	}
}

func TestComparingIsAskedForInTheMenu(t *testing.T) {
	h := newHarness(t)
	h.meet(anna)
	h.node.verify = func(context.Context, netcore.PeerID) error { return &netcore.Error{Err: netcore.ErrOffline} }
	h.choose(anna, "Compare codes…")
	h.settled()
	if got := h.toasts.words.words(); got != "Codes were not compared: Anna cannot be reached" {
		t.Errorf("says %q", got)
	}
}

// All pictures that a code can have. netcore keeps them to itself; PROTOCOL.md has the list.
const emoji = "🐶🐱🐭🐰🦁🐷🐸🐔🐧🦄🐝🦋🐌🐢🐙🐟🐳🦀🐘🐫🐍🦉🌳🌵🍄🌻🍎🍌🍇🍓🍍🥕🌽🍕🍞🧀🥚🎂🍦🌙⭐🌈🔥⛄🚗🚲🚀🚂⛵⚓🏠⚽🎸🎺🔔🔑🔒🔨⏰🎁🎈👑💡🎩"

// Each picture is drawn, and no two look the same.
func TestPicturesAreDrawn(t *testing.T) {
	h := newHarness(t)
	seen := make(map[string]rune)
	draw := func(s string) string {
		text := canvas.NewText(s, nil)
		text.TextSize = pictureSize
		h.win.SetContent(text)
		h.win.Resize(fyne.NewSquareSize(2 * pictureSize))
		img := h.win.Canvas().Capture().(*image.NRGBA)
		return string(img.Pix)
	}
	nothing := draw("\U000f0000") // what is in no font
	for _, r := range emoji {
		pixels := draw(string(r))
		if pixels == nothing {
			t.Errorf("%c is not drawn", r)
		}
		if other, ok := seen[pixels]; ok {
			t.Errorf("%c looks like %c", r, other)
		}
		seen[pixels] = r
	}
	if len(seen) != len(pictureKeys) {
		t.Errorf("%d pictures, %d names", len(seen), len(pictureKeys))
	}
}
