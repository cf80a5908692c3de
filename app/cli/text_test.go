package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ferry/netcore"
)

func TestBytesText(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.00 kB", 9994: "9.99 kB", 9996: "10.0 kB", 99940: "99.9 kB", 99960: "100 kB",
		999_499: "999 kB", 999_500: "1.00 MB", 1_234_567_890: "1.23 GB", 1 << 62: "4.61 EB",
	} {
		if got := bytesText(n); got != want {
			t.Errorf("bytesText(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestDurationTexts(t *testing.T) {
	for d, want := range map[time.Duration]string{
		1500 * time.Millisecond:                     "1.5 s",
		59 * time.Second:                            "59 s",
		61 * time.Second:                            "1 min 1 s",
		3*time.Hour + 5*time.Minute + 2*time.Second: "3 h 5 min",
	} {
		if got := durationText(d); got != want {
			t.Errorf("durationText(%v) = %q, want %q", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		-1:               "",
		1:                "1 s left",
		15 * time.Second: "15 s left",
		61 * time.Second: "2 min left",
		2*time.Hour + 1:  "2 h 0 min left",
	} {
		if got := leftText(d); got != want {
			t.Errorf("leftText(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestContentText(t *testing.T) {
	for _, test := range []struct {
		files, folders, links int
		want                  string
	}{
		{0, 0, 0, "0 files, 7 B"}, {1, 0, 0, "1 file, 7 B"}, {2, 1, 0, "2 files and 1 folder, 7 B"}, {0, 2, 0, "2 folders, 7 B"},
		{0, 0, 1, "1 link, 7 B"}, {3, 0, 2, "3 files and 2 links, 7 B"}, {318, 2, 1, "318 files, 2 folders and 1 link, 7 B"},
	} {
		if got := contentText(test.files, test.folders, test.links, 7); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func running(name string, change ...func(*netcore.Transfer)) netcore.Transfer {
	t := outgoing(netcore.Running, change...)
	t.Names, t.Bytes, t.DoneBytes, t.Rate, t.Left = []string{name}, 2e9, 5e8, 1e8, 15*time.Second
	return t
}

func paused(name string, change ...func(*netcore.Transfer)) netcore.Transfer {
	t := running(name, append([]func(*netcore.Transfer){failedWith(netcore.ErrLost, false)}, change...)...)
	t.State, t.Rate, t.Left = netcore.Paused, 0, -1
	return t
}

func TestProgressLine(t *testing.T) {
	queued := outgoing(netcore.Queued)
	offered := outgoing(netcore.Offered)
	for _, test := range []struct {
		name   string
		active []netcore.Transfer
		width  int
		want   string
	}{
		{"nothing", nil, 80, ""},
		{"one", []netcore.Transfer{running("film.mkv")}, 80, "film.mkv   25 %  500 MB of 2.00 GB  100 MB/s  15 s left"},
		{"long name", []netcore.Transfer{running("a very long name of a film.mkv")}, 60, "a very long …   25 %  500 MB of 2.00 GB  100 MB/s  15 s left"},
		{"wide name", []netcore.Transfer{running("中文名字很长很长很长.txt")}, 60, "中文名字很长…   25 %  500 MB of 2.00 GB  100 MB/s  15 s left"},
		{"narrow", []netcore.Transfer{running("film of the year.mkv")}, 40, "film of the y…   25 %  500 MB of 2.00 GB"},
		{"narrower", []netcore.Transfer{running("film of the year.mkv")}, 18, "film of th…   25 %"},
		{"narrowest", []netcore.Transfer{running("film of the year.mkv")}, 5, " 25 %"},
		{"hostile name", []netcore.Transfer{running("\x1b[2J")}, 80, `\x1b[2J   25 %  500 MB of 2.00 GB  100 MB/s  15 s left`},
		{"several", []netcore.Transfer{running("a"), queued, running("b")}, 80, "2 transfers   25 %  1.00 GB of 4.00 GB  200 MB/s  15 s left"},
		{"paused", []netcore.Transfer{queued, paused("film.mkv")}, 80, "film.mkv  waiting for Bob   25 %  500 MB of 2.00 GB"},
		{"paused, narrow", []netcore.Transfer{paused("film of the year.mkv")}, 32, "film of…  waiting for Bob   25 %"},
		{"paused there", []netcore.Transfer{paused("a", failedWith(netcore.ErrPaused, true))}, 80, "a  paused by Bob   25 %  500 MB of 2.00 GB"},
		{"paused here", []netcore.Transfer{paused("a", failedWith(netcore.ErrPaused, false))}, 80, "a  paused   25 %  500 MB of 2.00 GB"},
		{"no space", []netcore.Transfer{paused("a", failedWith(netcore.ErrNoSpace, true))}, 80, "a  Bob's disk is full   25 %  500 MB of 2.00 GB"},
		{"one paused, one not", []netcore.Transfer{paused("a"), running("b")}, 80, "b   25 %  500 MB of 2.00 GB  100 MB/s  15 s left"},
		{"queued", []netcore.Transfer{queued}, 80, "Preparing notes.txt…"},
		{"offered", []netcore.Transfer{offered}, 80, "Waiting for Bob to accept notes.txt…"},
		{"asked about", []netcore.Transfer{incoming(1, netcore.Offered)}, 80, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := progressLine(test.active, test.width)
			if got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			if columns(got) > test.width {
				t.Errorf("%d columns in a width of %d", columns(got), test.width)
			}
		})
	}
}

func TestPercentIsFullOnlyAtTheEnd(t *testing.T) {
	for _, test := range []struct {
		t    netcore.Transfer
		want int
	}{
		{netcore.Transfer{Bytes: 1e12, DoneBytes: 1e12 - 1}, 99},
		{netcore.Transfer{Bytes: 10, DoneBytes: 10}, 100},
		{netcore.Transfer{Files: 4, DoneFiles: 1}, 25}, // empty files
		{netcore.Transfer{}, 0},
	} {
		if got := percent(test.t); got != test.want {
			t.Errorf("%+v: %d %%, want %d %%", test.t, got, test.want)
		}
	}
}

// Every kind of error that netcore tells apart has words of its own.
func TestEveryKindHasWords(t *testing.T) {
	seen := make(map[string]error)
	for _, kind := range []error{
		netcore.ErrDeclined, netcore.ErrCancelled, netcore.ErrPaused, netcore.ErrOffline, netcore.ErrLost, netcore.ErrUntrusted, netcore.ErrVersion,
		netcore.ErrProtocol, netcore.ErrBusy, netcore.ErrTimeout, netcore.ErrNoSpace, netcore.ErrCorrupt, netcore.ErrChanged,
		netcore.ErrUnread, netcore.ErrUnwritten, netcore.ErrBadName, netcore.ErrSkipped, netcore.ErrTooLarge, netcore.ErrShutdown, netcore.ErrPeerID,
	} {
		text := reason(fmt.Errorf("wrapped: %w", kind), false, netcore.Incoming)
		if text == internalWords || strings.Contains(text, "wrapped") {
			t.Errorf("%v has no words: %s", kind, text)
		}
		if seen[text] != nil {
			t.Errorf("%v and %v have the same words", kind, seen[text])
		}
		seen[text] = kind
	}
}

func TestErrorsOfTheSystemAreNamed(t *testing.T) {
	_, err := netcore.LoadSettings(t.TempDir() + "/missing\x00")
	text := errorText(err)
	wantIn(t, text, `missing\x00/settings.json: `)
	if strings.Contains(text, "open ") {
		t.Errorf("Go-internal text: %s", text)
	}
}
