//go:build linux

package link

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"ferry/netcore/internal/identity"
	"ferry/netcore/netcoretest/lan"
)

// figures are how long something took, in several runs.
type figures struct {
	t    *testing.T
	what string
	all  []time.Duration
}

func (f *figures) add(d time.Duration) { f.all = append(f.all, d) }

// within prints the figures, and requires that the slowest was no slower than limit. That
// is generous: the computer that runs a test may be busy.
func (f *figures) within(limit time.Duration) {
	f.t.Helper()
	slices.Sort(f.all)
	round := func(d time.Duration) time.Duration { return d.Round(100 * time.Microsecond) }
	least, median, most := f.all[0], f.all[len(f.all)/2], f.all[len(f.all)-1]
	f.t.Logf("%-52s %8v %8v %8v  (min, median, max of %d)", f.what, round(least), round(median), round(most), len(f.all))
	if most > limit {
		f.t.Errorf("%s took %v, want %v at most", f.what, most, limit)
	}
}

const runs = 10

// A crowd is an observer, and others that it watches, each on a host of its own.
type crowd struct {
	*lan.LAN
	t        *testing.T
	observer *node
	others   []*node
}

// newCrowd starts the observer only.
func newCrowd(t *testing.T, l *lan.LAN) *crowd {
	t.Helper()
	c := &crowd{LAN: l, t: t, observer: launch(t, l.Host(1), "observer", t.TempDir())}
	for i := range runs {
		c.others = append(c.others, &node{host: c.Host(i + 2), name: fmt.Sprint("node ", i), dir: t.TempDir()})
	}
	return c
}

// TestPresence lets ten nodes come and go, on one LAN, in every way and under all conditions.
func TestPresence(t *testing.T) {
	l := lan.New(t, runs+1)
	for _, part := range []struct {
		name string
		run  func(*testing.T, *lan.LAN)
	}{
		{"come and go", comeAndGo},
		{"one-way firewall", oneWayFirewall},
		{"no multicast", noMulticast},
		{"two interfaces", twoInterfaces},
		{"IPv6 only", ipv6Only}, // the last: it takes the addresses away
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, l) })
	}
}

// each runs f for one after the other, and gathers how long what it returns took.
func (c *crowd) each(what string, f func(i int, other *node) time.Duration) *figures {
	c.t.Helper()
	figs := &figures{t: c.t, what: what}
	for i, other := range c.others {
		figs.add(f(i, other))
	}
	return figs
}

// appear starts the others one after the other.
func (c *crowd) appear(what string) {
	c.t.Helper()
	toNewcomer := &figures{t: c.t, what: what + ": newcomer sees old"}
	toOld := c.each(what+": old sees newcomer", func(i int, other *node) time.Duration {
		mark := c.observer.mark()
		n := launch(c.t, other.host, other.name, other.dir)
		c.others[i] = n
		toNewcomer.add(n.sees(0, c.observer, true).Sub(n.began))
		return c.observer.sees(mark, n, true).Sub(n.began)
	})
	toOld.within(5 * time.Second)
	toNewcomer.within(5 * time.Second)
}

// vanish ends all in some way, 20 ms apart, and waits for the observer to notice.
func (c *crowd) vanish(what string, limit time.Duration, end func(*node)) {
	c.t.Helper()
	mark := c.observer.mark()
	ends := make([]time.Time, runs)
	for i, other := range c.others {
		ends[i] = time.Now()
		end(other)
	}
	c.each(what, func(i int, other *node) time.Duration { return c.observer.sees(mark, other, false).Sub(ends[i]) }).within(limit)
}

// back brings all back in some way and waits until both ends have noticed.
func (c *crowd) back(what string, f func(*node)) {
	c.t.Helper()
	c.each(what, func(i int, other *node) time.Duration {
		mark, otherMark := c.observer.mark(), other.mark()
		began := time.Now()
		f(other)
		seen := c.observer.sees(mark, other, true)
		if back := other.sees(otherMark, c.observer, true); back.After(seen) {
			seen = back
		}
		return seen.Sub(began)
	}).within(10 * time.Second)
}

// listedOnce requires that the observer sees each of the others as one device.
func (c *crowd) listedOnce() {
	c.t.Helper()
	if a := c.observer.do("usage"); a.Peers != runs {
		c.t.Errorf("%d devices are listed, want %d", a.Peers, runs)
	}
}

