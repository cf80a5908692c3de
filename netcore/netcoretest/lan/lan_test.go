//go:build linux

package lan

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test binary runs itself in the hosts; roleEnv says as what.
const roleEnv = "LAN_TEST_ROLE"

var multicastGroup = &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}

// roles are what runs in a host. Each prints lines; the first "ready" or the
// result.
var roles = map[string]func(args []string) error{
	"listen":    listenTCP,
	"dial":      dialTCP,
	"hear":      hearMulticast,
	"say":       sayMulticast,
	"directory": printDirectory,
	"anchor":    holdAnchor,
}

func TestMain(m *testing.M) {
	if role, ok := roles[os.Getenv(roleEnv)]; ok {
		if err := role(os.Args[1:]); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestHostsReachEachOther(t *testing.T) {
	t.Parallel()
	l := New(t, 2)
	server := start(t, l.Host(2), "listen")
	server.expect("ready")
	if out, err := dial(t, l.Host(1), l.Host(2).IP().String()); err != nil {
		t.Errorf("IPv4: %v: %s", err, out)
	}
	if out, err := dial(t, l.Host(1), linkLocal(t, l.Host(2))+"%eth0"); err != nil {
		t.Errorf("IPv6 link-local: %v: %s", err, out)
	}
	server.expect("from 10.77.0.1")
}

func TestManyLANsAtOnce(t *testing.T) {
	t.Parallel()
	a, b := New(t, 1), New(t, 2)
	start(t, b.Host(2), "listen").expect("ready")
	if _, err := dial(t, b.Host(1), "10.77.0.2"); err != nil {
		t.Error("inside one LAN:", err)
	}
	if _, err := dial(t, a.Host(1), "10.77.0.2"); err == nil {
		t.Error("one LAN leads into the other")
	}
}

func TestMulticast(t *testing.T) {
	t.Parallel()
	l := New(t, 3)
	l.Host(3).SetMulticast(false)
	open, shut := start(t, l.Host(2), "hear"), start(t, l.Host(3), "hear")
	open.expect("ready")
	shut.expect("ready")
	say(t, l.Host(1), "one")
	open.expect("10.77.0.1 one")
	say(t, l.Host(3), "two")
	shut.expect("10.77.0.3 two") // it hears itself, but did not hear "one"
	l.Host(3).SetMulticast(true)
	say(t, l.Host(1), "three")
	open.expect("10.77.0.1 three") // it did not hear "two"
	shut.expect("10.77.0.1 three")
}

func TestCableAndLink(t *testing.T) {
	t.Parallel()
	l := New(t, 2)
	h := l.Host(2)
	start(t, h, "listen").expect("ready")
	for _, c := range []struct {
		name string
		set  func(bool)
	}{{"cable", h.SetCable}, {"link", h.SetLink}} {
		c.set(false)
		if _, err := dial(t, l.Host(1), h.IP().String()); err == nil {
			t.Errorf("%s down: still reachable", c.name)
		}
		c.set(true)
		awaitDial(t, l.Host(1), h.IP().String())
	}
}

func TestAddressAndCards(t *testing.T) {
	t.Parallel()
	l := New(t, 2)
	h := l.Host(2)
	h.SetAddr(netip.MustParsePrefix("10.77.0.99/24"))
	h.AddCard("eth1", 78)
	l.Host(1).AddCard("eth1", 78)
	h.AddDeadEnd("docker0", netip.MustParsePrefix("172.17.0.1/16"))
	start(t, h, "listen").expect("ready")
	for _, addr := range []string{h.IP().String(), "10.78.0.2"} {
		awaitDial(t, l.Host(1), addr)
	}
	for _, addr := range []string{"10.77.0.2", "172.17.0.1"} {
		if _, err := dial(t, l.Host(1), addr); err == nil {
			t.Errorf("%s answers", addr)
		}
	}
	h.RemoveCard("eth1")
	if _, err := dial(t, l.Host(1), "10.78.0.2"); err == nil {
		t.Error("a removed card answers")
	}
}

func TestFirewallIsolationAndRate(t *testing.T) {
	t.Parallel()
	l := New(t, 2)
	a, b := l.Host(1), l.Host(2)
	start(t, a, "listen").expect("ready")
	start(t, b, "listen").expect("ready")
	b.BlockInbound(true)
	if _, err := dial(t, a, b.IP().String()); err == nil {
		t.Error("the firewall lets a connection in")
	}
	if _, err := dial(t, b, a.IP().String()); err != nil {
		t.Error("the firewall keeps a connection from going out:", err)
	}
	b.BlockInbound(false)
	a.SetIsolated(true)
	b.SetIsolated(true)
	if _, err := dial(t, a, b.IP().String()); err == nil {
		t.Error("isolated hosts reach each other")
	}
	b.SetIsolated(false)
	a.SetRate(50)
	a.SetRate(0)
	awaitDial(t, a, b.IP().String())
}

func TestCommandIsTheProcessItself(t *testing.T) {
	t.Parallel()
	h := New(t, 1).Host(1)
	cmd := h.Command(t.Context(), "sleep", "3600")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	comm := fmt.Sprintf("/proc/%d/comm", cmd.Process.Pid)
	h.lan.await("sleep", func() bool {
		name, err := os.ReadFile(comm)
		return err == nil && string(name) == "sleep\n"
	})
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
		t.Errorf("ended with %v, not by the signal", err)
	}
}

func TestCommandKeepsTheDirectory(t *testing.T) {
	t.Parallel()
	cmd := New(t, 1).Host(1).Command(t.Context(), self(t))
	cmd.Env = append(os.Environ(), roleEnv+"=directory")
	cmd.Dir = t.TempDir()
	out, err := cmd.Output()
	if got := strings.TrimSpace(string(out)); err != nil || got != cmd.Dir {
		t.Errorf("ran in %q, %v; want %q", got, err, cmd.Dir)
	}
}

// TestNothingIsLeft is about what others on this computer can see.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	var pid int
	t.Run("a LAN", func(t *testing.T) {
		l := New(t, 2)
		pid = l.anchor.cmd.Process.Pid
		names, err := os.ReadDir("/run/netns")
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for _, name := range names {
			if name.Name() == "h1" || name.Name() == "h2" {
				t.Errorf("%s is visible outside", name)
			}
		}
	})
	if _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the anchor still runs: %v", err)
	}
}

