package netcore

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"ferry/netcore/internal/link"
	"ferry/netcore/internal/store"
	"ferry/netcore/internal/wire"
)

func loadKnown(t *testing.T, dir string) *known {
	t.Helper()
	s, _, err := store.Open(dir, filepath.Base(t.Name())+time.Now().Format(".000000000"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	k := new(known)
	if err := k.load(s); err != nil {
		t.Fatal(err)
	}
	return k
}

func seen(n int) link.State {
	id := PeerID{byte(n >> 8), byte(n)}
	return link.State{ID: id, Hello: wire.Hello{Name: id.Short()}}
}

// TestNewcomersPushOutNobodyThatMatters meets more peers than are remembered.
func TestNewcomersPushOutNobodyThatMatters(t *testing.T) {
	dir := t.TempDir()
	k := loadKnown(t, dir)
	for n, decide := range []func(*decisions){
		func(d *decisions) { d.Blocked = true },
		func(d *decisions) { d.Verified = moment() },
		func(d *decisions) { d.Nickname = "Ben" },
	} {
		k.meet(seen(n))
		if _, err := k.change(seen(n).ID, decide); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 2 * maxKnown {
		k.meet(seen(100 + n))
	}
	if err := k.write(); err != nil {
		t.Fatal(err)
	}
	for _, k := range []*known{k, loadKnown(t, dir)} {
		if len(k.peers) != 3+maxKnown {
			t.Errorf("%d peers are known", len(k.peers))
		}
		for _, n := range []int{0, 1, 2, 99 + 2*maxKnown} {
			if _, ok := k.get(seen(n).ID); !ok {
				t.Errorf("peer %d was pushed out", n)
			}
		}
	}
}

// TestWhatTheNetworkSaysLeavesDecisionsAlone writes that down before it is known what another process has decided.
func TestWhatTheNetworkSaysLeavesDecisionsAlone(t *testing.T) {
	dir := t.TempDir()
	window := loadKnown(t, dir)
	for n := range 2 {
		window.meet(seen(n))
	}
	if err := window.write(); err != nil {
		t.Fatal(err)
	}
	command := loadKnown(t, dir)
	if _, err := command.change(seen(0).ID, func(d *decisions) { d.Verified, d.Nickname = moment(), "Ben" }); err != nil {
		t.Fatal(err)
	}
	if _, err := command.forget(seen(1).ID); err != nil {
		t.Fatal(err)
	}
	for n := range 2 {
		s := seen(n)
		s.Hello.Name = "a new name"
		window.saw(s)
	}
	if err := window.write(); err != nil {
		t.Fatal(err)
	}
	after := loadKnown(t, dir)
	if a, ok := after.get(seen(0).ID); !ok || a.Verified.IsZero() || a.Nickname != "Ben" || a.Name != "a new name" {
		t.Errorf("of the one that was verified there is %+v", a)
	}
	if a, ok := after.get(seen(1).ID); ok {
		t.Errorf("the one that was forgotten is back: %+v", a)
	}
	list, err := window.reload()
	if err != nil || len(list) != 2 {
		t.Errorf("the window learns of %v, %v", list, err)
	}
	if a, ok := window.get(seen(0).ID); !ok || a.Nickname != "Ben" {
		t.Errorf("the window has %+v", a)
	}
	if list, err := window.reload(); err != nil || len(list) != 0 {
		t.Errorf("the window learns once more of %v, %v", list, err)
	}
}

func TestDecisionsAreBounded(t *testing.T) {
	k := loadKnown(t, t.TempDir())
	k.mu.Lock()
	defer k.mu.Unlock()
	for n := range maxDecided + 3 {
		id := seen(n).ID
		k.peers[id] = &acquaintance{Name: "x", Seen: time.Unix(int64(n), 0), decisions: decisions{Blocked: true}}
		k.bound(id)
	}
	if len(k.peers) != maxDecided || k.peers[seen(0).ID] != nil || k.peers[seen(maxDecided+2).ID] == nil {
		t.Errorf("%d peers are kept", len(k.peers))
	}
}

func TestFold(t *testing.T) {
	for _, same := range [][]string{
		{"Anna", "anna", "ＡＮＮＡ", " Anna ", "An\u200bna", "Anna\ufe0f"},
		{"Zoë", "Zoe\u0308", "ZOË"},
		{"Straße 1", "STRASSE  1", "strasse\u00a01"},
	} {
		for _, name := range same[1:] {
			if fold(name) != fold(same[0]) {
				t.Errorf("%q is %q, and %q is %q", name, fold(name), same[0], fold(same[0]))
			}
		}
	}
	if fold("Anna") == fold("Anne") || fold("Anna 1") == fold("Anna 2") {
		t.Error("different names are taken for the same")
	}
}

// TestNoRoomIsAskedAbout: a rule does not fill the disk.
func TestNoRoomIsAskedAbout(t *testing.T) {
	n := new(Node)
	k := loadKnown(t, t.TempDir())
	n.known.peers = k.peers
	id := seen(1).ID
	k.peers[id] = &acquaintance{decisions: decisions{Verified: moment(), AutoAccept: AutoAccept{On: true}}}
	offer := Offer{Peer: Peer{ID: id}, Files: 1, Bytes: 1, Inbox: t.TempDir()}
	if answer, ok := n.agreedBefore(offer); !ok || !answer.Accept || answer.Dir != offer.Inbox {
		t.Errorf("a small file: %v, %v", answer, ok)
	}
	offer.Bytes = 1 << 62
	if answer, ok := n.agreedBefore(offer); ok {
		t.Errorf("more than there is room for: %v", answer)
	}
	k.peers[id].Blocked = true
	offer.Bytes = 1
	if _, ok := n.agreedBefore(offer); ok {
		t.Error("of a blocked peer")
	}
}

// TestDamagedRowsAreNothing: what is in the database of a peer that is not verified is no rule.
func TestDamagedRowsAreNothing(t *testing.T) {
	for _, body := range []string{
		`{"name":"Anna","auto_accept":{"on":true}}`,
		`{"name":"Anna","verified":"2026-01-01T00:00:00Z","blocked":true,"auto_accept":{"on":true}}`,
	} {
		a, err := readAcquaintance([]byte(body))
		if err != nil || a.AutoAccept.On || !a.Verified.IsZero() {
			t.Errorf("%s is read as %+v, %v", body, a, err)
		}
	}
	if _, err := readAcquaintance([]byte(`{"name":`)); err == nil {
		t.Error("half a row is read")
	}
}

// TestForgottenTrustStaysForgotten lets another process forget a verified peer that this one meets before it hears of
// that: what was decided about it is gone.
func TestForgottenTrustStaysForgotten(t *testing.T) {
	for name, then := range map[string]func(*testing.T, *known){
		"written first": func(t *testing.T, k *known) {},
		"read first": func(t *testing.T, k *known) {
			if _, err := k.reload(); err != nil {
				t.Fatal(err)
			}
			if a, ok := k.get(seen(1).ID); !ok || !a.Verified.IsZero() || a.AutoAccept.On {
				t.Errorf("after the other process's word it is %+v, %v", a, ok)
			}
		},
		"named first": func(t *testing.T, k *known) {
			if _, err := k.change(seen(1).ID, func(d *decisions) { d.Nickname = "Ben" }); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			k := loadKnown(t, dir)
			k.meet(seen(1))
			if _, err := k.change(seen(1).ID, func(d *decisions) {
				d.Verified, d.AutoAccept = moment(), AutoAccept{On: true}
			}); err != nil {
				t.Fatal(err)
			}
			if err := k.write(); err != nil {
				t.Fatal(err)
			}
			if _, err := loadKnown(t, dir).forget(seen(1).ID); err != nil {
				t.Fatal(err)
			}
			k.meet(seen(1))
			then(t, k)
			if err := k.write(); err != nil {
				t.Fatal(err)
			}
			if _, err := k.reload(); err != nil {
				t.Fatal(err)
			}
			for _, k := range []*known{k, loadKnown(t, dir)} {
				if a, ok := k.get(seen(1).ID); !ok || !a.Verified.IsZero() || a.AutoAccept.On {
					t.Errorf("it is %+v, %v; want it known, and no more", a, ok)
				}
			}
		})
	}
}

// TestDecisionsHoldWithoutAStore: a peer is blocked, whatever has become of the database.
func TestDecisionsHoldWithoutAStore(t *testing.T) {
	s, _, err := store.Open(t.TempDir(), t.Name())
	if err != nil {
		t.Fatal(err)
	}
	k := new(known)
	if err := errors.Join(k.load(s), s.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := k.change(seen(1).ID, func(d *decisions) { d.Blocked = true }); err == nil {
		t.Error("nobody is told")
	}
	if a, _ := k.get(seen(1).ID); !a.Blocked {
		t.Error("it is not blocked")
	}
}

// TestUnkeptDecisionsAreKeptLater: what was decided while the database could not be written is neither taken back by what another
// process writes meanwhile, nor forgotten.
func TestUnkeptDecisionsAreKeptLater(t *testing.T) {
	dir := t.TempDir()
	k := loadKnown(t, dir)
	k.meet(seen(1))
	if err := k.write(); err != nil {
		t.Fatal(err)
	}
	broken, _, err := store.Open(t.TempDir(), "broken")
	if err := errors.Join(err, broken.Close()); err != nil {
		t.Fatal(err)
	}
	sound := k.store
	k.store = broken
	if _, err := k.change(seen(1).ID, func(d *decisions) { d.Blocked = true }); err == nil {
		t.Fatal("nobody is told")
	}
	if err := k.write(); err == nil {
		t.Error("it seems to be written")
	}
	k.store = sound
	if _, err := loadKnown(t, dir).change(seen(1).ID, func(d *decisions) { d.Nickname = "Ben" }); err != nil {
		t.Fatal(err)
	}
	if _, err := k.reload(); err != nil {
		t.Fatal(err)
	}
	if a, _ := k.get(seen(1).ID); !a.Blocked {
		t.Error("another process's word has ended the block")
	}
	if err := k.write(); err != nil {
		t.Fatal(err)
	}
	if a, _ := loadKnown(t, dir).get(seen(1).ID); !a.Blocked {
		t.Error("it was not written in the end")
	}
}
