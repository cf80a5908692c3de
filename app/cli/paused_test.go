package main

import (
	"strings"
	"testing"
	"time"

	"ferry/netcore"
)

// interruptedOnce is what a transfer goes through that ends well after all.
func interruptedOnce() []netcore.Transfer {
	return []netcore.Transfer{
		outgoing(netcore.Running),
		outgoing(netcore.Paused, failedWith(netcore.ErrLost, false)),
		outgoing(netcore.Paused, failedWith(netcore.ErrOffline, false)),
		outgoing(netcore.Running),
		outgoing(netcore.Done),
	}
}

// events tells a view what happens to a transfer, each at its Started time, and
// returns what it printed.
func events(live bool, args globals, transfers ...netcore.Transfer) *bench {
	b := newBench(&fakeNode{})
	b.live = live
	v := newView(newProgram(b.host, args))
	for _, t := range transfers {
		v.show(happening{t.Started, netcore.TransferChanged{Transfer: t}})
	}
	return b
}

func TestAnInterruptionIsALineInAPipe(t *testing.T) {
	b := events(false, globals{}, interruptedOnce()...)
	want := "Interrupted: notes.txt to Bob: the connection was lost; it goes on by itself\n" +
		"Going on: notes.txt to Bob\n"
	if got := b.err.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	wantIn(t, b.out.String(), "Sent notes.txt to Bob")
}

func TestAnInterruptionIsTheStatusOfATerminal(t *testing.T) {
	all := interruptedOnce()
	b := events(true, globals{}, all[:3]...)
	if got := shown(b.err.String()); len(got) != 1 || !strings.HasPrefix(got[0], "notes.txt  waiting for Bob") {
		t.Errorf("shown: %q", got)
	}
	b = events(true, globals{}, all...)
	if got := shown(b.err.String()); len(got) != 1 || got[0] != "" {
		t.Errorf("left behind: %q", got)
	}
}

func TestAnInterruptionIsAStateInJSON(t *testing.T) {
	lost := outgoing(netcore.Paused, failedWith(netcore.ErrLost, false))
	all := interruptedOnce()
	b := events(false, globals{json: true}, append([]netcore.Transfer{all[0], lost}, all[1:]...)...)
	lines := strings.Split(strings.TrimSpace(b.out.String()), "\n")
	wants := []string{
		`"state":"running"`,
		`"error":{"code":"lost","remote":false,"text":"the connection was lost"}`,
		`"error":{"code":"offline","remote":false,"text":"the other device cannot be reached"}`,
		`"state":"running"`,
		`"state":"done"`,
	}
	if len(lines) != len(wants) {
		t.Fatalf("%d lines, want %d:\n%s", len(lines), len(wants), &b.out)
	}
	for i, want := range wants {
		wantIn(t, lines[i], want)
	}
	wantIn(t, lines[1], `"state":"paused"`)
	if strings.Contains(lines[3], `"error"`) {
		t.Errorf("running with an error: %s", lines[3])
	}
}

// What came before an interruption counts as found, so the speed is that of
// what came after it.
func TestTheSpeedIsThatAfterAnInterruption(t *testing.T) {
	var steps []netcore.Transfer
	start := time.Now()
	for i, after := range []time.Duration{0, time.Second, 2 * time.Second, time.Minute, time.Minute + 2*time.Second} {
		step := interruptedOnce()[i]
		step.Started = start.Add(after)
		steps = append(steps, step)
	}
	steps[4].Found = 500
	b := events(false, globals{}, steps...)
	wantIn(t, b.out.String(), "2.00 kB in 2.0 s (750 B/s), of which 500 B were there already")
}
