package netcore_test

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ferry/netcore"
	. "ferry/netcore/netcoretest"
)

// taken is a port of loopback that somebody else listens on until the test ends.
func taken(t *testing.T) (port uint16, free func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free = func() { l.Close() }
	t.Cleanup(free)
	return l.Addr().(*net.TCPAddr).AddrPort().Port(), free
}

func freePort(t *testing.T) uint16 {
	t.Helper()
	port, free := taken(t)
	free()
	return port
}

// TestPortMovesWhileFilesDo: what is on its way arrives, in both directions, the link stands, and who looks for the node later
// finds it at its new port.
func TestPortMovesWhileFilesDo(t *testing.T) {
	slow := func(c *netcore.Config, _ *Recorder) { c.Limits.Upload = 2 << 20 }
	anna, bob := Start(t, "Anna", slow), Start(t, "Bob", slow)
	id := anna.Meet(t, bob)
	big := aFile(t, "big", string(make([]byte, 6<<20)))
	there, back := anna.MustSend(t, id, big), bob.MustSend(t, anna.Self().ID, big)
	for h, id := range map[*Host]netcore.TransferID{anna: there, bob: back} {
		h.WaitTransfer(t, "bytes to move", func(tr netcore.Transfer) bool { return tr.ID == id && tr.DoneBytes > 0 })
	}
	was, port := bob.Addr(), freePort(t)
	if err := bob.SetPort(port); err != nil {
		t.Fatal(err)
	}
	if got := bob.Addr(); got != netip.AddrPortFrom(was.Addr(), port) || bob.Diagnose().Port != port || bob.Self().Addrs[0] != got {
		t.Errorf("listens on %v, %v", got, bob.Self().Addrs)
	}
	if c, err := net.Dial("tcp", was.String()); err == nil {
		c.Close()
		t.Error("somebody still listens on the old port")
	}
	waitPeer(t, anna, "Bob's new port", id, func(p netcore.Peer) bool {
		return p.Online && slices.Contains(p.Addrs, bob.Addr()) && !slices.Contains(p.Addrs, was)
	})
	for h, id := range map[*Host]netcore.TransferID{anna: there, bob: back} {
		if end := h.WaitFinal(t, id); end.State != netcore.Done {
			t.Errorf("it ended as %v: %v", end.State, end.Err)
		}
	}
	later := anna.MustSend(t, id, aFile(t, "later", "hello"))
	if end := anna.WaitFinal(t, later); end.State != netcore.Done {
		t.Errorf("what was sent later: %v: %v", end.State, end.Err)
	}
	for _, e := range anna.Events() {
		if c, ok := e.(netcore.PeerChanged); ok && c.Peer.ID == id && !c.Peer.Online {
			t.Error("Bob was away for a moment")
		}
	}
	if data, err := os.ReadFile(filepath.Join(bob.Dir, "listening")); err != nil || string(data) != bob.Addr().String()+"\n" {
		t.Errorf("other programs are told %q (%v)", data, err)
	}
	anna.Stop()
	anna = restart(t, anna)
	waitPeer(t, anna, "Bob, at his new port", id, func(p netcore.Peer) bool { return p.Online })
}

// TestPortOfAnother: a port that somebody else has leaves the node where it is.
func TestPortOfAnother(t *testing.T) {
	anna, bob := Start(t, "Anna"), Start(t, "Bob")
	was := bob.Addr()
	port, free := taken(t)
	if err := bob.SetPort(port); !errors.Is(err, netcore.ErrPort) || bob.Addr() != was {
		t.Errorf("listens on %v: %v", bob.Addr(), err)
	}
	id := anna.Meet(t, bob)
	if end := anna.WaitFinal(t, anna.MustSend(t, id, aFile(t, "a.txt", "hello"))); end.State != netcore.Done {
		t.Errorf("%v: %v", end.State, end.Err)
	}
	free()
	if err := bob.SetPort(port); err != nil || bob.Addr().Port() != port {
		t.Errorf("once it is free: %v, %v", bob.Addr(), err)
	}
	if err := bob.SetPort(port); err != nil {
		t.Errorf("the same once more: %v", err)
	}
}

// TestPortOfTheStart is one's own, or another if that is taken. The nodes do not run: they would look for others beyond loopback.
func TestPortOfTheStart(t *testing.T) {
	port, free := taken(t)
	listens := func() uint16 {
		n, err := netcore.New(netcore.Config{Dir: t.TempDir(), Inbox: t.TempDir(), Port: port, Handler: new(Recorder)})
		if err != nil {
			t.Fatal(err)
		}
		defer n.Close()
		return n.Addr().Port()
	}
	if got := listens(); got == port || got == 0 {
		t.Errorf("listens on %d, where somebody else does", got)
	}
	free()
	if got := listens(); got != port {
		t.Errorf("listens on %d, want %d", got, port)
	}
}

// TestForgottenOnAConnection: who is forgotten counts as a stranger at once, also on the link that stands.
func TestForgottenOnAConnection(t *testing.T) {
	anna, bob := Start(t, "Anna"), Start(t, "Bob")
	id := anna.Meet(t, bob)
	anna.SetNickname(id, "Bobby")
	bob.SetNickname(anna.Self().ID, "Ann")
	count := func(friends, strangers int) func() bool {
		return func() bool {
			f, s := bob.Visits()
			return f == friends && s == strangers
		}
	}
	Eventually(t, "Anna to be a friend", count(1, 0))
	bob.Forget(anna.Self().ID)
	if !count(0, 1)() {
		t.Error("who is forgotten still has a friend's place")
	}
}
