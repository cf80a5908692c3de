package main

import (
	"fmt"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"ferry/netcore"
)

// tried is an attempt at a port that ended with err.
func tried(addr string, err error) netcore.Attempt {
	a := netcore.Attempt{Addr: netip.MustParseAddrPort(addr), Err: err}
	if err == nil {
		a.RoundTrip = 1500 * time.Microsecond
	}
	return a
}

var (
	errSilent  = fmt.Errorf("%w: %w", netcore.ErrOffline, netcore.ErrTimeout)
	errRefused = fmt.Errorf("%w: %w", netcore.ErrOffline, syscall.ECONNREFUSED)
)

func TestDoctorSaysWhoCanReachWhom(t *testing.T) {
	server := netcore.Peer{ID: netcore.PeerID{3}, Name: "build-server"}
	yes := []netcore.Attempt{tried("10.0.0.9:7776", nil)}
	silent := []netcore.Attempt{tried("[2001:db8::9]:7776", fmt.Errorf("%w: %w", netcore.ErrOffline, syscall.ENETUNREACH)), tried("10.0.0.9:7776", errSilent)}
	refused := []netcore.Attempt{tried("10.0.0.9:99", errRefused)}
	for _, test := range []struct {
		name   string
		d      netcore.PeerDiagnosis
		hidden bool
		code   int
		want   string
	}{
		{"both", netcore.PeerDiagnosis{There: yes, Back: yes, Linked: true}, false, exitOK, "ok  build-server and this computer can reach each other.\n"},
		{"its firewall", netcore.PeerDiagnosis{There: silent, Back: yes, Linked: true}, false, exitFailed,
			"BAD build-server can reach this computer; this computer cannot reach build-server on port 7776 (timed out): its firewall. Transfers work all the same.\n"},
		{"the firewall here", netcore.PeerDiagnosis{There: yes, Back: silent, Linked: true}, false, exitFailed,
			"BAD This computer can reach build-server; build-server cannot reach this computer on port 7776 (timed out): the firewall here. Transfers work all the same.\n"},
		{"beside a Ferry that it does not know", netcore.PeerDiagnosis{There: yes, Linked: true}, true, exitOK,
			"ok  This computer can reach build-server; whether build-server can reach this computer is not known: it knows no address of this computer. Transfers"},
		{"refused", netcore.PeerDiagnosis{There: refused, BackErr: netcore.ErrOffline}, false, exitFailed,
			"BAD This computer cannot reach build-server on port 99 (connection refused); whether build-server can reach this computer is not known: it is not connected.\n"},
		{"neither, and beside a Ferry", netcore.PeerDiagnosis{There: silent, BackErr: netcore.ErrOffline}, true, exitFailed,
			"close the Ferry that runs here, and try again"},
		{"another device", netcore.PeerDiagnosis{There: []netcore.Attempt{tried("10.0.0.9:7776", netcore.ErrPeerID)}, Back: yes, Linked: true}, false, exitFailed,
			"(another device answers there). Transfers work"},
		{"no new connection", netcore.PeerDiagnosis{There: silent, BackErr: netcore.ErrTimeout, Linked: true}, false, exitFailed,
			"BAD There is a connection to build-server, but no new one can be made on port 7776 (timed out)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.d.Peer = server
			b := newBench(&fakeNode{found: test.d})
			b.free = func(uint16) bool { return !test.hidden }
			if code := b.run(t, "doctor", "build-server"); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			wantIn(t, b.out.String(), test.want)
			if b.node.cfg.Hidden != test.hidden {
				t.Errorf("hidden: %v", b.node.cfg.Hidden)
			}
		})
	}
}

func TestDoctorListsEveryAttempt(t *testing.T) {
	b := newBench(&fakeNode{found: netcore.PeerDiagnosis{
		Peer:  netcore.Peer{Name: "\x1b[2JBob"},
		There: []netcore.Attempt{tried("10.0.0.9:7776", nil), tried("[fe80::1%eth0]:7776", errSilent)},
		Back:  []netcore.Attempt{tried("10.0.0.1:7776", errRefused)},
	}})
	b.run(t, "doctor", "bob")
	wantIn(t, b.err.String(), `to \x1b[2JBob at 10.0.0.9:7776: ok, 1.5 ms`, "at [fe80::1%eth0]:7776: timed out", `from \x1b[2JBob at 10.0.0.1:7776: connection refused`)
	if strings.ContainsRune(b.out.String()+b.err.String(), '\x1b') {
		t.Error("an escape sequence reaches the terminal")
	}
}

