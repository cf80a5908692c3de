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
	want := "2026-11-20 16:05  sent      notes.txt to Bob: done: 1 file, 2.00 kB; receipt 3031323334353637\n" +
		"2026-11-20 16:05  received  a\\x1b and 1 more from Anna: done, 2 entries failed: 1 file, 2.00 kB\n" +
		"2026-11-20 16:05  sent      notes.txt to Bob: failed (there is not enough free space on the other device): 1 file, 2.00 kB\n" +
		"2026-11-20 16:05  received  notes.txt from Anna: declined: 1 file, 2.00 kB\n"
	if got := b.out.String(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if b.node.asked != 7 || !b.node.cfg.Hidden || !b.node.closed {
		t.Errorf("asked for %d, hidden: %v, closed: %v", b.node.asked, b.node.cfg.Hidden, b.node.closed)
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
	if object.Event != "history" || len(object.Transfers) != 4 || b.node.asked != defaultHistory {
		t.Fatalf("got %+v, asked for %d", object, b.node.asked)
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
