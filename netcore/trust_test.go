package netcore_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"ferry/netcore"
	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/wire"
	. "ferry/netcore/netcoretest"
)

// waitPeer waits until h is told that a peer is as ok wants it.
func waitPeer(t *testing.T, h *Host, what string, id netcore.PeerID, ok func(netcore.Peer) bool) {
	t.Helper()
	h.Wait(t, what, func(e netcore.Event) bool {
		c, is := e.(netcore.PeerChanged)
		return is && c.Peer.ID == id && ok(c.Peer)
	})
}

// sees reports whether h lists a peer as online.
func sees(h *Host, id netcore.PeerID) bool {
	return slices.ContainsFunc(h.Peers(), func(p netcore.Peer) bool { return p.ID == id })
}

func aFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBlocked(t *testing.T) {
	deciding := make(chan struct{})
	a := Start(t, "Anna", func(_ *netcore.Config, r *Recorder) {
		r.Answer = func(ctx context.Context, _ netcore.Offer) netcore.Answer {
			close(deciding)
			<-ctx.Done()
			return netcore.Answer{Accept: true}
		}
	})
	b := Start(t, "Ben")
	id := a.Meet(t, b)
	waitPeer(t, b, "Anna", a.Self().ID, func(p netcore.Peer) bool { return p.Online })
	sent := b.MustSend(t, a.Self().ID, aFile(t, "a.txt", "hello"))
	<-deciding

	a.Block(id)
	if end := b.WaitFinal(t, sent); end.State == netcore.Done {
		t.Errorf("what was under way has arrived: %v", end.State)
	}
	waitPeer(t, b, "Anna to be gone", a.Self().ID, func(p netcore.Peer) bool { return !p.Online })
	waitPeer(t, a, "the blocked one", id, func(p netcore.Peer) bool { return p.Blocked && !p.Online })
	if sees(a, id) || !known(a, id).Blocked {
		t.Errorf("a blocked peer is listed (%v) or not known (%+v)", sees(a, id), known(a, id))
	}
	if end := b.WaitFinal(t, b.MustSend(t, a.Self().ID, aFile(t, "b.txt", "hello again"))); !errors.Is(end.Err, netcore.ErrUntrusted) {
		t.Errorf("a later offer ends with %v", end.Err)
	}
	if end := a.WaitFinal(t, a.MustSend(t, id, aFile(t, "c.txt", "hello"))); !errors.Is(end.Err, netcore.ErrUntrusted) {
		t.Errorf("what is sent to a blocked peer ends with %v", end.Err)
	}
	if _, err := a.Connect(t.Context(), b.Addr().String()); !errors.Is(err, netcore.ErrUntrusted) {
		t.Errorf("connecting to a blocked peer: %v", err)
	}
	if err := a.Node.Verify(t.Context(), id); !errors.Is(err, netcore.ErrOffline) {
		t.Errorf("comparing codes with a blocked peer: %v", err)
	}

	a.Unblock(id)
	Eventually(t, "the two to find each other again", func() bool { return sees(a, id) && sees(b, a.Self().ID) })
	if p := known(a, id); p.Blocked || p.OwnName != "Ben" {
		t.Errorf("after that it is %+v", p)
	}
}

// TestBlockedHearNoName dials a node under a blocked identity, and lets the node dial that.
func TestBlockedHearNoName(t *testing.T) {
	a := Start(t, "Anna's secret name")
	m := newMallory(t, "Mallory")
	a.Block(m.id.ID())
	for _, purpose := range []wire.Purpose{wire.PurposeLink, wire.PurposeTransfer, wire.PurposeCheck} {
		c, err := conn.Dial(t.Context(), m.config(), a.Addr(), a.Self().ID, purpose)
		if !errors.Is(err, netcore.ErrUntrusted) {
			t.Errorf("dialled for a %s: %+v, %v", purpose, c, err)
		}
	}
	told := make(chan string, 1)
	go func() {
		raw, err := m.listen.Accept()
		if err != nil {
			return
		}
		c, err := conn.Accept(t.Context(), m.config(), raw)
		if err != nil {
			told <- ""
			return
		}
		told <- c.Hello.Name
		c.Close()
	}()
	if _, err := a.Connect(t.Context(), m.addr().String()); !errors.Is(err, netcore.ErrUntrusted) {
		t.Errorf("connecting to it: %v", err)
	}
	if name := <-told; name != "" {
		t.Errorf("it was told %q", name)
	}
}

func TestATicketCountsAsVerified(t *testing.T) {
	a, b := Start(t, "Anna"), Start(t, "Ben")
	id := a.Meet(t, b)
	if !known(a, id).Verified.IsZero() {
		t.Error("an address typed has verified it")
	}
	p, err := a.Connect(t.Context(), b.Ticket()) // over the link that stands
	if err != nil || p.Verified.IsZero() {
		t.Errorf("a scanned ticket gives %+v, %v", p, err)
	}
	waitPeer(t, a, "the verified one", id, func(p netcore.Peer) bool { return !p.Verified.IsZero() })
	if !known(b, a.Self().ID).Verified.IsZero() {
		t.Error("it counts in the other direction, too")
	}
}

