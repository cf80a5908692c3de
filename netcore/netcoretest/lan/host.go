//go:build linux

package lan

import (
	"context"
	"fmt"
	"net/netip"
	"os/exec"
	"strings"
	"syscall"
)

// mainCard is the network card that every host has.
const mainCard = "eth0"

// A Host is a computer on a [LAN], as far as the network can tell: cards,
// addresses, routes and ports are its own, files and processes are not.
type Host struct {
	lan    *LAN
	number int
	name   string
	addr   netip.Addr

	path     *relay // nil: a cable
	isolated bool
}

// Command returns the command that runs name in this host, with the caller's
// files, environment and working directory. The process of the returned Cmd is
// the command itself, so a signal to it reaches the command. It is killed when
// the test binary dies.
func (h *Host) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	line := append(h.lan.anchor.inHost(h.name), "--", name)
	cmd := exec.CommandContext(ctx, line[0], append(line[1:], args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// Name returns h1 for the first host, and so on.
func (h *Host) Name() string { return h.name }

// IP returns the IPv4 address of eth0.
func (h *Host) IP() netip.Addr { return h.addr }

// SetLink switches eth0 on or off inside the host, as a person does in the
// settings.
func (h *Host) SetLink(up bool) {
	h.lan.t.Helper()
	h.ip("link set " + mainCard + " " + upDown(up))
	if up {
		h.route()
	}
}

// SetCable plugs eth0's cable in or out: the host keeps the card and its
// address but loses the carrier.
func (h *Host) SetCable(up bool) {
	h.lan.t.Helper()
	h.lan.ip("link set " + h.port(mainCard) + " " + upDown(up))
}

// SetAddr replaces the IPv4 address of eth0, as a new lease does.
func (h *Host) SetAddr(prefix netip.Prefix) {
	h.lan.t.Helper()
	h.ip("-4 addr flush dev " + mainCard + " scope global")
	h.address(mainCard, prefix)
	h.route()
}

// AddCard plugs in a network card that leads to the segment 10.segment.0.0/24,
// with this host's number as the last byte. Segment 77 is the one that eth0 is
// on.
func (h *Host) AddCard(card string, segment int) {
	h.lan.t.Helper()
	h.plug(card, segment)
	h.awaitCard(card)
}

// RemoveCard takes out a card. If another of the same name is added later, it
// has a new interface index, as with a real one.
func (h *Host) RemoveCard(card string) {
	h.lan.t.Helper()
	h.ip("link del " + card)
}

// AddDeadEnd adds an interface that leads nowhere, like those of containers and
// sleeping virtual machines.
func (h *Host) AddDeadEnd(card string, prefix netip.Prefix) {
	h.lan.t.Helper()
	h.ip("link add " + card + " type bridge")
	h.ip("link set " + card + " up")
	h.address(card, prefix)
}

// SetRate limits what eth0 sends to mbit megabits per second; 0 takes the limit
// away.
func (h *Host) SetRate(mbit int) {
	h.lan.t.Helper()
	if mbit == 0 {
		h.run("tc", "qdisc", "replace", "dev", mainCard, "root", "noqueue")
		return
	}
	h.run("tc", "qdisc", "replace", "dev", mainCard, "root", "tbf",
		"rate", fmt.Sprintf("%dmbit", mbit), "burst", "256kb", "latency", "20ms")
}

// SetMulticast lets the switch pass or drop mDNS from and to this host. Unicast
// always passes.
func (h *Host) SetMulticast(pass bool) {
	h.lan.t.Helper()
	drop := "ether daddr { 01:00:5e:00:00:fb, 33:33:00:00:00:fb } drop; "
	h.lan.filter(h.lan.anchor.inSwitch(), "bridge "+h.name, !pass, "forward",
		"iifname "+h.port(mainCard)+" "+drop+"oifname "+h.port(mainCard)+" "+drop)
}

// BlockInbound makes the host's firewall drop TCP connections that others want
// to open to it, without a word to them, or stops that. Connections that exist
// and those that the host opens are not affected.
func (h *Host) BlockInbound(block bool) {
	h.lan.t.Helper()
	h.lan.filter(h.lan.anchor.inHost(h.name), "inet inbound", block, "input",
		"iifname != lo tcp flags & (fin|syn|rst|ack) == syn drop; ")
}

// SetIsolated forbids or allows traffic between this host and others that are
// isolated too, as the Wi-Fi of a hotel does.
func (h *Host) SetIsolated(isolated bool) {
	h.lan.t.Helper()
	h.isolated = isolated
	h.isolate()
}

// isolate tells the switch what SetIsolated said last.
func (h *Host) isolate() {
	h.lan.t.Helper()
	port := h.port(mainCard)
	if h.path != nil {
		port = h.path.far
	}
	state := "off"
	if h.isolated {
		state = "on"
	}
	h.lan.ip("link set " + port + " type bridge_slave isolated " + state)
}

// filter replaces a table of nftables by one with the given rules, or by none.
func (l *LAN) filter(enter []string, table string, on bool, hook, rules string) {
	l.t.Helper()
	// "add" first, because "delete" fails when there is nothing to delete.
	script := "add table " + table + "; delete table " + table + "; "
	if on {
		script += "table " + table + " { chain ferry { type filter hook " + hook + " priority 0; " + rules + "}; }"
	}
	l.must(enter, "nft", script)
}

// plug connects a new card to a segment.
func (h *Host) plug(card string, segment int) {
	h.lan.t.Helper()
	bridge, port := h.lan.bridge(segment), h.port(card)
	h.lan.ip("link add " + port + " type veth peer name " + card + " netns " + h.name)
	h.lan.ip("link set " + port + " master " + bridge + " up")
	addr := netip.AddrFrom4([4]byte{10, byte(segment), 0, byte(h.number)})
	h.address(card, netip.PrefixFrom(addr, 24))
	h.ip("link set " + card + " up")
	if card == mainCard {
		h.route()
	}
}

// port is the switch's side of a card.
func (h *Host) port(card string) string { return h.name + "-" + card }

func (h *Host) address(card string, prefix netip.Prefix) {
	h.lan.t.Helper()
	h.ip("addr add " + prefix.String() + " brd + dev " + card)
	if card == mainCard {
		h.addr = prefix.Addr()
	}
}

// route sets a default route, which programs take as a sign of being connected.
// The kernel forgets it when the card goes down.
func (h *Host) route() {
	h.lan.t.Helper()
	gateway := netip.PrefixFrom(h.addr, 24).Masked().Addr().As4()
	gateway[3] = 254
	h.ip("route replace default via " + netip.AddrFrom4(gateway).String() + " dev " + mainCard)
}

// awaitCard waits for the carrier and for the IPv6 address that the kernel
// gives the card then.
func (h *Host) awaitCard(card string) {
	h.lan.t.Helper()
	h.lan.await(h.name+" "+card, func() bool {
		out := h.ip("-6 -o addr show dev " + card + " up scope link")
		return strings.Contains(out, "fe80:") && !strings.Contains(out, "tentative")
	})
}

func (h *Host) ip(words string) string {
	h.lan.t.Helper()
	return h.run(append([]string{"ip"}, strings.Fields(words)...)...)
}

func (h *Host) sh(script string) { h.lan.t.Helper(); h.run("sh", "-c", script) }

func (h *Host) run(command ...string) string {
	h.lan.t.Helper()
	return h.lan.must(h.lan.anchor.inHost(h.name), command...)
}

func upDown(up bool) string {
	if up {
		return "up"
	}
	return "down"
}
