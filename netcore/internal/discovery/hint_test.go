package discovery

import (
	"bytes"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/grandcat/zeroconf"

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
		port int
		addr string
		ok   bool
	}{
		{"a node", other, 7776, "10.77.0.2", true},
		{"another node on this computer", other, 7777, "10.77.0.1", true},
		{"ourselves", own, 7776, "10.77.0.1", false},
		{"somebody who says that he is us", own, 7776, "10.77.0.2", true},
		{"no port", other, 0, "10.77.0.2", false},
		{"a port that cannot be", other, 65536, "10.77.0.2", false},
		{"nowhere", other, 7776, "8.8.8.8", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, ok := sightingOf(entryOf(c.id, c.port, c.addr), own, home)
			if ok != c.ok {
				t.Fatalf("got %v, %v", s, ok)
			}
			want := netip.AddrPortFrom(netip.MustParseAddr(c.addr), uint16(c.port))
			if ok && (s.ID != c.id || !slices.Equal(s.Addrs, []netip.AddrPort{want})) {
				t.Errorf("got %v", s)
			}
		})
	}
}

// FuzzSightingOf holds what is promised of a Sighting against whatever a
// neighbour may send.
func FuzzSightingOf(f *testing.F) {
	own := idFor("own")
	ours := strings.Join(textOf(idFor("other")), "\n")
	f.Add(ours, []byte{10, 77, 0, 2, 127, 0, 0, 1, 8, 8, 8, 8}, netip.MustParseAddr("fe80::9").AsSlice(), 7776)
	f.Add(strings.Join(textOf(own), "\n"), []byte{10, 77, 0, 2}, []byte(nil), 7776)
	f.Add("v=1\nid=\nid", []byte{1}, bytes.Repeat([]byte{0xfe, 0x80}, 40), -1)
	f.Add(ours, bytes.Repeat([]byte{192, 168, 1, 7, 10, 0, 0, 1}, 40), bytes.Repeat([]byte{0}, 32), 1)
	f.Fuzz(func(t *testing.T, text string, v4, v6 []byte, port int) {
		entry := &zeroconf.ServiceEntry{Text: strings.Split(text, "\n"), Port: port}
		for chunk := range slices.Chunk(v4, net.IPv4len) {
			entry.AddrIPv4 = append(entry.AddrIPv4, chunk)
		}
		for chunk := range slices.Chunk(v6, net.IPv6len) {
			entry.AddrIPv6 = append(entry.AddrIPv6, chunk)
		}
		s, ok := sightingOf(entry, own, home)
		if !ok {
			return
		}
		if s.ID.IsZero() || len(s.Addrs) < 1 || len(s.Addrs) > MaxAddrs {
			t.Fatalf("%v", s)
		}
		for i, ap := range s.Addrs {
			if int(ap.Port()) != port || port == 0 || slices.Contains(s.Addrs[:i], ap) {
				t.Errorf("%v: %v", s, ap)
			}
			checkDialable(t, ap.Addr())
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

func entryOf(id identity.PeerID, port int, addrs ...string) *zeroconf.ServiceEntry {
	return &zeroconf.ServiceEntry{Text: textOf(id), Port: port, AddrIPv4: ips(addrs...)}
}

func ips(list ...string) []net.IP {
	var out []net.IP
	for _, s := range list {
		out = append(out, net.ParseIP(s)) // nil for what is none, as a packet may hold
	}
	return out
}

func addrsOf(list ...string) []netip.Addr {
	var out []netip.Addr
	for _, ip := range ips(list...) {
		addr, _ := netip.AddrFromSlice(ip)
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
