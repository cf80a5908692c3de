package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"ferry/netcore"
	"ferry/netcore/plain"
)

// readingTime is the least time that a person needs to take in a question. A
// line that comes sooner was meant for something else, most likely for a
// question that was withdrawn at that moment.
const readingTime = 250 * time.Millisecond

func acceptEverything(context.Context, netcore.Offer) netcore.Answer {
	return netcore.Answer{Accept: true}
}

// declineAsked is the decider of --accept trusted: what the rule of a device accepts was accepted before
// anybody is asked, so what is asked about is declined.
func (p *program) declineAsked(_ context.Context, offer netcore.Offer) netcore.Answer {
	p.screen.note("Declined " + contentText(offer.Files, offer.Folders, offer.Links, offer.Bytes) + " from " + peerText(offer.Peer) + ": " + untrustedText(offer))
	return netcore.Answer{}
}

// untrustedText says why an offer is not accepted without asking.
func untrustedText(offer netcore.Offer) string {
	rule := offer.Peer.AutoAccept
	switch {
	case offer.Peer.Verified.IsZero():
		return "this device is not verified (ferry-cli verify)"
	case !rule.On:
		return "nothing of it is accepted without asking (ferry-cli trust)"
	case rule.MaxBytes > 0 && offer.Bytes > rule.MaxBytes:
		return "more than the " + bytesText(rule.MaxBytes) + " that are accepted without asking"
	case rule.FilesOnly && offer.Folders+offer.Links > 0:
		return "only files are accepted without asking"
	}
	return "it is to be asked about"
}

// An asker lets the person at the terminal decide. Offers and comparisons of codes are asked
// about one after the other. A line that is typed while no question stands is not kept
// for the next one.
type asker struct {
	screen  *screen
	reading time.Duration
	turn    chan struct{} // held by what is asked about
	ended   chan struct{} // closed when nothing can be typed any more

	mu    sync.Mutex
	lines chan string // takes what is typed; nil while no question stands
}

func newAsker(p *program) *asker {
	a := &asker{
		screen:  p.screen,
		reading: p.reading,
		turn:    make(chan struct{}, 1),
		ended:   make(chan struct{}),
	}
	// A read from a terminal cannot be called off: this one ends with the
	// process.
	go a.read(p.stdin)
	return a
}

func (a *asker) read(in io.Reader) {
	defer close(a.ended)
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		a.typed(lines.Text())
	}
}

func (a *asker) typed(line string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	select {
	case a.lines <- line:
	default: // nobody asked
	}
}

// expect says where the next lines go.
func (a *asker) expect(lines chan string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lines = lines
}

// begin waits until no other question stands; false if ctx ended first.
func (a *asker) begin(ctx context.Context) bool {
	select {
	case a.turn <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	if ctx.Err() != nil {
		a.end()
		return false
	}
	return true
}

// end lets the next question be asked.
func (a *asker) end() { <-a.turn }

func (a *asker) decide(ctx context.Context, offer netcore.Offer) netcore.Answer {
	if !a.begin(ctx) {
		return netcore.Answer{}
	}
	defer a.end()
	accept := false
	err := a.put(ctx, offerText(offer), "Accept? [y/N] ", "Please answer y or n. ", func(line string) (clear bool) {
		accept, clear = parseAnswer(line)
		return clear
	})
	switch {
	case errors.Is(err, errWithdrawn):
		a.screen.note("The offer of " + peerText(offer.Peer) + " has ended before it was answered.")
	case errors.Is(err, errNobody):
		a.screen.note("Declined: standard input has ended, nobody can be asked any more.")
	}
	return netcore.Answer{Accept: err == nil && accept}
}

// Why a question was not answered.
var (
	errWithdrawn = errors.New("what was asked about is over")
	errNobody    = errors.New("standard input has ended")
)

// put shows text and asks question until understood takes a line for an answer; other is said before the question
// if a line is none.
func (a *asker) put(ctx context.Context, text, question, other string, understood func(line string) bool) error {
	lines := make(chan string, 1)
	a.expect(lines)
	defer a.expect(nil)
	again := ""
	for {
		asked := time.Now()
		a.screen.ask(text, again+question)
		text = ""
		select {
		case line := <-lines:
			a.screen.answered()
			if time.Since(asked) < a.reading {
				continue
			}
			if understood(line) {
				return nil
			}
			again = other
		case <-ctx.Done():
			a.screen.unasked()
			return errWithdrawn
		case <-a.ended:
			a.screen.unasked()
			return errNobody
		}
	}
}

// parseAnswer reads what a person typed. Enter alone means no.
func parseAnswer(line string) (accept, clear bool) {
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return true, true
	case "", "n", "no":
		return false, true
	}
	return false, false
}

const maxListed = 10

// offerText describes an offer to the person who decides on it.
func offerText(offer netcore.Offer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s wants to send %s:\n", peerText(offer.Peer), contentText(offer.Files, offer.Folders, offer.Links, offer.Bytes))
	for i, entry := range offer.Top {
		if i == maxListed {
			fmt.Fprintf(&b, "  and %d more\n", len(offer.Top)-maxListed)
			break
		}
		fmt.Fprintf(&b, "  %s\n", entryText(entry))
	}
	fmt.Fprintf(&b, "to %s%s\n", visible(offer.Inbox), freeText(offer))
	return b.String()
}

// entryText describes one of the entries that were picked, and what it could do.
func entryText(e netcore.Entry) string {
	switch e.Kind {
	case netcore.Folder:
		return visible(e.Path) + "/  " + bytesText(e.Size) + dangerText(riskOf(e))
	case netcore.Link:
		return visible(e.Path) + " -> " + visible(e.Target) + "  link"
	}
	return visible(e.Path) + "  " + bytesText(e.Size) + dangerText(riskOf(e))
}

// riskOf says what danger an entry is.
func riskOf(e netcore.Entry) plain.Danger {
	switch e.Kind {
	case netcore.Folder:
		return plain.FolderRisk(e.Path)
	case netcore.Link:
		return plain.None
	}
	return plain.Risk(cmp.Or(e.Original, e.Path), e.Exec)
}

// dangerText is what people must know of a file before they open it.
func dangerText(d plain.Danger) string {
	switch d {
	case plain.Macros:
		return " — a document that can hold a program"
	case plain.Script:
		return " — a script: opening it runs it"
	case plain.Program:
		return " — a program"
	case plain.Disguised:
		return " — WARNING: its name hides what it is"
	}
	return ""
}

// freeText returns what is known of the space where an offer goes.
func freeText(offer netcore.Offer) string {
	switch {
	case offer.Free < 0:
		return ""
	case offer.Free < offer.Bytes-offer.Holes:
		return " (only " + bytesText(offer.Free) + " free: it does not fit)"
	}
	return " (" + bytesText(offer.Free) + " free)"
}

// peerText names a peer to a person: its name proves nothing, so part of its
// ID stands beside it.
func peerText(peer netcore.Peer) string {
	if peer.System == "" {
		return fmt.Sprintf("%s (%s)", visible(peer.Name), peer.ID.Short())
	}
	return fmt.Sprintf("%s (%s, %s)", visible(peer.Name), peer.ID.Short(), visible(peer.System))
}
