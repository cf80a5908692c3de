//go:build linux

package discovery

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"ferry/netcore/internal/identity"
	"ferry/netcore/netcoretest/lan"
)

// patience is how long a test waits for what normally takes milliseconds.
const patience = 30 * time.Second

// A child is a process of this test binary that plays a role in a host.
type child struct {
	t      *testing.T
	role   string
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stderr *bytes.Buffer
	lines  chan line
	past   []line // what was read from lines
	ended  bool
}

// start runs a role in h until stop, or the end of the test.
func start(t *testing.T, h *lan.Host, role, name string) *child {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{t: t, role: role, stderr: new(bytes.Buffer), lines: make(chan line, 10000)}
	c.cmd = h.Command(context.Background(), exe, name)
	c.cmd.Env = append(os.Environ(), roleEnv+"="+role)
	c.cmd.Stderr = c.stderr
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go c.read(stdout)
	t.Cleanup(c.stop)
	return c
}

func (c *child) read(stdout io.Reader) {
	defer close(c.lines)
	for d := json.NewDecoder(stdout); ; {
		var l line
		if d.Decode(&l) != nil {
			return // its exit status says more
		}
		c.lines <- l
	}
}

// stop asks the child to end and checks that it did so in good order.
func (c *child) stop() {
	if c.ended {
		return
	}
	c.ended = true
	if err := c.stdin.Close(); err != nil {
		c.t.Error(err)
	}
	for l := range c.lines {
		c.past = append(c.past, l)
	}
	if err := c.cmd.Wait(); err != nil {
		c.t.Errorf("%s: %v: %s", c.role, err, c.stderr)
	}
}

// await reads lines until one of them is what is wanted.
func (c *child) await(what string, is func(line) bool) {
	c.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case l, ok := <-c.lines:
			if !ok {
				c.t.Fatalf("ended before %s", what)
			}
			c.past = append(c.past, l)
			if is(l) {
				return
			}
		case <-deadline:
			got, err := json.Marshal(c.past)
			c.t.Fatalf("waited in vain for %s; got %s, %v", what, got, err)
		}
	}
}

// awaitSighting waits for a fresh hint that name is at addr.
func (c *child) awaitSighting(name string, addr netip.Addr) {
	c.t.Helper()
	want := netip.AddrPortFrom(addr, 7776)
	c.await(name+" at "+want.String(), func(l line) bool {
		return l.Sighting != nil && l.Sighting.ID == idFor(name) && slices.Contains(l.Sighting.Addrs, want)
	})
}

func (c *child) awaitNetwork(names ...string) {
	c.t.Helper()
	c.await("a network", func(l line) bool { return l.Network != nil && slices.Equal(*l.Network, names) })
}

// saw returns everyone whom a child has seen up to now.
func (c *child) saw() map[identity.PeerID]bool {
	seen := make(map[identity.PeerID]bool)
	for _, l := range c.past {
		if l.Sighting != nil {
			seen[l.Sighting.ID] = true
		}
	}
	return seen
}

func TestHostsSeeEachOther(t *testing.T) {
	t.Parallel()
	l := lan.New(t, 3)
	a := start(t, l.Host(1), "node", "a")
	a.awaitNetwork("eth0")
	b := start(t, l.Host(2), "node", "b")
	a.awaitSighting("b", l.Host(2).IP())
	b.awaitSighting("a", l.Host(1).IP())

	c := start(t, l.Host(3), "node", "c")
	a.awaitSighting("c", l.Host(3).IP())
	b.awaitSighting("c", l.Host(3).IP())
	c.awaitSighting("a", l.Host(1).IP())

	b.stop()
	start(t, l.Host(2), "node", "b")
	a.awaitSighting("b", l.Host(2).IP())
	c.awaitSighting("b", l.Host(2).IP())
}

func TestTwoNodesOnOneHost(t *testing.T) {
	t.Parallel()
	h := lan.New(t, 1).Host(1)
	a, b := start(t, h, "node", "a"), start(t, h, "node", "b")
	a.awaitSighting("b", h.IP())
	b.awaitSighting("a", h.IP())
}

func TestLinkDownAndUp(t *testing.T) {
	t.Parallel()
	l := lan.New(t, 2)
	for name, set := range map[string]func(bool){"link": l.Host(2).SetLink, "cable": l.Host(2).SetCable} {
		a, b := start(t, l.Host(1), "node", name), start(t, l.Host(2), "node", "b")
		a.awaitSighting("b", l.Host(2).IP())
		b.awaitSighting(name, l.Host(1).IP())
		set(false)
		b.awaitNetwork()
		set(true)
		b.awaitNetwork("eth0")
		a.awaitSighting("b", l.Host(2).IP())
		b.awaitSighting(name, l.Host(1).IP())
		a.stop()
		b.stop()
	}
}

