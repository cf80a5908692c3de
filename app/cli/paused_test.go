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

func TestWhatAPausedTransferWaitsFor(t *testing.T) {
	full, held := failedWith(netcore.ErrNoSpace, true), failedWith(netcore.ErrPaused, true)
	b := events(false, globals{}, outgoing(netcore.Running), outgoing(netcore.Paused, held),
		outgoing(netcore.Paused, held), outgoing(netcore.Paused, full), outgoing(netcore.Running),
		outgoing(netcore.Paused, failedWith(netcore.ErrPaused, false)))
	want := "Interrupted: notes.txt to Bob: it is paused on the other device; it goes on when somebody there lets it\n" +
		"Interrupted: notes.txt to Bob: there is not enough free space on the other device; it goes on by itself when there is room\n" +
		"Going on: notes.txt to Bob\n" +
		"Interrupted: notes.txt to Bob: it is paused here; it goes on when somebody here lets it\n"
	if got := b.err.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// What an earlier run left appears as paused, without an offer before it.
func TestATransferOfAnEarlierRun(t *testing.T) {
	lost := func(t *netcore.Transfer) { t.Err = &netcore.Error{Err: netcore.ErrOffline} }
	b := events(false, globals{}, incoming(1, netcore.Paused, lost), incoming(1, netcore.Running), incoming(1, netcore.Done))
	want := "Unfinished from before: notes.txt from Anna; it goes on by itself\nGoing on: notes.txt from Anna\n"
	if got := b.err.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	wantIn(t, b.out.String(), "Received notes.txt from Anna")
}

// What this run leaves is told when it ends, and once.
func TestATransferThatThisRunLeaves(t *testing.T) {
	for _, test := range []struct {
		end  netcore.Transfer
		want string
	}{
		{outgoing(netcore.Running), "Unfinished: notes.txt to Bob; the same command goes on with it\n"},
		{outgoing(netcore.Paused, failedWith(netcore.ErrShutdown, false)), "Unfinished: notes.txt to Bob; the same command goes on with it\n"},
		{incoming(1, netcore.Paused, failedWith(netcore.ErrShutdown, false)), "Unfinished: notes.txt from Anna; it goes on when this device receives again\n"},
		{outgoing(netcore.Offered), ""},
		{outgoing(netcore.Cancelled), "Not sent: notes.txt to Bob: it was cancelled\n"},
	} {
		b := newBench(&fakeNode{})
		v := newView(newProgram(b.host, globals{}))
		begun := test.end
		begun.State, begun.Err = netcore.Running, nil
		v.show(happening{begun.Started, netcore.TransferChanged{Transfer: begun}})
		v.show(happening{begun.Started, netcore.TransferChanged{Transfer: test.end}})
		v.unfinished()
		if got := b.err.String(); got != test.want {
			t.Errorf("%s: %q, want %q", test.end.State, got, test.want)
		}
	}
}

// Of a folder that is there for the most part, what is missing is told once,
// when both have compared all of it.
func TestWhatIsThereAlreadyIsToldOnce(t *testing.T) {
	at := func(files, found int, moved int64) netcore.Transfer {
		return outgoing(netcore.Running, func(t *netcore.Transfer) {
			t.Files, t.Bytes, t.FoundFiles, t.DoneFiles = 318, 318000, found, files
			t.Found, t.DoneBytes, t.ChangedCount = int64(found)*1000, int64(found)*1000+moved, 2
		})
	}
	b := events(false, globals{}, at(0, 0, 0), at(100, 100, 0), at(312, 312, 0), at(312, 312, 1), at(313, 312, 1000))
	want := "notes.txt to Bob: 312 of 318 files already there, sending 6\n" +
		"notes.txt to Bob: 2 files changed since they were offered and are sent anew\n"
	if got := b.err.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestTheEndTellsWhatWasThereAndTheReceipt(t *testing.T) {
	b := events(false, globals{}, outgoing(netcore.Done, func(t *netcore.Transfer) {
		t.Found, t.FoundFiles, t.DoneFiles, t.ChangedCount = 500, 312, 318, 1
		t.Receipt = &netcore.Receipt{Root: []byte("0123456789")}
	}))
	wantIn(t, b.out.String(), "318 files, 2.00 kB, of which 500 B were there already (with 312 whole files), "+
		"1 file changed since it was offered and is sent anew; receipt 3031323334353637\n")
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
