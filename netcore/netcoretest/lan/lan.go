//go:build linux

package lan

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// segment is the network that every host is on from the start: 10.77.0.0/24.
const segment = 77

// settleTimeout is how long a network card may take to get ready on a busy
// computer.
const settleTimeout = 30 * time.Second

// lossBased makes TCP take loss for congestion, as nearly every computer does,
// whatever this one is set to. Where a kernel keeps its namespaces from cubic,
// reno does on short paths what cubic would.
const lossBased = `cd /proc/sys/net/ipv4; { echo cubic >tcp_congestion_control; } 2>/dev/null || echo reno >tcp_congestion_control`

// A TB is what a LAN needs of what it is made for: a *testing.T, a *testing.B,
// or a program that measures something.
type TB interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Error(args ...any)
	Cleanup(func())
}

// A LAN is one or more network segments and the hosts on them.
type LAN struct {
	t      TB
	anchor *anchor
	hosts  []*Host
}

// New makes a LAN of hosts h1 to hN, at most 200. Host i has the card eth0 with
// the address 10.77.0.i/24 and an IPv6 link-local one, both ready for use, and
// a default route that leads nowhere. The LAN ends with the test, after the
// cleanups that the test registers later. Processes that were started with
// [Host.Command] must have ended by then; they are not ended by it.
func New(t TB, hosts int) *LAN {
	t.Helper()
	if hosts < 1 || hosts > 200 {
		t.Fatalf("lan: %d hosts", hosts)
	}
	a, err := startAnchor()
	if err != nil {
		t.Fatal("lan: ", err)
	}
	t.Cleanup(func() {
		if err := a.stop(); err != nil {
			t.Error("lan: ", err)
		}
	})
	l := &LAN{t: t, anchor: a}
	for i := 1; i <= hosts; i++ {
		l.hosts = append(l.hosts, l.newHost(i))
	}
	for _, h := range l.hosts {
		h.awaitCard(mainCard)
	}
	return l
}

// Host returns host i, counted from 1.
func (l *LAN) Host(i int) *Host { return l.hosts[i-1] }

func (l *LAN) newHost(i int) *Host {
	l.t.Helper()
	h := &Host{lan: l, number: i, name: "h" + strconv.Itoa(i)}
	l.ip("netns add " + h.name)
	h.ip("link set lo up")
	// Nobody else takes an address here; so the search for duplicates, which
	// makes an IPv6 address unusable for its first seconds, is left out.
	for _, conf := range []string{"all", "default"} {
		h.sh("echo 0 >/proc/sys/net/ipv6/conf/" + conf + "/accept_dad")
	}
	h.sh(lossBased)
	h.plug(mainCard, segment)
	return h
}

// bridge makes the switch of a segment, if there is none yet.
func (l *LAN) bridge(segment int) string {
	l.t.Helper()
	name := "br" + strconv.Itoa(segment)
	if _, err := l.try(l.anchor.inSwitch(), "ip", "link", "show", name); err != nil {
		l.ip("link add " + name + " type bridge mcast_snooping 0 forward_delay 0")
		l.ip("link set " + name + " up")
	}
	return name
}

// ip runs ip(8) in the switch. words are separated by spaces.
func (l *LAN) ip(words string) string {
	l.t.Helper()
	return l.must(l.anchor.inSwitch(), append([]string{"ip"}, strings.Fields(words)...)...)
}

func (l *LAN) must(enter []string, command ...string) string {
	l.t.Helper()
	out, err := l.try(enter, command...)
	if err != nil {
		l.t.Fatal("lan: ", err)
	}
	return out
}

// try runs command in the namespaces that enter leads to.
func (l *LAN) try(enter []string, command ...string) (string, error) {
	args := append(enter[1:len(enter):len(enter)], command...)
	out, err := exec.Command(enter[0], args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, strings.TrimSpace(string(out)))
	}
	return string(out), nil
}

// await polls until ready, or ends the test.
func (l *LAN) await(what string, ready func() bool) {
	l.t.Helper()
	deadline := time.NewTimer(settleTimeout)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ready() {
		select {
		case <-tick.C:
		case <-deadline.C:
			l.t.Fatalf("lan: %s: not ready after %v", what, settleTimeout)
		}
	}
}