func TestNewAddressAndNewCard(t *testing.T) {
	t.Parallel()
	l := lan.New(t, 2)
	a, b := start(t, l.Host(1), "node", "a"), start(t, l.Host(2), "node", "b")
	a.awaitSighting("b", l.Host(2).IP())

	l.Host(2).SetAddr(netip.MustParsePrefix("10.77.0.99/24"))
	a.awaitSighting("b", l.Host(2).IP())

	l.Host(1).AddCard("eth1", 78)
	l.Host(2).AddCard("eth1", 78)
	a.awaitSighting("b", netip.MustParseAddr("10.78.0.2"))
	b.awaitSighting("a", netip.MustParseAddr("10.78.0.1"))

	l.Host(2).RemoveCard("eth1")
	l.Host(2).RemoveCard("eth0")
	b.awaitNetwork()
	l.Host(2).AddCard("eth0", 77)
	a.awaitSighting("b", l.Host(2).IP())
	b.awaitSighting("a", l.Host(1).IP())
}

func TestContainersAreNotAnnounced(t *testing.T) {
	t.Parallel()
	l := lan.New(t, 2)
	l.Host(1).AddDeadEnd("docker0", netip.MustParsePrefix("172.17.0.1/16"))
	l.Host(2).AddDeadEnd("docker0", netip.MustParsePrefix("172.17.0.1/16"))
	a := start(t, l.Host(1), "node", "a")
	a.awaitNetwork("eth0")
	start(t, l.Host(2), "node", "b")
	a.await("b without docker0", func(l line) bool {
		return l.Sighting != nil && !slices.ContainsFunc(l.Sighting.Addrs, func(ap netip.AddrPort) bool {
			return ap.Addr() == netip.MustParseAddr("172.17.0.1")
		})
	})
}

// TestOneAddressFamily is for networks, and kernels, that have only one.
func TestOneAddressFamily(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"IPv4": "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6",
		"IPv6": "ip -4 addr flush dev eth0",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := lan.New(t, 2)
			for i := 1; i <= 2; i++ {
				if out, err := l.Host(i).Command(t.Context(), "sh", "-c", script).CombinedOutput(); err != nil {
					t.Fatalf("%v: %s", err, out)
				}
			}
			a, b := start(t, l.Host(1), "node", "a"), start(t, l.Host(2), "node", "b")
			of := func(name string) func(line) bool {
				return func(l line) bool {
					return l.Sighting != nil && l.Sighting.ID == idFor(name) && l.Sighting.Addrs[0].Addr().Is6() == (script[0] == 'i')
				}
			}
			a.await("b", of("b"))
			b.await("a", of("a"))
		})
	}
}

// TestHiddenSeesAndIsNotSeen lets others come later: one that could be seen
// would have been announced to a before b is, and would answer b.
func TestHiddenSeesAndIsNotSeen(t *testing.T) {
	t.Parallel()
	l := lan.New(t, 3)
	a := start(t, l.Host(1), "node", "a")
	hidden := start(t, l.Host(2), "hidden", "hidden")
	hidden.awaitSighting("a", l.Host(1).IP())
	b := start(t, l.Host(3), "node", "b")
	hidden.awaitSighting("b", l.Host(3).IP())
	a.awaitSighting("b", l.Host(3).IP())
	b.awaitSighting("a", l.Host(1).IP())
	for _, c := range []*child{a, b} {
		c.stop()
		if c.saw()[idFor("hidden")] {
			t.Error("it was seen")
		}
	}
}

func TestNobodySeesThemselves(t *testing.T) {
	t.Parallel()
	l := lan.New(t, 2)
	a, b := start(t, l.Host(1), "node", "a"), start(t, l.Host(2), "node", "b")
	a.awaitSighting("b", l.Host(2).IP())
	b.awaitSighting("a", l.Host(1).IP())
	a.stop()
	if a.saw()[idFor("a")] {
		t.Error("a sees itself")
	}
}

// TestNonsenseIsIgnored has services of our type on the network that say
// nothing we understand.
func TestNonsenseIsIgnored(t *testing.T) {
	t.Parallel()
	l := lan.New(t, 3)
	a := start(t, l.Host(1), "node", "a")
	a.awaitNetwork("eth0")
	foreign := start(t, l.Host(2), "foreign", "foreign")
	foreign.awaitNetwork("ready")
	b := start(t, l.Host(3), "node", "b")
	a.awaitSighting("b", l.Host(3).IP())
	b.awaitSighting("a", l.Host(1).IP())
	for _, c := range []*child{a, b} {
		c.stop()
		if seen := c.saw(); len(seen) != 1 {
			t.Errorf("saw %v", seen)
		}
	}
}
