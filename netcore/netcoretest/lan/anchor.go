//go:build linux

package lan

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
)

// anchorScript runs in fresh network and mount namespaces: the first is the
// switch, the second hides the host's own /run, so that the names of our
// namespaces are seen by no one else. It lives as long as its standard input is
// open, which is as long as the test binary lives.
const anchorScript = `set -e
mount -t tmpfs lan /run
mkdir /run/netns
ip link set lo up
echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
echo ready
exec cat`

// An anchor is the process that keeps the namespaces of one LAN alive.
type anchor struct {
	cmd   *exec.Cmd
	stdin io.Closer
	user  bool // the namespaces belong to a user namespace
}

func startAnchor() (*anchor, error) {
	a := &anchor{user: os.Geteuid() != 0}
	args := []string{"--mount", "--net", "sh", "-c", anchorScript}
	if a.user {
		args = append([]string{"--user", "--map-root-user"}, args...)
	}
	a.cmd = exec.Command("unshare", args...)
	var stderr bytes.Buffer
	a.cmd.Stderr = &stderr
	stdin, err := a.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	a.stdin = stdin
	stdout, err := a.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := a.cmd.Start(); err != nil {
		return nil, err
	}
	if line, _ := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		err := a.stop()
		return nil, fmt.Errorf("no network namespaces: they need root, or user namespaces; try go test -exec 'sudo -E' (unshare: %v: %s)", err, bytes.TrimSpace(stderr.Bytes()))
	}
	return a, nil
}

// stop ends the anchor and with it all that it holds.
func (a *anchor) stop() error {
	a.stdin.Close() // an error would only say that the anchor is gone already
	return a.cmd.Wait()
}

// enter returns the nsenter command line that runs something in the anchor's
// user namespace, if it has one, and in the given other namespaces. nsenter
// replaces itself with the command, so that its process ID is the command's.
func (a *anchor) enter(namespaces ...string) []string {
	args := []string{"nsenter"}
	if a.user {
		args = append(args, "--user="+a.proc("ns/user"), "--preserve-credentials")
	}
	return append(args, namespaces...)
}

// inSwitch enters the switch, where the names of all hosts are known.
func (a *anchor) inSwitch() []string {
	return a.enter("--mount="+a.proc("ns/mnt"), "--net="+a.proc("ns/net"))
}

// inHost enters a host's network only: files and working directory stay as they
// are.
func (a *anchor) inHost(name string) []string {
	return a.enter("--net=" + a.proc("root/run/netns/"+name))
}

func (a *anchor) proc(path string) string {
	return "/proc/" + strconv.Itoa(a.cmd.Process.Pid) + "/" + path
}