func TestNothingIsLeftByATestThatDies(t *testing.T) {
	t.Parallel()
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	cmd := exec.CommandContext(ctx, self(t))
	cmd.Env = append(os.Environ(), roleEnv+"=anchor")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	proc, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	kill()
	if err := cmd.Wait(); err == nil {
		t.Error("it ended by itself")
	}
	l := &LAN{t: t}
	l.await("the end of the anchor", func() bool {
		_, err := os.Stat(strings.TrimSpace(proc))
		return errors.Is(err, os.ErrNotExist)
	})
}

// TestUserNamespace uses the way that people who are not root go.
func TestUserNamespace(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return // then every other test goes that way already
	}
	exe := publicCopy(t)
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^Test(HostsReachEachOther|Multicast|FirewallIsolationAndRate)$")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	cmd.Dir = "/"
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// publicCopy copies the test binary to where any user can run it.
func publicCopy(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lan")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	data, err := os.ReadFile(self(t))
	if err == nil {
		err = os.WriteFile(dir+"/lan.test", data, 0o755)
	}
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir + "/lan.test"
}

// A process is a role that runs in a host until the test ends.
type process struct {
	t     *testing.T
	lines *bufio.Scanner
}

func start(t *testing.T, h *Host, role string) *process {
	t.Helper()
	cmd := h.Command(context.Background(), self(t))
	cmd.Env = append(os.Environ(), roleEnv+"="+role)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil && cmd.ProcessState == nil {
			t.Error(err)
		}
	})
	return &process{t: t, lines: bufio.NewScanner(out)}
}

// expect reads the next line, which must be want.
func (p *process) expect(want string) {
	p.t.Helper()
	if !p.lines.Scan() {
		p.t.Fatalf("ended instead of printing %q: %v", want, p.lines.Err())
	}
	if got := p.lines.Text(); got != want {
		p.t.Fatalf("printed %q, want %q", got, want)
	}
}

func dial(t *testing.T, h *Host, addr string) (string, error) {
	return runRole(t, h, "dial", net.JoinHostPort(addr, "4000"))
}

func awaitDial(t *testing.T, h *Host, addr string) {
	t.Helper()
	h.lan.await(addr, func() bool { _, err := dial(t, h, addr); return err == nil })
}

func say(t *testing.T, h *Host, text string) {
	t.Helper()
	if out, err := runRole(t, h, "say", text); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func linkLocal(t *testing.T, h *Host) string {
	t.Helper()
	fields := strings.Fields(h.ip("-6 -o addr show dev eth0 scope link"))
	for _, f := range fields {
		if prefix, err := netip.ParsePrefix(f); err == nil {
			return prefix.Addr().String()
		}
	}
	t.Fatalf("no link-local address in %q", fields)
	return ""
}

func runRole(t *testing.T, h *Host, role, arg string) (string, error) {
	cmd := h.Command(t.Context(), self(t), arg)
	cmd.Env = append(os.Environ(), roleEnv+"="+role)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func self(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

func listenTCP([]string) error {
	ln, err := net.Listen("tcp", ":4000")
	if err != nil {
		return err
	}
	fmt.Println("ready")
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		fmt.Println("from", conn.RemoteAddr().(*net.TCPAddr).IP)
		if _, err := io.WriteString(conn, "hello"); err != nil {
			return err
		}
		if err := conn.Close(); err != nil {
			return err
		}
	}
}

func dialTCP(args []string) error {
	conn, err := net.DialTimeout("tcp", args[0], 2*time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	data, err := io.ReadAll(conn)
	if err == nil && string(data) != "hello" {
		err = fmt.Errorf("read %q", data)
	}
	return err
}

func hearMulticast([]string) error {
	card, err := net.InterfaceByName(mainCard)
	if err != nil {
		return err
	}
	conn, err := net.ListenMulticastUDP("udp4", card, multicastGroup)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	buf := make([]byte, 100)
	for {
		n, from, err := conn.ReadFromUDP(buf)
		if err != nil {
			return err
		}
		fmt.Printf("%s %s\n", from.IP, buf[:n])
	}
}

func sayMulticast(args []string) error {
	conn, err := net.DialUDP("udp4", nil, multicastGroup)
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = io.WriteString(conn, args[0])
	return err
}

func printDirectory([]string) error {
	dir, err := os.Getwd()
	fmt.Println(dir)
	return err
}

func holdAnchor([]string) error {
	a, err := startAnchor()
	if err != nil {
		return err
	}
	fmt.Println(a.proc(""))
	return a.cmd.Wait()
}