func TestDoctorOnThisComputer(t *testing.T) {
	lan := []netcore.Interface{{Name: "eth0", Addrs: []netip.Addr{netip.MustParseAddr("10.0.0.1")}}}
	for _, test := range []struct {
		name string
		d    netcore.Diagnosis
		free bool
		code int
		want []string
	}{
		{"all is well", netcore.Diagnosis{Interfaces: lan, Heard: time.Now()}, false, exitOK,
			[]string{"ok  Connected: 10.0.0.1 (eth0)\n", "ok  Port 7776 is in use: by Ferry, if it runs here\n", "ok  Other computers are heard\n", "ok  Found: Bob\n"}},
		{"Ferry does not run", netcore.Diagnosis{Interfaces: lan, Heard: time.Now()}, true, exitOK,
			[]string{"?   Nothing listens on port 7776 here now", "Start Ferry, or ferry-cli receive"}},
		{"no cable", netcore.Diagnosis{}, false, exitFailed, []string{"BAD This computer is not connected to a network\n    Check the cable or the Wi-Fi.\n"}},
		{"the port of multicast", netcore.Diagnosis{Interfaces: lan, Multicast: syscall.EADDRINUSE}, false, exitFailed,
			[]string{"BAD Other computers cannot be heard: address already in use\n    Close the program that keeps UDP port 5353"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(&fakeNode{diagnosis: test.d, peers: []netcore.Peer{bob}})
			b.node.hidden = true
			b.free = func(uint16) bool { return test.free }
			if code := b.run(t, "doctor"); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			wantIn(t, b.out.String(), test.want...)
			if !b.node.cfg.Hidden {
				t.Error("it listens")
			}
		})
	}
}

// A guest Wi-Fi: there is a network, and nothing comes.
func TestDoctorHearsNothing(t *testing.T) {
	f := multicastFinding(netcore.Diagnosis{Interfaces: []netcore.Interface{{}}})
	if f.health != ill || !strings.Contains(f.todo, "guest Wi-Fi") {
		t.Errorf("says %+v", f)
	}
	f = multicastFinding(netcore.Diagnosis{Interfaces: []netcore.Interface{{}}, Since: time.Now().Add(-5 * time.Second)})
	if f.health != unsure || !strings.HasPrefix(f.text, "Listening…") {
		t.Errorf("after 5 s, says %+v", f)
	}
}

func TestQRTextIsTheCode(t *testing.T) {
	b := newBench(&fakeNode{ticket: "ferry:abc?at=10.0.0.1%3A1"}) // some other program listens on the port
	if code := b.run(t, "address"); code != exitOK {
		t.Errorf("exit code %d", code)
	}
	lines := strings.Split(strings.TrimSuffix(b.out.String(), "\n"), "\n")
	if lines[0] != "10.0.0.1:7776" || lines[1] != "ferry:abc?at=10.0.0.1%3A7776" {
		t.Errorf("says %q", lines[:2])
	}
	for _, line := range lines[2:] {
		if n := len([]rune(line)); n != len([]rune(lines[2])) || strings.Trim(line, " █▀▄") != "" {
			t.Errorf("a line of the code is %q", line)
		}
	}
	wantIn(t, b.err.String(), "Nothing listens there now, on port 7776")
}

func TestEveryWarningHasACodeAndWords(t *testing.T) {
	seen := make(map[string]bool)
	for kind := netcore.WarnPort; kind <= netcore.WarnVerify; kind++ {
		code, text := warningCode(kind), warningText(netcore.Warning{Kind: kind, Err: netcore.ErrInternal})
		if code == "other" || seen[code] || strings.Contains(text, internalWords) {
			t.Errorf("warning %d: %s, %s", kind, code, text)
		}
		seen[code] = true
	}
}