func comeAndGo(t *testing.T, l *lan.LAN) {
	c := newCrowd(t, l)
	c.appear("start")
	c.listedOnce()

	c.address()
	c.listedOnce()

	c.vanish("cable pulled: gone", 20*time.Second, func(n *node) { n.host.SetCable(false) })
	c.back("cable plugged in: back at both ends", func(n *node) { n.host.SetCable(true) })
	c.vanish("interface down: gone", 20*time.Second, func(n *node) { n.host.SetLink(false) })
	c.back("interface up: back at both ends", func(n *node) { n.host.SetLink(true) })

	c.vanish("quit: gone", 5*time.Second, (*node).quit)
	c.appear("started again")
	<-time.After(2 * firstRetry) // nobody was dialled lately
	c.vanish("kill -9: gone", 5*time.Second, (*node).kill)
	c.appear("started again after kill -9")
	c.listedOnce()
}

// address gives each a new address; the observer must not lose sight of it.
func (c *crowd) address() {
	c.t.Helper()
	before := c.observer.mark()
	c.each("new address: known", func(i int, other *node) time.Duration {
		mark := c.observer.mark()
		addr := netip.AddrFrom4([4]byte{10, 77, 0, byte(100 + i)})
		began := time.Now()
		other.host.SetAddr(netip.PrefixFrom(addr, 24))
		l := c.observer.await(mark, "a new address of "+other.name, func(l line) bool {
			return l.Changed != nil && l.Changed.ID == other.id && slices.Contains(l.Changed.Addrs, netip.AddrPortFrom(addr, nodePort))
		})
		return l.At.Sub(began)
	}).within(10 * time.Second)
	c.each("new address: a connection over it", func(_ int, other *node) time.Duration { return c.observer.dials(other).Took }).within(5 * time.Second)
	c.rarelyLost(before)
}

// rarelyLost requires that the others did not count as gone since the mark. On a computer so busy that a handshake
// takes longer than the grace, one or another may have.
func (c *crowd) rarelyLost(mark int) {
	c.t.Helper()
	var lost []string
	for _, other := range c.others {
		if c.observer.lost(mark, other) {
			lost = append(lost, other.name)
		}
	}
	c.t.Logf("%d of %d counted as gone for a moment: %v", len(lost), runs, lost)
	if len(lost) > runs/3 {
		c.t.Error("so many")
	}
}

// oneWayFirewall lets nobody in on one side: all works both ways.
func oneWayFirewall(t *testing.T, l *lan.LAN) {
	c := newCrowd(t, l)
	c.observer.host.BlockInbound(true)
	defer c.observer.host.BlockInbound(false)
	c.appear("old lets nobody in")
	c.each("dial to the open side", func(_ int, other *node) time.Duration { return c.observer.dials(other).Took }).within(5 * time.Second)
	c.each("dial to the closed side", func(_ int, other *node) time.Duration {
		a := other.dials(c.observer)
		if a.Dialled {
			t.Error("it was dialled through the firewall")
		}
		return a.Took
	}).within(5 * time.Second)
	if a := c.observer.do("checkback", c.others[0].id); a.Err != "" || !slices.ContainsFunc(a.Tried, func(s string) bool { return strings.Contains(s, "no answer in time") }) {
		t.Errorf("asked whether this side can be reached, the other says %q, %v", a.Err, a.Tried)
	}
	if a := c.others[0].do("checkback", c.observer.id); a.Err != "" || !slices.ContainsFunc(a.Tried, func(s string) bool { return strings.HasSuffix(s, "<nil>") }) {
		t.Errorf("asked whether the open side can be reached, the other says %q, %v", a.Err, a.Tried)
	}
}

