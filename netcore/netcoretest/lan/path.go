//go:build linux

package lan

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// A Path is what lies between a host and the switch beyond a cable, the same in
// both directions. The zero Path is a cable.
type Path struct {
	Delay time.Duration // of every packet, one way
	Loss  float64       // the share of packets that get lost, each way: 0.01 is one in a hundred
}

// SetPath puts p between eth0 and the switch, in place of an earlier path. What
// is under way at that moment is lost. Packets stay in order, and are never
// lost but by chance; [Host.SetRate] says how fast a host sends.
//
// It needs /dev/net/tun. At 1 Gbit/s it costs about a third of a core, and it
// carries several times as much.
func (h *Host) SetPath(p Path) {
	h.lan.t.Helper()
	h.path.remove(h)
	h.path = nil
	if p != (Path{}) {
		h.insert(p)
	}
	h.isolate()
}

// insert starts a relay and leads the host's port through it.
func (h *Host) insert(p Path) {
	h.lan.t.Helper()
	r, err := startRelay(h, p)
	if err != nil {
		h.lan.t.Fatal("lan: ", err)
	}
	h.lan.t.Cleanup(func() {
		if err := r.stop(); err != nil {
			h.lan.t.Error("lan: ", err)
		}
	})
	r.join(h)
	h.path = r
}

// A relay is a process that holds two tap devices in the switch and carries
// frames between them: later, and not all of them.
type relay struct {
	cmd    *exec.Cmd
	stdin  io.Closer
	stderr bytes.Buffer

	bridge    string // joins the host's port and near
	near, far string // the tap devices; far takes the port's place in the segment
	stopped   bool
}

func startRelay(h *Host, p Path) (*relay, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	a := h.lan.anchor
	args := append(a.enter("--net="+a.proc("ns/net")), "--", exe)
	r := &relay{bridge: h.name + "-path", near: h.name + "-near", far: h.name + "-far"}
	r.cmd = exec.Command(args[0], args[1:]...)
	r.cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %v %v", relayEnv, r.near, r.far, p.Delay, p.Loss))
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	r.cmd.Stderr = &r.stderr
	if r.stdin, err = r.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := r.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := r.cmd.Start(); err != nil {
		return nil, err
	}
	if line, _ := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		return nil, fmt.Errorf("no path: %w", r.stop())
	}
	return r, nil
}

// join makes the relay the only way from the host's port to the segment.
func (r *relay) join(h *Host) {
	h.lan.t.Helper()
	segment := h.lan.bridge(segment)
	h.lan.ip("link add " + r.bridge + " type bridge mcast_snooping 0 forward_delay 0")
	h.lan.ip("link set " + r.bridge + " up")
	for tap, bridge := range map[string]string{r.near: r.bridge, r.far: segment} {
		h.lan.ip(fmt.Sprintf("link set %s txqueuelen %d master %s up", tap, queueFrames, bridge))
	}
	h.lan.ip("link set " + h.port(mainCard) + " master " + r.bridge)
}

// remove plugs the host's port into the segment again. It does nothing on nil.
func (r *relay) remove(h *Host) {
	h.lan.t.Helper()
	if r == nil {
		return
	}
	if err := r.stop(); err != nil {
		h.lan.t.Error("lan: ", err)
	}
	h.lan.ip("link set " + h.port(mainCard) + " master " + h.lan.bridge(segment))
	h.lan.ip("link del " + r.bridge)
}

// stop ends the process, and with it the tap devices. More calls do nothing.
func (r *relay) stop() error {
	if r.stopped {
		return nil
	}
	r.stopped = true
	r.stdin.Close() // an error would only say that it has ended already
	if err := r.cmd.Wait(); err != nil {
		return fmt.Errorf("relay: %w: %s", err, strings.TrimSpace(r.stderr.String()))
	}
	return nil
}
