package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"ferry/netcore"
)

func somePast() []netcore.Transfer {
	at := time.Date(2026, 11, 20, 16, 5, 0, 0, time.Local)
	begun := func(t *netcore.Transfer) { t.Started = at }
	return []netcore.Transfer{
		outgoing(netcore.Done, begun, func(t *netcore.Transfer) {
			t.Receipt = &netcore.Receipt{Files: 1, Bytes: 2000, Root: []byte("0123456789abcdef0123456789abcdef")}
		}),
		incoming(2, netcore.Done, begun, func(t *netcore.Transfer) { t.Names, t.FailedCount = []string{"a\x1b", "b"}, 2 }),
		outgoing(netcore.Failed, begun, failedWith(netcore.ErrNoSpace, true)),
		incoming(4, netcore.Declined, begun),
	}
}

func TestHistoryIsALineForEachTransfer(t *testing.T) {
	b := newBench(&fakeNode{past: somePast()})
	if code := b.run(t, "history", "-n", "7"); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	want := "07000000  2026-11-20 16:05  sent      notes.txt to Bob: done: 1 file, 2.00 kB; receipt 3031323334353637\n" +
		"02000000  2026-11-20 16:05  received  a\\x1b and 1 more from Anna: done, 2 entries failed: 1 file, 2.00 kB\n" +
		"07000000  2026-11-20 16:05  sent      notes.txt to Bob: failed (there is not enough free space on the other device): 1 file, 2.00 kB\n" +
		"04000000  2026-11-20 16:05  received  notes.txt from Anna: declined: 1 file, 2.00 kB\n"
	if got := b.out.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if b.node.query.Limit != 7 || !b.node.cfg.Hidden || !b.node.closed {
		t.Errorf("asked for %d, hidden: %v, closed: %v", b.node.query.Limit, b.node.cfg.Hidden, b.node.closed)
	}
}

func TestHistoryInJSON(t *testing.T) {
	b := newBench(&fakeNode{past: somePast()})
	b.run(t, "--json", "history")
	var object struct {
		Event     string
		Transfers []struct {
			State   string
			Receipt *jsonReceipt
		}
	}
	if err := json.Unmarshal([]byte(b.out.String()), &object); err != nil {
		t.Fatal(err)
	}
	if object.Event != "history" || len(object.Transfers) != 4 || b.node.query.Limit != defaultHistory {
		t.Fatalf("got %+v, asked for %d", object, b.node.query.Limit)
	}
	if r := object.Transfers[0].Receipt; r == nil || !strings.HasPrefix(r.Root, "30313233") || len(r.Root) != 64 {
		t.Errorf("the receipt is %+v", r)
	}
	if object.Transfers[1].Receipt != nil || object.Transfers[3].State != "declined" {
		t.Errorf("got %+v", object.Transfers)
	}
}

func TestNoHistory(t *testing.T) {
	b := newBench(&fakeNode{})
	b.run(t, "history")
	wantIn(t, b.err.String(), "Nothing has been sent or received yet.")
	if b.out.String() != "" {
		t.Errorf("printed %q", &b.out)
	}
}

func TestHistorySearches(t *testing.T) {
	b := newBench(&fakeNode{})
	b.run(t, "history", "--search", "Not\x1b")
	if b.node.query.Text != "Not\x1b" {
		t.Errorf("searched for %q", b.node.query.Text)
	}
	wantIn(t, b.err.String(), `Nothing that was sent or received has Not\x1b in its name`)
}

func TestHistoryDeletes(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		past []netcore.Transfer
		code int
		drop int
		said string
	}{
		{"one", []string{"--delete", "02000000"}, somePast(), exitOK, 1, "Deleted 1 transfer from the history; the files stay"},
		{"two", []string{"--delete", "02000000", "--delete", "0400000000"}, somePast(), exitOK, 2, "Deleted 2 transfers"},
		{"all", []string{"--delete", "all"}, somePast(), exitOK, 4, "Deleted 4 transfers"},
		{"all of nothing", []string{"--delete", "all"}, nil, exitOK, 0, "Deleted 0 transfers"},
		{"unknown", []string{"--delete", "02000000", "--delete", "ffffffff"}, somePast(), exitFailed, 0, "There is no transfer ffffffff"},
		{"several", []string{"--delete", "07000000"}, somePast(), exitFailed, 0, "Several transfers begin with 07000000"},
		{"too short", []string{"--delete", "0"}, somePast(), exitUsage, 0, "must be an ID"},
		{"with search", []string{"--delete", "all", "--search", "x"}, somePast(), exitUsage, 0, "goes with no --search"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(&fakeNode{past: test.past})
			if code := b.run(t, append([]string{"history"}, test.args...)...); code != test.code || len(b.node.dropped) != test.drop {
				t.Errorf("exit code %d, dropped %d", code, len(b.node.dropped))
			}
			wantIn(t, b.out.String()+b.err.String(), test.said)
		})
	}
}