// twoInterfaces pulls the cable of one of two: nobody counts as gone, and connections go over the other.
func twoInterfaces(t *testing.T, l *lan.LAN) {
	for i := range runs + 1 {
		l.Host(i+1).AddCard("eth1", 78)
	}
	c := newCrowd(t, l)
	c.appear("two interfaces")
	for _, other := range c.others { // the other way is known
		c.observer.await(0, "both addresses of "+other.name, func(l line) bool {
			return l.Changed != nil && l.Changed.ID == other.id && len(over(l.Changed.Addrs, 77)) > 0 && len(over(l.Changed.Addrs, 78)) > 0
		})
	}
	mark := c.observer.mark()
	for _, other := range c.others {
		other.host.SetCable(false)
	}
	c.each("first cable out: dial over the second", func(_ int, other *node) time.Duration {
		a := c.observer.dials(other)
		if !strings.HasPrefix(a.Remote, "10.78.") && !strings.HasPrefix(a.Remote, "fe80") {
			t.Errorf("reached %s at %s", other.name, a.Remote)
		}
		return a.Took
	}).within(5 * time.Second)
	// The links that went over the first cable have been replaced within this time.
	<-time.After(10 * time.Second)
	c.rarelyLost(mark)
	c.listedOnce()
	for i := range runs + 1 {
		l.Host(i + 1).SetCable(true)
		l.Host(i + 1).RemoveCard("eth1")
	}
}

// over returns the IPv4 addresses of a segment.
func over(addrs []netip.AddrPort, segment byte) []netip.AddrPort {
	return slices.DeleteFunc(slices.Clone(addrs), func(a netip.AddrPort) bool {
		return !a.Addr().Is4() || a.Addr().As4()[1] != segment
	})
}

