package netcore

import (
	"reflect"
	"testing"
	"time"

	"ferry/netcore/internal/store"
)

func TestRecordRoundTrip(t *testing.T) {
	want := Transfer{
		ID: TransferID{1}, Direction: Incoming, State: Done,
		Peer:  Peer{ID: PeerID{2}, Name: "Anna", System: "linux"},
		Names: []string{"相册"}, Files: 3, Folders: 2, Links: 1, Bytes: 99, Unwanted: 4,
		DoneFiles: 3, DoneBytes: 99, FoundFiles: 1, Found: 50, Left: -1, ChangedCount: 1,
		Started: time.Unix(1_700_000_000, 123), Ended: time.Unix(1_700_000_100, 456), Active: 7 * time.Second, ByRule: true,
		Dir: "/tmp/in\xffbox", Paths: []string{"/tmp/in\xffbox/相册"},
		FailedCount:   1,
		FailedEntries: []EntryError{{Path: "相册/\\x", Local: "/home/\xce\xc4", Err: ErrUnread, Remote: true}},
		RenamedCount:  1,
		Renamed:       []Rename{{Path: "a", Local: "a (1)", Original: "\xce\xc4"}},
		Receipt:       &Receipt{Files: 2, Bytes: 90, Failed: 1, Root: []byte{1, 2, 3}},
		Err:           &Error{Op: "receive", Peer: "Anna", Path: "b\x00c", Remote: true, Err: ErrLost},
	}
	wantKept := kept{
		Picked: []pick{{Entry: "a/b", Local: "/home/\xce\xc4"}}, List: []byte{4}, Digest: []byte{5},
		Accepted: 7, Waits: time.Unix(1_700_000_050, 0).UTC(), Skip: []byte{1, 2}, Without: []string{"c"}, Held: true, ByRule: true, Confirmed: &Receipt{Files: 1},
	}
	s, err := toStore(want, wantKept)
	if err != nil {
		t.Fatal(err)
	}
	got, gotKept, err := fromStore(s)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if !reflect.DeepEqual(gotKept, wantKept) {
		t.Errorf("got %+v, want %+v", gotKept, wantKept)
	}
}

// Only the time in which it was Running is counted.
func TestWaitingIsNotCountedAsActive(t *testing.T) {
	tr, at := new(tracked), time.Unix(1_700_000_000, 0)
	for _, step := range []struct {
		state State
		after time.Duration
	}{{Offered, 1}, {Running, 60}, {Running, 2}, {Paused, 3}, {Running, 600}, {Done, 4}} {
		before := tr.now.State
		tr.now.State, at = step.state, at.Add(step.after*time.Second)
		tr.clock(before, at)
	}
	if want := 9 * time.Second; tr.now.Active != want {
		t.Errorf("%v, not %v", tr.now.Active, want)
	}
}

// FuzzRecord: whatever is in the database, it is read or refused.
func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"state":"paused","name":"Anna","files":1,"error":{"code":"lost"}}`), false)
	f.Add([]byte(`{"state":"done","dir":"\u0000AAA=","paths":["\u0000!"],"receipt":{}}`), true)
	f.Fuzz(func(t *testing.T, body []byte, ended bool) {
		s := store.Transfer{ID: [16]byte{1}, Started: time.Unix(1, 0), Body: body}
		if ended {
			s.Ended = time.Unix(2, 0)
		}
		got, _, err := fromStore(s)
		if err == nil && got.State.Final() != ended {
			t.Errorf("%v, ended: %v", got.State, ended)
		}
		if err == nil && got.State == Paused && got.Err == nil {
			t.Error("paused, and nobody says why")
		}
	})
}
