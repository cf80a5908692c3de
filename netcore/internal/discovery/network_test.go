package discovery

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
)

const ethernet = net.FlagUp | net.FlagRunning | net.FlagBroadcast | net.FlagMulticast

func TestEligible(t *testing.T) {
	for _, c := range []struct {
		name   string
		flags  net.Flags
		wanted []string
		want   bool
	}{
		{"eth0", ethernet, nil, true},
		{"wlp3s0", ethernet, nil, true},
		{"en0", ethernet, nil, true},
		{"Wi-Fi", ethernet, nil, true},
		{"vEthernet (External)", ethernet, nil, true},
		{"vmbr0", ethernet, nil, true},
		{"br0", ethernet, nil, true},
		{"lo", net.FlagUp | net.FlagRunning | net.FlagLoopback | net.FlagMulticast, nil, false},
		{"eth0", ethernet &^ net.FlagUp, nil, false},
		{"eth0", ethernet &^ net.FlagRunning, nil, false},
		{"eth0", ethernet &^ net.FlagMulticast, nil, false},
		{"wg0", ethernet | net.FlagPointToPoint, nil, false},
		{"docker0", ethernet, nil, false},
		{"br-0123456789ab", ethernet, nil, false},
		{"veth12ab", ethernet, nil, false},
		{"virbr0", ethernet, nil, false},
		{"vmnet8", ethernet, nil, false},
		{"awdl0", ethernet, nil, false},
		{"utun3", ethernet, nil, false},
		{"docker0", ethernet, []string{"docker0"}, true},
		{"eth0", ethernet, []string{"docker0"}, false},
		{"docker0", ethernet &^ net.FlagUp, []string{"docker0"}, false},
	} {
		if got := eligible(c.name, c.flags, c.wanted); got != c.want {
			t.Errorf("%s (%v), wanted %v: %v", c.name, c.flags, c.wanted, got)
		}
	}
}

func TestUsable(t *testing.T) {
	var many []Interface
	for i := 20; i > 0; i-- {
		many = append(many, Interface{Index: i, Name: fmt.Sprint("eth", i), Prefixes: prefixes("10.0.0.1/8")})
	}
	many[19].Prefixes = nil // eth1 waits for its address
	names := Network{Interfaces: usable(many)}.Names()
	want := []string{"eth2", "eth3", "eth4", "eth5", "eth6", "eth7", "eth8", "eth9"}
	if !slices.Equal(names, want) {
		t.Errorf("%v", names)
	}
}

func TestSameInterfaces(t *testing.T) {
	eth := func(index int, addrs ...string) Interface {
		return Interface{Index: index, Name: "eth0", Flags: ethernet, Prefixes: prefixes(addrs...)}
	}
	base := []Interface{eth(2, "10.0.0.1/8", "fe80::1/64")}
	for _, c := range []struct {
		name string
		to   []Interface
		same bool
	}{
		{"nothing", []Interface{eth(2, "10.0.0.1/8", "fe80::1/64")}, true},
		{"the system's order", []Interface{eth(2, "fe80::1/64", "10.0.0.1/8")}, true},
		{"another address", []Interface{eth(2, "10.0.0.2/8", "fe80::1/64")}, false},
		{"another network size", []Interface{eth(2, "10.0.0.1/16", "fe80::1/64")}, false},
		{"one address less", []Interface{eth(2, "10.0.0.1/8")}, false},
		{"a new card of the same name", []Interface{eth(3, "10.0.0.1/8", "fe80::1/64")}, false},
		{"a second one", []Interface{eth(2, "10.0.0.1/8", "fe80::1/64"), eth(3, "10.1.0.1/16")}, false},
		{"gone", nil, false},
	} {
		if got := sameInterfaces(usable(base), usable(c.to)); got != c.same {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestHasLocal(t *testing.T) {
	n := Network{Local: []netip.Addr{netip.MustParseAddr("10.77.0.1"), netip.MustParseAddr("fe80::1")}}
	for addr, want := range map[string]bool{
		"10.77.0.1": true, "::ffff:10.77.0.1": true, "fe80::1%eth0": true, "10.77.0.2": false,
	} {
		if got := n.HasLocal(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
}

func TestAnnounced(t *testing.T) {
	want := []string{"10.77.0.1", "192.168.1.5", "2001:db8:1::5", "fe80::1", "fe80::2"}
	if got := announced(home); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	var crowded Network
	for i := range 12 {
		crowded.Interfaces = append(crowded.Interfaces, Interface{Prefixes: prefixes(fmt.Sprintf("10.0.%d.1/24", i), fmt.Sprintf("fe80::%d/64", i+1))})
	}
	if got := announced(crowded); len(got) != maxAnnounced || got[11] != "10.0.11.1" {
		t.Errorf("%v", got)
	}
	if got := announced(Network{Interfaces: []Interface{lo}}); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestVia(t *testing.T) {
	for addr, want := range map[string]string{
		"10.77.0.9": "eth0", "192.168.1.9": "wlan0", "fe80::9%wlan0": "wlan0", "fe80::9%eth7": "", "10.9.0.1": "", "8.8.8.8": "",
	} {
		if ifi, ok := home.Via(netip.MustParseAddr(addr)); ifi.Name != want || ok != (want != "") {
			t.Errorf("%s: via %q, %v; want %q", addr, ifi.Name, ok, want)
		}
	}
}