func TestAutoAccept(t *testing.T) {
	asked := make(chan netcore.Offer, 8)
	a := Start(t, "Anna", func(_ *netcore.Config, r *Recorder) {
		r.Answer = func(_ context.Context, o netcore.Offer) netcore.Answer {
			asked <- o
			return netcore.Answer{}
		}
	})
	b := Start(t, "Ben")
	id := a.Meet(t, b)
	dir := filepath.Join(t.TempDir(), "from Ben")
	rule := netcore.AutoAccept{On: true, Dir: dir, MaxBytes: 8, FilesOnly: true}
	if err := a.SetAutoAccept(id, rule); !errors.Is(err, netcore.ErrNotVerified) || known(a, id).AutoAccept.On {
		t.Errorf("a rule for a peer that is not verified: %v", err)
	}
	if _, err := a.Connect(t.Context(), b.Ticket()); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]netcore.AutoAccept{
		"a relative folder": {On: true, Dir: "from Ben"},
		"a negative size":   {On: true, MaxBytes: -1},
	} {
		if err := a.SetAutoAccept(id, bad); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if err := a.SetAutoAccept(id, rule); err != nil {
		t.Fatal(err)
	}
	waitPeer(t, b, "Anna", a.Self().ID, func(p netcore.Peer) bool { return p.Online })
	send := func(path string) netcore.State { return b.WaitFinal(t, b.MustSend(t, a.Self().ID, path)).State }
	ruled := func() int {
		n := 0
		for _, got := range a.Transfers() {
			if got.ByRule {
				n++
			}
		}
		return n
	}

	if state := send(aFile(t, "small.txt", "hello")); state != netcore.Done || len(asked) != 0 {
		t.Errorf("what fits the rule: %v, asked %d times", state, len(asked))
	}
	if got, err := os.ReadFile(filepath.Join(dir, "small.txt")); err != nil || string(got) != "hello" {
		t.Errorf("in the folder is %q, %v", got, err)
	}
	folder := filepath.Join(t.TempDir(), "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"too much": aFile(t, "large.txt", "hello, hello"), "a folder": folder} {
		if state := send(path); state != netcore.Declined {
			t.Errorf("%s: %v", name, state)
		}
		<-asked
	}
	if n := ruled(); n != 1 {
		t.Errorf("%d were taken by the rule", n)
	}
	a.Block(id)
	a.Unblock(id)
	if p := known(a, id); p.AutoAccept.On || !p.Verified.IsZero() {
		t.Errorf("after it was blocked, it is %+v", p)
	}
}

func TestNicknames(t *testing.T) {
	a, b := Start(t, "Anna"), Start(t, "desktop-7F3A")
	id := a.Meet(t, b)
	a.SetNickname(id, "  Ben\u202e ")
	waitPeer(t, a, "the nickname", id, func(p netcore.Peer) bool { return p.Name == "Ben" && p.OwnName == "desktop-7F3A" })
	if p, err := a.Find(t.Context(), "ben"); err != nil || p.ID != id {
		t.Errorf("found by its nickname: %v, %v", p.ID, err)
	}
	a.SetNickname(id, "")
	if p := known(a, id); p.Name != "desktop-7F3A" {
		t.Errorf("without it: %q", p.Name)
	}
}

// TestNamesake is a known name under a new key.
func TestNamesake(t *testing.T) {
	a, ben := Start(t, "Anna"), Start(t, "Ben")
	old := a.Meet(t, ben)
	impostor := newMallory(t, "  ＢＥＮ ") // full width
	h := impostor.dial(t, a)
	fresh := impostor.id.ID()
	waitPeer(t, a, "the newcomer", fresh, func(p netcore.Peer) bool { return p.Online && p.Namesake && !p.Doubled })
	if known(a, old).Namesake {
		t.Error("the one that was known before is taken for the newcomer")
	}
	a.SetNickname(old, "Benjamin") // its own name is still Ben
	if p := peerOf(a, fresh); !p.Namesake {
		t.Errorf("a nickname gives the name away: %+v", p)
	}
	a.Forget(old)
	waitPeer(t, a, "both to be strangers", old, func(p netcore.Peer) bool { return !p.Known && p.Namesake && p.Doubled })
	if p := peerOf(a, fresh); !p.Namesake || !p.Doubled {
		t.Errorf("where nobody is known by that name, the other one is %+v", p)
	}
	h.Close()
	waitPeer(t, a, "the name to be clear again", old, func(p netcore.Peer) bool { return !p.Known && !p.Namesake && !p.Doubled })
}

