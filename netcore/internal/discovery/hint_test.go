package discovery

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"ferry/netcore/internal/identity"
)

// home is a computer on Wi-Fi and cable.
var home = Network{
	Interfaces: []Interface{
		{Index: 2, Name: "eth0", Prefixes: prefixes("10.77.0.1/24", "fe80::1/64")},
		{Index: 3, Name: "wlan0", Prefixes: prefixes("192.168.1.5/24", "2001:db8:1::5/64", "fe80::2/64"), Wireless: true},
	},
	Local: []netip.Addr{netip.MustParseAddr("10.77.0.1"), netip.MustParseAddr("192.168.1.5"), netip.MustParseAddr("fe80::1")},
}

func TestIDOfText(t *testing.T) {
	a, b := idFor("a"), idFor("b")
	for _, c := range []struct {
		name string
		text []string
		want identity.PeerID
		ok   bool
	}{
		{"ours", textOf(a), a, true},
		{"other order, unknown keys, upper case", []string{"x=y", "", "=", "ID=" + strings.ToUpper(a.String()), "V=1"}, a, true},
		{"the first of two counts", []string{"v=1", "id=" + a.String(), "id=" + b.String(), "v=2"}, a, true},
		{"nothing", nil, identity.PeerID{}, false},
		{"no version", []string{"id=" + a.String()}, identity.PeerID{}, false},
		{"another version", []string{"v=2", "id=" + a.String()}, identity.PeerID{}, false},
		{"no ID", []string{"v=1"}, identity.PeerID{}, false},
		{"a key without a value", []string{"v=1", "id"}, identity.PeerID{}, false},
		{"half an ID", []string{"v=1", "id=" + a.Short()}, identity.PeerID{}, false},
		{"the ID of nobody", []string{"v=1", "id=" + identity.PeerID{}.String()}, identity.PeerID{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := idOf(c.text)
			if ok != c.ok || ok && got != c.want {
				t.Errorf("got %v, %v; want %v, %v", got, ok, c.want, c.ok)
			}
		})
	}
}

func TestAddressesOfAHint(t *testing.T) {
	for _, c := range []struct {
		name string
		ips  []string
		want []string
	}{
		{"on the same network", []string{"10.77.0.2"}, []string{"10.77.0.2"}},
		{"the best first", []string{"172.17.0.1", "fe80::9", "192.168.1.9"},
			[]string{"192.168.1.9", "fe80::9%eth0", "fe80::9%wlan0", "172.17.0.1"}},
		{"a public one on the same network", []string{"2001:db8:1::9", "2001:db8:2::9"}, []string{"2001:db8:1::9"}},
		{"IPv4 in an IPv6 coat", []string{"::ffff:10.77.0.2"}, []string{"10.77.0.2"}},
		{"private ones elsewhere", []string{"fd00::1", "10.1.2.3", "169.254.1.1"}, []string{"fd00::1", "10.1.2.3", "169.254.1.1"}},
		{"twice the same", []string{"10.77.0.2", "10.77.0.2"}, []string{"10.77.0.2"}},
		{"the internet", []string{"8.8.8.8", "2606:4700::1111"}, nil},
		{"nobody", []string{"127.0.0.1", "::1", "0.0.0.0", "::", "224.0.0.251", "ff02::fb"}, nil},
		{"broken", []string{"", "not an address"}, nil},
		{"too many", []string{"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6", "10.77.0.2"},
			[]string{"10.77.0.2", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, addr := range Sensible(addrsOf(c.ips...), home) {
				got = append(got, addr.String())
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestSightingOf(t *testing.T) {
	own, other := idFor("own"), idFor("other")
	for _, c := range []struct {
		name string
		id   identity.PeerID
		port uint16
		addr string
		ok   bool
	}{
		{"a node", other, 7776, "10.77.0.2", true},
		{"another node on this computer", other, 7777, "10.77.0.1", true},
		{"ourselves", own, 7776, "10.77.0.1", false},
		{"somebody who says that he is us", own, 7776, "10.77.0.2", true},
		{"no port", other, 0, "10.77.0.2", false},
		{"nowhere", other, 7776, "8.8.8.8", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, ok := sightingOf(claimOf(c.id, c.port, c.addr), own, home)
			if ok != c.ok {
				t.Fatalf("got %v, %v", s, ok)
			}
			want := netip.AddrPortFrom(netip.MustParseAddr(c.addr), c.port)
			if s.Calling {
				t.Error("it is taken for a call")
			}
			if ok && (s.ID != c.id || !slices.Equal(s.Addrs, []netip.AddrPort{want})) {
				t.Errorf("got %v", s)
			}
		})
	}
}

// FuzzClaims holds what is promised of a Sighting against whatever a neighbour may send.
func FuzzClaims(f *testing.F) {
	own := idFor("own")
	pack := func(records ...dns.RR) []byte {
		m := &dns.Msg{MsgHdr: dns.MsgHdr{Response: true}, Compress: true, Answer: records}
		packet, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		return packet
	}
	good := pack(invented("x")...)
	f.Add(good)
	f.Add(good[:len(good)-3])
	f.Add(pack(slices.Concat(invented("x"), invented("y"))...))
	f.Add(append(slices.Clone(good[:12]), 0xc0, 12, 0, 12, 0, 1))
	ourselves := invented("own")
	ourselves[3].(*dns.A).A = net.IPv4(10, 77, 0, 1)
	f.Add(pack(ourselves...))
	f.Fuzz(func(t *testing.T, packet []byte) {
		if n := questionsIn(packet, 10); n > 10 {
			t.Errorf("%d questions, of which 10 were enough", n)
		}
		claims := claimsOf(packet)
		if len(claims) > maxClaims {
			t.Fatalf("%d claims", len(claims))
		}
		for _, c := range claims {
			s, ok := sightingOf(c, own, home)
			if !ok {
				continue
			}
			if s.ID.IsZero() || len(s.Addrs) < 1 || len(s.Addrs) > MaxAddrs || len(c.addrs) > maxHosts {
				t.Fatalf("%v", s)
			}
			for i, ap := range s.Addrs {
				if ap.Port() != c.port || c.port == 0 || slices.Contains(s.Addrs[:i], ap) {
					t.Errorf("%v: %v", s, ap)
				}
				checkDialable(t, ap.Addr())
			}
		}
	})
}

func checkDialable(t *testing.T, addr netip.Addr) {
	t.Helper()
	local := addr.IsPrivate() || addr.IsLinkLocalUnicast() || home.onLink(addr)
	if !addr.IsValid() || addr.Is4In6() || addr.IsLoopback() || addr.IsMulticast() || addr.IsUnspecified() || !local {
		t.Errorf("%v is nothing to dial", addr)
	}
	needsZone := addr.Is6() && addr.IsLinkLocalUnicast()
	if needsZone != slices.Contains(home.Names(), addr.Zone()) {
		t.Errorf("%v: zone %q", addr, addr.Zone())
	}
}

func claimOf(id identity.PeerID, port uint16, addrs ...string) claim {
	return claim{label: id.Short() + "-0badcafe", text: textOf(id), port: port, addrs: addrsOf(addrs...)}
}

func addrsOf(list ...string) []netip.Addr {
	var out []netip.Addr
	for _, s := range list {
		addr, _ := netip.ParseAddr(s) // not valid for what is none
		out = append(out, addr)
	}
	return out
}

func prefixes(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}
