package main

import (
	"errors"
	"strings"
	"testing"

	"ferry/netcore"
)

func liveScreen() (*bench, *screen) {
	b := newBench(&fakeNode{})
	b.live = true
	b.width = func() int { return 20 }
	return b, newScreen(b.host)
}

// shown plays a terminal: it returns what the lines of text look like in the
// end.
func shown(text string) []string {
	lines := []string{""}
	row := []rune{}
	col := 0
	for _, r := range text {
		switch r {
		case '\n':
			lines = append(lines, "")
			row, col = nil, 0
			continue
		case '\r':
			col = 0
			continue
		}
		for len(row) <= col {
			row = append(row, ' ')
		}
		row[col] = r
		col++
		lines[len(lines)-1] = strings.TrimRight(string(row), " ")
	}
	return lines
}

func TestStatusIsOneLineThatGoesAway(t *testing.T) {
	b, s := liveScreen()
	s.setStatus("10 % of it all")
	s.setStatus("20 %")
	if got := shown(b.err.String()); len(got) != 1 || got[0] != "20 %" {
		t.Errorf("%q", got)
	}
	s.note("a line")
	if got := shown(b.err.String()); len(got) != 2 || got[0] != "a line" || got[1] != "20 %" {
		t.Errorf("%q", got)
	}
	s.setStatus("a status that is much too long for this terminal")
	for _, line := range shown(b.err.String()) {
		if columns(line) > 19 {
			t.Errorf("%q is too long", line)
		}
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
	if got := shown(b.err.String()); len(got) != 2 || got[1] != "" {
		t.Errorf("left behind: %q", got)
	}
}

func TestNoStatusInAPipe(t *testing.T) {
	b := newBench(&fakeNode{})
	s := newScreen(b.host)
	s.setStatus("10 %")
	s.note("a line")
	if got := b.err.String(); got != "a line\n" {
		t.Errorf("%q", got)
	}
}

func TestQuestionStaysBelowOtherLines(t *testing.T) {
	b, s := liveScreen()
	s.setStatus("10 %")
	s.ask("who and what\n", "Accept? ")
	s.setStatus("20 %")
	s.note("a line")
	if got := shown(b.err.String()); len(got) != 3 || got[0] != "who and what" || got[1] != "a line" || got[2] != "Accept?" {
		t.Errorf("%q", got)
	}
	s.answered()
	if !strings.HasSuffix(b.err.String(), "20 %") {
		t.Errorf("the status is not back: %q", b.err.String())
	}
}

type brokenPipe struct{}

var errBroken = errors.New("broken")

func (brokenPipe) Write([]byte) (int, error) { return 0, errBroken }

func TestStandardOutputThatCannotBeWritten(t *testing.T) {
	b := newBench(&fakeNode{})
	b.stdout = brokenPipe{}
	if code := b.run(t, "id"); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	wantIn(t, b.err.String(), "Standard output cannot be written")
}

func TestQueueKeepsStatesAndReplacesProgress(t *testing.T) {
	q := newQueue()
	event := func(id byte, state netcore.State, done int64) netcore.TransferChanged {
		return netcore.TransferChanged{Transfer: netcore.Transfer{ID: netcore.TransferID{id}, State: state, DoneBytes: done}}
	}
	for _, ev := range []netcore.TransferChanged{
		event(1, netcore.Offered, 0), event(1, netcore.Running, 1), event(2, netcore.Running, 1), event(1, netcore.Running, 2),
		event(1, netcore.Running, 3), event(2, netcore.Running, 9), event(1, netcore.Done, 4), event(2, netcore.Failed, 9),
	} {
		q.push(ev)
	}
	q.close()
	q.push(event(3, netcore.Queued, 0)) // too late
	var got []netcore.TransferChanged
	for {
		item, ok := q.pop()
		if !ok {
			break
		}
		got = append(got, item.what.(netcore.TransferChanged))
	}
	want := []netcore.TransferChanged{
		event(1, netcore.Offered, 0), event(1, netcore.Running, 3), event(2, netcore.Running, 9), event(1, netcore.Done, 4), event(2, netcore.Failed, 9),
	}
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i].Transfer.ID != want[i].Transfer.ID || got[i].Transfer.State != want[i].Transfer.State || got[i].Transfer.DoneBytes != want[i].Transfer.DoneBytes {
			t.Errorf("event %d: %+v, want %+v", i, got[i].Transfer, want[i].Transfer)
		}
	}
}

func TestPeerTable(t *testing.T) {
	wide := netcore.Peer{ID: netcore.PeerID{4}, Name: "中文\x1b"}
	lines := peerTable([]netcore.Peer{anna, wide})
	for _, line := range lines[1:] {
		if at := columns(line[:strings.Index(line, "  ")]); at > 9 {
			t.Errorf("%q", line)
		}
	}
	wantIn(t, strings.Join(lines, "\n"), anna.ID.String()+"  yes     192.0.2.1:7776", `中文\x1b  `+wide.ID.String()+"  no")
}
