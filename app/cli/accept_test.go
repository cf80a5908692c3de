package main

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"ferry/netcore"
)

// A desk is a person at a terminal who is asked about offers.
type desk struct {
	*bench
	asker *asker
	keys  *io.PipeWriter
}

func newDesk(t *testing.T) *desk {
	b := newBench(&fakeNode{})
	in, keys := io.Pipe()
	b.stdin, b.live, b.asks = in, true, true
	d := &desk{b, newAsker(b.program()), keys}
	t.Cleanup(func() {
		keys.Close()
		<-d.asker.ended
	})
	return d
}

// offer asks about an offer of Anna, and returns where the answer comes.
func (d *desk) offer(ctx context.Context, name string) <-chan bool {
	answer := make(chan bool, 1)
	go func() {
		answer <- d.asker.decide(ctx, netcore.Offer{
			Peer: anna, Files: 1, Bytes: 4096, Inbox: "/inbox", Free: 1 << 30,
			Top: []netcore.Entry{{Path: name, Size: 4096}},
		}).Accept
	}()
	return answer
}

func (d *desk) seen(t *testing.T, text string) {
	t.Helper()
	eventually(t, text+" on the screen", func() bool { return strings.Contains(d.err.String(), text) })
}

func (d *desk) typeLine(t *testing.T, line string) {
	t.Helper()
	if _, err := io.WriteString(d.keys, line+"\n"); err != nil {
		t.Fatal(err)
	}
}

func answerOf(t *testing.T, answer <-chan bool) bool {
	t.Helper()
	select {
	case accept := <-answer:
		return accept
	case <-time.After(limit):
		t.Fatal("no answer")
		return false
	}
}

func TestAskAnswers(t *testing.T) {
	for line, want := range map[string]bool{"y": true, " Yes ": true, "": false, "n": false, "NO": false} {
		d := newDesk(t)
		answer := d.offer(t.Context(), "a.txt")
		d.seen(t, "Accept? [y/N] ")
		d.typeLine(t, line)
		if got := answerOf(t, answer); got != want {
			t.Errorf("%q: %v, want %v", line, got, want)
		}
	}
}

func TestAskShowsTheOffer(t *testing.T) {
	d := newDesk(t)
	answer := d.offer(t.Context(), "a\x1b[2J\u202etxt.exe")
	d.seen(t, "Accept?")
	wantIn(t, d.err.String(), "Anna ("+anna.ID.Short()+", linux) wants to send 1 file, 4.10 kB:",
		`  a\x1b[2J\u202etxt.exe  4.10 kB — WARNING: its name hides what it is`, "to /inbox (1.07 GB free)")
	d.typeLine(t, "perhaps")
	d.seen(t, "Please answer y or n.")
	d.typeLine(t, "n")
	answerOf(t, answer)
}

func TestLinksOfAnOfferSayWhereTheyPoint(t *testing.T) {
	text := offerText(netcore.Offer{Peer: anna, Links: 1, Folders: 1, Inbox: "/inbox", Free: -1, Top: []netcore.Entry{
		{Path: "latest", Kind: netcore.Link, Target: "v2\x1b"}, {Path: "v2", Kind: netcore.Folder},
	}})
	wantIn(t, text, "wants to send 1 folder and 1 link, 0 B:", `  latest -> v2\x1b  link`, "  v2/  0 B")
}

func TestOfferSaysWhatIsAProgram(t *testing.T) {
	text := offerText(netcore.Offer{Peer: anna, Files: 6, Inbox: "/inbox", Free: -1, Top: []netcore.Entry{
		{Path: "setup.exe", Size: 5}, {Path: "tool", Exec: true}, {Path: "run.sh"}, {Path: "bill.xlsm"}, {Path: "bill.pdf.exe"},
		{Path: "Game.app", Kind: netcore.Folder}, {Path: "bill.pdf", Exec: true},
	}})
	wantIn(t, text, "  setup.exe  5 B — a program\n", "  tool  0 B — a program\n", "  run.sh  0 B — a script", "  bill.xlsm  0 B — a document that can hold",
		"  bill.pdf.exe  0 B — WARNING: its name hides what it is\n", "  Game.app/  0 B — a program\n", "  bill.pdf  0 B\n")
}

func TestAskQueuesOffers(t *testing.T) {
	d := newDesk(t)
	first := d.offer(t.Context(), "first.txt")
	d.seen(t, "first.txt")
	second := d.offer(t.Context(), "second.txt")
	if strings.Contains(d.err.String(), "second.txt") {
		t.Error("two questions at once")
	}
	d.typeLine(t, "y")
	d.seen(t, "second.txt")
	d.typeLine(t, "n")
	if !answerOf(t, first) || answerOf(t, second) {
		t.Error("answers went to the wrong offers")
	}
}

func TestAskWithdrawnOffer(t *testing.T) {
	d := newDesk(t)
	ctx, withdraw := context.WithCancel(t.Context())
	first := d.offer(ctx, "first.txt")
	d.seen(t, "first.txt")
	second := d.offer(t.Context(), "second.txt")
	withdraw()
	if answerOf(t, first) {
		t.Error("a withdrawn offer was accepted")
	}
	d.seen(t, "has ended before it was answered")
	d.seen(t, "second.txt")
	d.typeLine(t, "y")
	if !answerOf(t, second) {
		t.Error("the next offer was not asked about")
	}
}

func TestAskForgetsWhatWasTypedBefore(t *testing.T) {
	d := newDesk(t)
	d.typeLine(t, "y")
	// The pipe takes this key when the line before it has been dealt with.
	if _, err := io.WriteString(d.keys, "n"); err != nil {
		t.Fatal(err)
	}
	answer := d.offer(t.Context(), "a.txt")
	d.seen(t, "Accept?")
	d.typeLine(t, "")
	if answerOf(t, answer) {
		t.Error("a line that was typed before the question answered it")
	}
}

func TestAskTooSoon(t *testing.T) {
	d := newDesk(t)
	d.asker.reading = time.Hour
	answer := d.offer(t.Context(), "a.txt")
	d.seen(t, "Accept?")
	d.typeLine(t, "y")
	eventually(t, "asked again", func() bool { return strings.Count(d.err.String(), "Accept?") == 2 })
	select {
	case <-answer:
		t.Error("a line that nobody can have typed for this question answered it")
	default:
	}
	d.keys.Close()
	if answerOf(t, answer) {
		t.Error("accepted at the end of input")
	}
}

func TestAskAtTheEndOfInput(t *testing.T) {
	d := newDesk(t)
	d.keys.Close()
	if answerOf(t, d.offer(t.Context(), "a.txt")) {
		t.Error("accepted without anybody to ask")
	}
}
