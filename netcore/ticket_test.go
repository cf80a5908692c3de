package netcore

import (
	"net/netip"
	"strings"
	"testing"
)

func TestTicket(t *testing.T) {
	id := PeerID{1, 2, 3}
	for _, tt := range []struct {
		name, text string
		ok         bool
	}{
		{"one address", "ferry:" + id.String() + "?at=192.168.1.20:7776", true},
		{"two addresses", "ferry:" + id.String() + "?at=192.168.1.20%3A7776&at=%5B2001%3Adb8%3A%3A1%5D%3A7776", true},
		{"upper case, as in a QR code of letters", "ferry:" + strings.ToUpper(id.String()) + "?at=10.0.0.1:1", true},
		{"no address", "ferry:" + id.String(), false},
		{"no port", "ferry:" + id.String() + "?at=192.168.1.20", false},
		{"port 0", "ferry:" + id.String() + "?at=192.168.1.20:0", false},
		{"no peer", "ferry:?at=192.168.1.20:7776", false},
		{"a short peer ID", "ferry:" + id.String()[:20] + "?at=192.168.1.20:7776", false},
		{"another scheme", "http:" + id.String() + "?at=192.168.1.20:7776", false},
		{"too many addresses", "ferry:" + id.String() + "?at=1.1.1.1:1" + strings.Repeat("&at=1.1.1.1:1", maxTicketAddrs), false},
		{"too long", "ferry:" + id.String() + "?at=1.1.1.1:1&x=" + strings.Repeat("x", maxTicket), false},
	} {
		got, err := parseTicket(tt.text)
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
		if tt.ok && (got.id != id || len(got.addrs) == 0) {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func FuzzTicket(f *testing.F) {
	f.Add("ferry:" + PeerID{1}.String() + "?at=192.168.1.20:7776")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parseTicket(s)
		if err != nil {
			return
		}
		if got.id == (PeerID{}) && !strings.Contains(strings.ToLower(s), got.id.String()) {
			t.Errorf("%q has nobody's ID", s)
		}
		for _, a := range got.addrs {
			if !a.IsValid() || a == (netip.AddrPort{}) {
				t.Errorf("%q has the address %v", s, a)
			}
		}
	})
}
