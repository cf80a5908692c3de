package link

import (
	"log/slog"
	"net/netip"
	"testing"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

// FuzzHeard lets a peer say whatever frames may say on a link: what is kept of it stays small, and is
// nothing that this node would never dial.
func FuzzHeard(f *testing.F) {
	id, err := identity.New()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint8(wire.TypeAddrs), []byte(`{"addrs":["192.168.1.9:7776","[fe80::9]:7776","127.0.0.1:1","8.8.8.8:53","192.168.1.9:0"]}`))
	f.Add(uint8(wire.TypeName), []byte(`{"name":"Anna"}`))
	f.Add(uint8(wire.TypeChecked), []byte(`{"results":[{"addr":"192.168.1.9:7776","us":1}]}`))
	f.Add(uint8(wire.TypeCall), make([]byte, 16))
	f.Add(uint8(wire.TypeCancel), wire.AppendCancel(nil, [16]byte{1}, "unreadable"))
	f.Add(uint8(wire.TypePicture), []byte{0xff, 0xd8})
	f.Add(uint8(wire.TypeOffer), []byte(`{}`))
	f.Fuzz(func(t *testing.T, typ uint8, body []byte) {
		m := New(Config{Conn: config("A", id, 1), Changed: func(State) {}, Log: slog.New(slog.DiscardHandler)})
		m.SetNetwork(testNetwork())
		m.ctx, m.ended = t.Context(), true // and so it dials nobody
		what := wire.Type(typ)
		if what == wire.TypeCancel && len(body) < 16 || (what == wire.TypeWake || what == wire.TypeCall) && len(body) != 16 {
			return // package wire sees to that
		}
		p := newPeer(identity.PeerID{1})
		l := newLink(new(conn.Conn))
		l.asking.Store(true)
		for range 3 {
			_ = m.heard(p, l, what, body)
		}
		if len(p.places) > maxAddrs {
			t.Fatalf("%d addresses", len(p.places))
		}
		for _, a := range p.places.best(testNetwork()) {
			addr := a.Addr()
			if a.Port() == 0 || addr.IsLoopback() || addr.IsMulticast() || !addr.IsPrivate() && !addr.IsLinkLocalUnicast() && addr != netip.MustParseAddr("192.168.1.9") {
				t.Errorf("%v is nothing to dial", a)
			}
		}
	})
}
