package store

import (
	"errors"
	"reflect"
	"testing"

	"ferry/netcore/internal/identity"
)

func twoStores(t *testing.T) (window, command *Store) {
	t.Helper()
	dir := t.TempDir()
	open := func(owner string) *Store {
		s, _, err := Open(dir, owner)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
	return open("window"), open("command")
}

func set(body string) func([]byte) ([]byte, error) {
	return func([]byte) ([]byte, error) { return []byte(body), nil }
}

func TestVersionTellsOfOtherProcessesOnly(t *testing.T) {
	window, command := twoStores(t)
	version := func() int64 {
		v, err := window.Version()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	before := version()
	if err := window.ChangePeer(identity.PeerID{1}, set("{}")); err != nil {
		t.Fatal(err)
	}
	if version() != before {
		t.Error("its own change is taken for another's")
	}
	if err := command.ChangePeer(identity.PeerID{2}, set("{}")); err != nil {
		t.Fatal(err)
	}
	if version() == before {
		t.Error("another's change is not noticed")
	}
}

// TestChangesAtOnce counts in one row from two processes at once.
func TestChangesAtOnce(t *testing.T) {
	window, command := twoStores(t)
	const each = 50
	id := identity.PeerID{1}
	ends := make(chan error, 2)
	for _, s := range []*Store{window, command} {
		go func() {
			var err error
			for range each {
				err = errors.Join(err, s.ChangePeer(id, func(body []byte) ([]byte, error) { return append(body, 'x'), nil }))
			}
			ends <- err
		}()
	}
	if err := errors.Join(<-ends, <-ends); err != nil {
		t.Fatal(err)
	}
	list, err := window.Peers()
	if err != nil || len(list) != 1 || len(list[0].Body) != 2*each {
		t.Errorf("%v, %v", list, err)
	}
}

func TestChangeThatChangesNothing(t *testing.T) {
	window, _ := twoStores(t)
	id := identity.PeerID{1}
	if err := window.ChangePeer(id, func(body []byte) ([]byte, error) {
		if body != nil {
			t.Errorf("there is %q", body)
		}
		return nil, nil
	}); err != nil {
		t.Fatal(err)
	}
	failed := errors.New("failed")
	if err := window.ChangePeer(id, func([]byte) ([]byte, error) { return []byte("{}"), failed }); !errors.Is(err, failed) {
		t.Errorf("the error is %v", err)
	}
	if list, err := window.Peers(); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

// TestPictures: a picture is kept for as long as its peer is, and the last one only.
func TestPictures(t *testing.T) {
	window, command := twoStores(t)
	anna, stranger := identity.PeerID{1}, identity.PeerID{2}
	has := func(what string, want map[identity.PeerID][]byte) {
		t.Helper()
		if got, err := command.Pictures(); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v", what, got, err)
		}
	}
	none := map[identity.PeerID][]byte{}
	if err := errors.Join(window.ChangePeer(anna, set("{}")), window.SetPicture(stranger, []byte("jpeg"))); err != nil {
		t.Fatal(err)
	}
	has("of a stranger", none)
	if err := errors.Join(window.SetPicture(anna, []byte("first")), window.SetPicture(anna, []byte("second"))); err != nil {
		t.Fatal(err)
	}
	has("after a change", map[identity.PeerID][]byte{anna: []byte("second")})
	if err := window.SetPicture(anna, nil); err != nil {
		t.Fatal(err)
	}
	has("after it was taken away", none)
	if err := errors.Join(window.SetPicture(anna, []byte("third")), window.DropPeer(anna), window.ChangePeer(anna, set("{}"))); err != nil {
		t.Fatal(err)
	}
	has("of one that was forgotten, and is known anew", none)
}
