package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"ferry/netcore"
)

// A comparer compares codes with a peer. ctx ends when the comparison is off.
type comparer func(ctx context.Context, v *netcore.Verification) netcore.Verdict

// compareNothing is the comparer of a command that has something else to do.
func compareNothing(context.Context, *netcore.Verification) netcore.Verdict {
	return netcore.Undecided
}

// compareNowhere is the comparer where nobody can be asked.
func (p *program) compareNowhere(_ context.Context, v *netcore.Verification) netcore.Verdict {
	p.screen.note(peerText(v.Peer) + " wants to compare codes. Declined: there is no terminal here for that. " +
		"To do it from this side, run: ferry-cli verify " + v.Peer.ID.String())
	return netcore.Undecided
}

// compareWhenAsked is a comparer that does not read from the terminal before it has something to ask: the program
// may be in the background.
func (p *program) compareWhenAsked() comparer {
	asker := sync.OnceValue(func() *asker {
		readInBackground()
		return newAsker(p)
	})
	return func(ctx context.Context, v *netcore.Verification) netcore.Verdict { return asker().compare(ctx, v) }
}

// compare lets the person at the terminal compare the code of v with that on the other screen.
func (a *asker) compare(ctx context.Context, v *netcore.Verification) netcore.Verdict {
	if !a.begin(ctx) {
		return netcore.Undecided
	}
	defer a.end()
	verdict, err := a.judge(ctx, v)
	switch {
	case errors.Is(err, errNobody):
		a.screen.note("Codes were not compared: standard input has ended, nobody can be asked any more.")
	case err != nil && v.Asked:
		a.screen.note("Codes were not compared with " + peerText(v.Peer) + ": " + compareReason(err) + ".")
	case verdict == netcore.Same && v.Asked:
		a.screen.note(visible(v.Peer.Name) + " is verified once the other person says the same.")
	case verdict == netcore.Different && v.Asked:
		a.screen.note(peerText(v.Peer) + " is blocked now. If one of you only misread, run ferry-cli unblock " + v.Peer.ID.String() + " and compare again.")
	}
	return verdict
}

func (a *asker) judge(ctx context.Context, v *netcore.Verification) (verdict netcore.Verdict, err error) {
	if v.Asked {
		willing := false
		text := peerText(v.Peer) + " wants to compare codes with this device, to make sure that nobody sits between the two.\n" +
			"Do it with the other person: face to face, or on the phone.\n"
		err := a.put(ctx, text, "Compare now? [y/N] ", "Please answer y or n. ", func(line string) (clear bool) {
			willing, clear = parseAnswer(line)
			return clear
		})
		if err != nil || !willing {
			return netcore.Undecided, err
		}
	}
	a.screen.setStatus("Waiting for " + visible(v.Peer.Name) + "…")
	code, err := v.Code(ctx)
	a.screen.setStatus("")
	if err != nil {
		return netcore.Undecided, err
	}
	err = a.put(ctx, codeText(v.Peer, code), "The same on both? [same/different/stop] ", "Please type same, different or stop. ",
		func(line string) (clear bool) {
			verdict, clear = parseVerdict(line)
			return clear
		})
	if err != nil {
		return netcore.Undecided, err
	}
	return verdict, nil
}

// codeText shows a code.
func codeText(peer netcore.Peer, code netcore.Code) string {
	var b strings.Builder
	digits := code.Digits
	if len(digits) == 6 {
		digits = digits[:3] + " " + digits[3:]
	}
	fmt.Fprintf(&b, "Compare with what the screen of %s shows:\n\n  %s\n\n ", peerText(peer), digits)
	for _, p := range code.Pictures {
		fmt.Fprintf(&b, " %s %s ", p.Emoji, p.Name)
	}
	return strings.TrimRight(b.String(), " ") + "\n\n"
}

// parseVerdict reads what a person says of two codes. Nothing is taken for granted: Enter alone is no answer.
func parseVerdict(line string) (verdict netcore.Verdict, clear bool) {
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "same", "s":
		return netcore.Same, true
	case "different", "d":
		return netcore.Different, true
	case "stop":
		return netcore.Undecided, true
	}
	return netcore.Undecided, false
}

// compareReason is why there was no code, as the end of a sentence.
func compareReason(err error) string {
	switch {
	case errors.Is(err, errWithdrawn), errors.Is(err, netcore.ErrCancelled), errors.Is(err, netcore.ErrDeclined):
		return "it was stopped on the other device"
	case errors.Is(err, netcore.ErrProtocol):
		return "the other device did not keep to the rules; it may not be what it seems"
	}
	text, _ := reasonAndAdvice(err, false, netcore.Incoming)
	return text
}
