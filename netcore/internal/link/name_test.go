package link

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"ferry/netcore/internal/discovery"
	"ferry/netcore/internal/wire"
)

// rename calls h something else.
func (h *host) rename(name string) {
	h.mu.Lock()
	h.name = name
	h.mu.Unlock()
	h.NameChanged()
}

// TestNameChanges renames a node while it is online, more often than it is heard at once: the last name is
// the one that stays, and it never counts as gone.
func TestNameChanges(t *testing.T) {
	a, b := start(t, "A", newIdentity(t), false), start(t, "B", newIdentity(t), false)
	a.hint(b)
	eventually(t, "A sees B and B sees A", func() bool { return a.sees(b) && b.sees(a) })
	for i := range 10 {
		b.rename(fmt.Sprint("B", i))
	}
	eventually(t, "A reads the last name", func() bool { s, _ := a.Peer(b.id.ID()); return s.Hello.Name == "B9" })
	d := a.Diagnose(b.id.ID())
	if len(d.Links) != 1 || d.Links[0].Hello.Name != "B9" || a.links(b) != 1 {
		t.Errorf("the links are %+v", d.Links)
	}
	for _, s := range a.history() {
		if !s.Online {
			t.Error("B counted as gone")
		}
	}
	a.rename("A2") // the other way, over the same link
	eventually(t, "B reads it", func() bool { s, _ := b.Peer(a.id.ID()); return s.Hello.Name == "A2" })
}

// TestNameChangesBeforeTheLink is a name that changes between the hello and the link.
func TestNameChangesBeforeTheLink(t *testing.T) {
	a, b := start(t, "A", newIdentity(t), false), start(t, "B", newIdentity(t), false)
	c := dialTo(t, a, b.cfg.Conn)
	p, l, err := b.join(c)
	if err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	b.name = "B2" // and nobody says so
	b.mu.Unlock()
	go b.serve(p, l)
	eventually(t, "A reads the new name", func() bool { s, _ := a.Peer(b.id.ID()); return s.Hello.Name == "B2" })
}

// TestNameOfALink is cleaned like any other that a stranger says.
func TestNameOfALink(t *testing.T) {
	a := start(t, "A", newIdentity(t), false)
	id := newIdentity(t)
	cfg := config("B", id, 1)
	c := dialTo(t, a, cfg)
	if err := c.SendControl(wire.TypeName, wire.Name{Name: "\u202eB\n2 "}); err != nil {
		t.Fatal(err)
	}
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the new name", func() bool { s, _ := a.Peer(id.ID()); return s.Hello.Name == "B 2" })
}

// TestInterface tells through which interface a peer is reached, also when that is known only later.
func TestInterface(t *testing.T) {
	a, b := start(t, "A", newIdentity(t), false), start(t, "B", newIdentity(t), false)
	a.hint(b)
	eventually(t, "A sees B", func() bool { return a.sees(b) })
	local := netip.MustParsePrefix("127.0.0.1/8")
	a.SetNetwork(discovery.Network{
		Interfaces: []discovery.Interface{{Name: "wlan0", Wireless: true, Prefixes: []netip.Prefix{local}}},
		Local:      []netip.Addr{local.Addr()},
	})
	told := a.history()
	if last := told[len(told)-1]; last.Interface != "wlan0" || !last.Wireless {
		t.Errorf("told %+v", last)
	}
	if s, _ := a.Peer(b.id.ID()); s.Interface != "wlan0" || !s.Wireless {
		t.Errorf("A knows %+v", s)
	}
	b.stop()
	eventually(t, "A sees B no more", func() bool { return !a.sees(b) })
	if s, _ := a.Peer(b.id.ID()); s.Interface != "" || s.Wireless {
		t.Errorf("of one that is gone, A knows %+v", s)
	}
	if !slices.ContainsFunc(a.history(), func(s State) bool { return !s.Online && s.Interface == "" }) {
		t.Error("nobody was told")
	}
}