func ipv6Only(t *testing.T, l *lan.LAN) {
	for i := range runs + 1 {
		if out, err := l.Host(i+1).Command(t.Context(), "ip", "-4", "addr", "flush", "dev", "eth0").CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	c := newCrowd(t, l)
	c.appear("IPv6 only")
	c.each("IPv6 only: dial", func(_ int, other *node) time.Duration { return c.observer.dials(other).Took }).within(5 * time.Second)
}

// noMulticast finds by what was remembered and what was typed.
func noMulticast(t *testing.T, l *lan.LAN) {
	c := newCrowd(t, l)
	c.observer.host.SetMulticast(false)
	defer c.observer.host.SetMulticast(true)
	at := func(h *lan.Host) netip.AddrPort { return netip.AddrPortFrom(h.IP(), nodePort) }
	c.each("no multicast: typed address", func(i int, other *node) time.Duration {
		n := launch(t, other.host, other.name, other.dir)
		c.others[i] = n
		began := time.Now()
		if i%2 == 0 {
			if a := c.observer.do("connect", at(n.host)); a.Err != "" {
				t.Fatal(a.Err)
			}
		} else if a := n.do("connect", at(c.observer.host)); a.Err != "" {
			t.Fatal(a.Err)
		}
		return c.observer.sees(0, n, true).Sub(began)
	}).within(5 * time.Second)
	for _, other := range c.others {
		mark := c.observer.mark()
		other.quit()
		c.observer.sees(mark, other, false)
	}
	// A new start remembers where they were. They are not there yet, and come back.
	c.observer.quit()
	c.observer = launch(t, c.observer.host, c.observer.name, c.observer.dir)
	for _, other := range c.others {
		c.observer.do("remember", other.id, at(other.host))
	}
	c.each("no multicast: remembered by the one that starts", func(i int, other *node) time.Duration {
		n := begin(t, other.host, other.name, other.dir)
		n.ready()
		n.do("remember", c.observer.id, at(c.observer.host))
		c.others[i] = n
		return c.observer.sees(0, n, true).Sub(n.began)
	}).within(5 * time.Second)
}

// many is how often the tests that take long are run: make presence runs them ten times.
var many = flag.Int("many", 1, "run the tests of presence that take long so often")

// TestManyAtOnce starts thirty nodes at once, again and again. Then it measures what they cost.
func TestManyAtOnce(t *testing.T) {
	l := lan.New(t, crowdAtOnce)
	all := &figures{t: t, what: fmt.Sprint(crowdAtOnce, " at once: all see all")}
	each := &figures{t: t, what: fmt.Sprint(crowdAtOnce, " at once: each sees all")}
	for i := range *many {
		nodes := startAtOnce(t, l)
		all.add(seeAll(nodes, each))
		if i == *many-1 {
			cost(t, nodes[0], 5*time.Second, 30)
		}
		for _, n := range nodes {
			n.quit()
		}
	}
	each.within(patience)
	all.within(patience)
}

func startAtOnce(t *testing.T, l *lan.LAN) (nodes []*node) {
	t.Helper()
	for i := range crowdAtOnce {
		nodes = append(nodes, begin(t, l.Host(i+1), fmt.Sprint("node ", i), t.TempDir()))
	}
	for _, n := range nodes {
		n.ready()
	}
	return nodes
}

// seeAll waits until each of the nodes sees all others, and returns how long after the start of the last that was.
func seeAll(nodes []*node, each *figures) (slowest time.Duration) {
	last := slices.MaxFunc(nodes, func(a, b *node) int { return a.began.Compare(b.began) }).began
	for _, n := range nodes {
		at := n.began
		for _, other := range nodes {
			if other == n {
				continue
			}
			if seen := n.sees(0, other, true); seen.After(at) {
				at = seen
			}
		}
		each.add(at.Sub(last))
		slowest = max(slowest, at.Sub(last))
		if a := n.do("usage"); a.Peers != len(nodes)-1 {
			n.t.Errorf("%s lists %d devices, want %d", n.name, a.Peers, len(nodes)-1)
		}
	}
	return slowest
}

// TestTwoHundredPeers has one node that links to two hundred.
func TestTwoHundredPeers(t *testing.T) {
	const count = 200
	l := lan.New(t, 2)
	crowd := run(t, l.Host(2), "crowd", "crowd", "", fmt.Sprint(count))
	n := launch(t, l.Host(1), "node", t.TempDir())
	var ids []identity.PeerID
	for len(ids) < count {
		ids = append(ids, crowd.await(len(ids), "all of the crowd", func(line) bool { return true }).Ready.ID)
	}
	for i, id := range ids {
		n.do("remember", id, netip.AddrPortFrom(l.Host(2).IP(), uint16(nodePort+i)))
	}
	deadline := time.Now().Add(patience)
	for n.do("usage").Peers < count {
		if time.Now().After(deadline) {
			lines, _ := n.since(0)
			for _, id := range ids {
				if !slices.ContainsFunc(lines, func(l line) bool { return l.Changed != nil && l.Changed.ID == id && l.Changed.Online }) {
					t.Errorf("%v was never online: %v", id, n.do("reach", id))
				}
			}
			t.Fatalf("%d peers of %d are online", n.do("usage").Peers, count)
		}
	}
	cost(t, n, 10*time.Second, 100)
}

// cost logs what a node costs for a while in which nothing happens, and requires that it is less
// than a hundredth part of a core and 20 KB/s, or as many times that as the test allows for what a race detector and
// a busy computer add.
func cost(t *testing.T, n *node, d time.Duration, percent float64) {
	t.Helper()
	before, packets, bytes := n.do("usage"), traffic(t, n, "packets"), traffic(t, n, "bytes")
	<-time.After(d)
	after := n.do("usage")
	packets, bytes = traffic(t, n, "packets")-packets, traffic(t, n, "bytes")-bytes
	share := 100 * float64(after.CPU-before.CPU) / float64(d)
	t.Logf("%d peers: %.0f packets a minute, %.1f KB/s, %.2f %% of a core, %d MiB", after.Peers,
		float64(packets)*float64(time.Minute)/float64(d), float64(bytes)/1000/d.Seconds(), share, after.Memory>>20)
	if share > percent {
		t.Errorf("it took %.1f %% of a core", share)
	}
	if rate := float64(bytes) / d.Seconds(); rate > 40_000 {
		t.Errorf("%.0f bytes a second", rate)
	}
}

// traffic is what eth0 of n's host has sent and received.
func traffic(t *testing.T, n *node, what string) int {
	t.Helper()
	out, err := n.host.Command(t.Context(), "ip", "-s", "-j", "link", "show", "eth0").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		Stats64 map[string]map[string]int
	}
	if err := json.Unmarshal(out, &list); err != nil || len(list) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	return list[0].Stats64["rx"][what] + list[0].Stats64["tx"][what]
}

// TestClone runs two computers with one identity; both are told.
func TestClone(t *testing.T) {
	l := lan.New(t, 3)
	dir := t.TempDir()
	a := launch(t, l.Host(1), "original", dir)
	c := launch(t, l.Host(3), "witness", t.TempDir())
	c.sees(0, a, true)
	b := launch(t, l.Host(2), "copy", dir)
	for _, n := range []*node{a, b} {
		n.await(0, "news of a clone", func(l line) bool { return l.Clone != "" })
	}
	if u := c.do("usage"); u.Peers != 1 {
		t.Errorf("the two are shown as %d devices", u.Peers)
	}
}
