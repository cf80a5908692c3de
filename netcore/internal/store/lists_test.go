package store

import (
	"bytes"
	"testing"
	"time"
)

// TestListsFit keeps the lists that were put last, as far as there is room for them, and none of a transfer that is forgotten.
func TestListsFit(t *testing.T) {
	s := open(t, t.TempDir(), "me")
	s.maxLists = 100_000
	put := func(i, size int) {
		t.Helper()
		tr := aTransfer(i)
		if err := s.PutList(tr.ID, bytes.Repeat([]byte{byte(i)}, size)); err != nil {
			t.Fatal(err)
		}
		tr.Ended = time.Unix(1_700_000_100, 0)
		if err := s.Put(tr); err != nil {
			t.Fatal(err)
		}
	}
	there := func(want ...int) {
		t.Helper()
		for i := range 6 {
			list, err := s.List(aTransfer(i).ID)
			if err != nil {
				t.Fatal(err)
			}
			expected := false
			for _, w := range want {
				expected = expected || w == i
			}
			if (len(list) > 0) != expected || len(list) > 0 && list[0] != byte(i) {
				t.Errorf("list %d has %d bytes; the lists of %v are to be there", i, len(list), want)
			}
		}
	}
	put(1, 40_000)
	put(2, 50_000)
	put(3, 100)
	there(1, 2, 3)
	put(1, 40_000) // once more: now it is the newest
	put(4, 30_000)
	there(1, 3, 4)
	if err := s.Drop(aTransfer(4).ID); err != nil {
		t.Fatal(err)
	}
	there(1, 3)
	if err := s.Prune(1, time.Time{}); err != nil {
		t.Fatal(err)
	}
	there(3)
}