// TestFoundIsNobodyElse: who calls itself like a device that is away, or like an address, does not get what is for that.
func TestFoundIsNobodyElse(t *testing.T) {
	a, ben := Start(t, "Anna"), Start(t, "Ben")
	a.Meet(t, ben)
	ben.Stop()
	for _, name := range []string{"Ben", ben.Addr().String()} {
		impostor := newMallory(t, name)
		impostor.dial(t, a)
		waitPeer(t, a, "the newcomer", impostor.id.ID(), func(p netcore.Peer) bool { return p.Online })
	}
	if p, err := a.Find(t.Context(), "ben"); !errors.Is(err, netcore.ErrAmbiguous) {
		t.Errorf("the name is that of %v, %v", p.ID, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if p, err := a.Find(ctx, ben.Addr().String()); !errors.Is(err, netcore.ErrOffline) {
		t.Errorf("at the address is %v, %v", p.ID, err)
	}
}

// peerOf returns what h says of a peer that is online.
func peerOf(h *Host, id netcore.PeerID) netcore.Peer {
	for _, p := range h.Peers() {
		if p.ID == id {
			return p
		}
	}
	return netcore.Peer{}
}

// beside is a command that uses h's config folder.
func beside(t *testing.T, h *Host) *Host {
	t.Helper()
	return Start(t, "command", func(c *netcore.Config, _ *Recorder) { c.Dir, c.Hidden, c.Listen = h.Dir, true, "" })
}

// TestTrustBesideAnotherProcess lets a command decide while a window runs, and the other way round.
func TestTrustBesideAnotherProcess(t *testing.T) {
	window, ben := Start(t, "Anna"), Start(t, "Ben")
	id := window.Meet(t, ben)
	waitPeer(t, ben, "Anna", window.Self().ID, func(p netcore.Peer) bool { return p.Online })
	command := beside(t, window)
	Eventually(t, "the command to know Ben", func() bool { return known(command, id).Known })

	command.SetNickname(id, "Benjamin")
	waitPeer(t, window, "the command's nickname", id, func(p netcore.Peer) bool { return p.Name == "Benjamin" })
	window.SetNickname(id, "Benny")
	waitPeer(t, command, "the window's nickname", id, func(p netcore.Peer) bool { return p.Name == "Benny" })

	command.Block(id)
	waitPeer(t, window, "the window to block, too", id, func(p netcore.Peer) bool { return p.Blocked })
	waitPeer(t, ben, "Anna to be gone", window.Self().ID, func(p netcore.Peer) bool { return !p.Online })
	if sees(window, id) {
		t.Error("the window still lists it")
	}
	window.Unblock(id)
	waitPeer(t, command, "the command to hear that", id, func(p netcore.Peer) bool { return !p.Blocked && p.Name == "Benny" })
}

// TestNobodyOverwritesAnother lets two processes decide about one peer, each before it has heard of the other's decision.
func TestNobodyOverwritesAnother(t *testing.T) {
	window, ben := Start(t, "Anna"), Start(t, "Ben")
	id := window.Meet(t, ben)
	if _, err := window.Connect(t.Context(), ben.Ticket()); err != nil {
		t.Fatal(err)
	}
	command := beside(t, window)
	Eventually(t, "the command to know Ben", func() bool { return known(command, id).Known })
	rule := netcore.AutoAccept{On: true, MaxBytes: 1 << 20}
	window.SetNickname(id, "Benny")
	if err := command.SetAutoAccept(id, rule); err != nil {
		t.Fatal(err)
	}
	for _, h := range []*Host{window, command} {
		Eventually(t, "both decisions to hold", func() bool {
			p := known(h, id)
			return p.Name == "Benny" && p.AutoAccept == rule && !p.Verified.IsZero()
		})
	}
	ben.SetName("Ben's new laptop") // which the window writes down
	waitPeer(t, window, "the new name", id, func(p netcore.Peer) bool { return p.OwnName == "Ben's new laptop" })
	window.Stop()
	again := beside(t, window)
	if p := known(again, id); p.Name != "Benny" || p.AutoAccept != rule || p.OwnName != "Ben's new laptop" || p.Verified.IsZero() {
		t.Errorf("in the database is %+v", p)
	}
}

// TestForgottenBesideAnotherProcess: what the window still hears of the peer does not bring it back.
func TestForgottenBesideAnotherProcess(t *testing.T) {
	window, ben := Start(t, "Anna"), Start(t, "Ben")
	id := window.Meet(t, ben)
	window.SetNickname(id, "Benny")
	command := beside(t, window)
	Eventually(t, "the command to know Ben", func() bool { return known(command, id).Known })
	command.Forget(id)
	ben.SetName("Ben's new laptop")
	waitPeer(t, window, "it to be forgotten", id, func(p netcore.Peer) bool { return !p.Known && p.Online })
	waitPeer(t, window, "the new name", id, func(p netcore.Peer) bool { return p.Name == "Ben's new laptop" })
	window.Stop()
	if p := known(beside(t, window), id); p.Known {
		t.Errorf("it is back: %+v", p)
	}
}
