package netcore_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

// TestPreview: who is asked about an offer can see what it would meet in a folder, and looking
// makes none.
func TestPreview(t *testing.T) {
	src, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "not", "there")
	assorted.Write(t, src)
	type seen struct {
		inbox, elsewhere netcore.Preview
		err              error
	}
	previews := make(chan seen, 1)
	anna := netcoretest.Start(t, "Anna")
	bob := netcoretest.Start(t, "Bob", answering(func(ctx context.Context, o netcore.Offer) (no netcore.Answer) {
		var s seen
		if s.inbox, s.err = o.Preview(ctx, ""); s.err == nil {
			s.elsewhere, s.err = o.Preview(ctx, elsewhere)
		}
		previews <- s
		return no
	}))
	netcoretest.Tree{"album/1.jpg": "one", "album/2.jpg": "another two"}.Write(t, bob.Inbox())
	info, err := os.Stat(filepath.Join(src, "album", "1.jpg"))
	if err == nil {
		err = os.Chtimes(filepath.Join(bob.Inbox(), "album", "1.jpg"), info.ModTime(), info.ModTime())
	}
	if err != nil {
		t.Fatal(err)
	}
	before := netcoretest.Snapshot(t, bob.Inbox())
	anna.MustSend(t, anna.Meet(t, bob), filepath.Join(src, "album"))
	got := <-previews
	if p := got.inbox; got.err != nil || p.There != 1 || p.Bytes != 3 || p.Clashes != 1 || p.Renamed != 0 || p.Free <= 0 ||
		len(p.Examples) != 1 || p.Examples[0] != (netcore.Rename{Path: "album/2.jpg", Local: "album/2 (1).jpg"}) {
		t.Errorf("%+v %v", p, got.err)
	}
	if p := got.elsewhere; p.There+p.Clashes != 0 || p.Free <= 0 {
		t.Errorf("elsewhere: %+v", p)
	}
	if _, err := os.Stat(filepath.Dir(elsewhere)); !os.IsNotExist(err) {
		t.Errorf("the folder that was looked at is there: %v", err)
	}
	if after := netcoretest.Snapshot(t, bob.Inbox()); len(after) != len(before) {
		t.Errorf("before: %q, after: %q", before, after)
	}
}
