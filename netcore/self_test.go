package netcore_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

// TestSetName renames a node that a peer sees: its card changes, and it never goes.
func TestSetName(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	id := anna.Meet(t, bob)
	bob.SetName(" Bob's \n laptop")
	anna.Wait(t, "the new name", func(e netcore.Event) bool {
		c, ok := e.(netcore.PeerChanged)
		return ok && c.Peer.ID == id && c.Peer.Name == "Bob's laptop" && c.Peer.Online
	})
	for _, e := range anna.Events() {
		if c, ok := e.(netcore.PeerChanged); ok && c.Peer.ID == id && !c.Peer.Online {
			t.Error("Bob counted as gone")
		}
	}
	bob.Wait(t, "news of itself", isSelfChanged)
	if got := bob.Self().Name; got != "Bob's laptop" {
		t.Errorf("it calls itself %q", got)
	}
	if got := anna.Known(); len(got) != 1 || got[0].Name != "Bob's laptop" {
		t.Errorf("Anna remembers %+v", got)
	}
	bob.SetName("")
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	if got := bob.Self().Name; got != strings.TrimSuffix(host, ".local") {
		t.Errorf("without a name, it calls itself %q, not %q", got, host)
	}
}

func isSelfChanged(e netcore.Event) bool { _, ok := e.(netcore.SelfChanged); return ok }

// TestSetInbox changes the inbox between two transfers.
func TestSetInbox(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	src := t.TempDir()
	netcoretest.Tree{"a.txt": "a", "b.txt": "b"}.Write(t, src)
	id := anna.Meet(t, bob)
	bob.WaitFinal(t, anna.MustSend(t, id, filepath.Join(src, "a.txt")))
	first, second := bob.Inbox(), filepath.Join(t.TempDir(), "new", "inbox")
	if err := bob.SetInbox(second); err != nil {
		t.Fatal(err)
	}
	got := bob.WaitFinal(t, anna.MustSend(t, id, filepath.Join(src, "b.txt")))
	if bob.Inbox() != second || got.Dir != second {
		t.Errorf("the inbox is %q, and the file went to %q; want %q", bob.Inbox(), got.Dir, second)
	}
	for dir, want := range map[string]string{first: "a.txt", second: "b.txt"} {
		list, err := os.ReadDir(dir)
		if err != nil || len(list) != 1 || list[0].Name() != want {
			t.Errorf("in %s there is %v, %v; want %s", dir, list, err, want)
		}
	}
	file := filepath.Join(src, "a.txt")
	for _, bad := range []string{"relative", filepath.Join(file, "inbox"), file} {
		if err := bob.SetInbox(bad); !errors.Is(err, netcore.ErrUnwritten) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if bob.Inbox() != second {
		t.Errorf("after what cannot be, the inbox is %q", bob.Inbox())
	}
}

// TestUnknownVisibilityHides: a slip must not show anybody to all.
func TestUnknownVisibilityHides(t *testing.T) {
	if _, err := netcore.New(netcore.Config{Dir: t.TempDir(), Handler: new(netcoretest.Recorder), Visibility: "nobdy"}); err == nil {
		t.Error("a node with a visibility that there is not")
	}
	bob := netcoretest.Start(t, "Bob")
	bob.SetVisibility("nobdy", 0)
	if v, _ := bob.Visibility(); v != netcore.VisibleToNone {
		t.Errorf("visible to %q", v)
	}
}

// TestRenew gives a running node another identity for its next start, and only that.
func TestRenew(t *testing.T) {
	bob := netcoretest.Start(t, "Bob")
	before := bob.Self().ID
	old, err := bob.Renew()
	if err != nil || bob.Self().ID != before {
		t.Fatalf("it is another device at once, or %v", err)
	}
	if _, err := os.Stat(old); err != nil {
		t.Errorf("the old key is not kept: %v", err)
	}
	bob.Stop()
	again := netcoretest.Start(t, "Bob", func(cfg *netcore.Config, _ *netcoretest.Recorder) { cfg.Dir = bob.Dir })
	if again.Self().ID == before {
		t.Error("it is the same device after its next start")
	}
}
