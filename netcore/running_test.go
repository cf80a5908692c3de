package netcore_test

import (
	"crypto/tls"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"ferry/netcore"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
	"ferry/netcore/netcoretest"
)

// TestAskRunning asks a node how it is connected, from another program on its config folder.
func TestAskRunning(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	id := anna.Meet(t, bob)
	r, err := netcore.AskRunning(t.Context(), anna.Dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if r.Self.ID != anna.Self().ID || r.Self.Name != "Anna" || r.Diagnosis.Port != anna.Addr().Port() || r.Peer != nil {
		t.Errorf("it says %+v", r)
	}
	if len(r.Peers) != 1 || r.Peers[0].ID != id || r.Peers[0].Name != "Bob" || !r.Peers[0].Online {
		t.Errorf("its peers are %+v", r.Peers)
	}
	r, err = netcore.AskRunning(t.Context(), anna.Dir, "bob")
	if err != nil || r.Peer == nil || r.Peer.Peer.ID != id || !r.Peer.Linked || len(r.Peer.There) == 0 || r.Peer.There[0].Err != nil {
		t.Errorf("of Bob it says %+v, %v", r.Peer, err)
	}
	r, err = netcore.AskRunning(t.Context(), anna.Dir, "Carol")
	if err != nil || r.Peer != nil || !errors.Is(r.PeerErr, netcore.ErrOffline) {
		t.Errorf("of Carol it says %+v, %v, %v", r.Peer, r.PeerErr, err)
	}
	anna.Stop()
	if _, err := netcore.AskRunning(t.Context(), anna.Dir, ""); !errors.Is(err, netcore.ErrOffline) {
		t.Errorf("after its end: %v, want %v", err, netcore.ErrOffline)
	}
}

// TestNobodyElseAsks: a node tells others nothing, and believes no other that its folder names.
func TestNobodyElseAsks(t *testing.T) {
	anna, bob := netcoretest.Start(t, "Anna"), netcoretest.Start(t, "Bob")
	id, err := identity.New()
	if err != nil {
		t.Fatal(err)
	}
	c, err := tls.Dial("tcp", anna.Addr().String(), id.ClientConfig(anna.Self().ID))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s := &stranger{c, wire.NewReader(c)}
	s.control(t, wire.TypeHello, wire.Hello{Purpose: wire.PurposeStatus, Name: "Mallory", Instance: "1"})
	s.control(t, wire.TypeStatus, map[string]string{})
	for {
		got, _, err := s.r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if got == wire.TypeError {
			break
		}
		if got == wire.TypeStatus {
			t.Fatal("it told a stranger")
		}
	}
	for _, text := range []string{bob.Addr().String(), "nonsense", "", "8.8.8.8:99999"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "listening"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := netcore.AskRunning(t.Context(), dir, ""); err == nil {
			t.Errorf("%q: %+v", text, r)
		}
	}
}
