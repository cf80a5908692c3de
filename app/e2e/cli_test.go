//go:build linux

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ferry/netcore/netcoretest/lan"
)

// cli starts ferry-cli on a host, with a config folder of its own.
func cli(t testing.TB, host *lan.Host, name string, args ...string) *process {
	t.Helper()
	return cliAt(t, t.TempDir(), host, name, args...)
}

// cliAt does so with the config folder of a home that others may use.
func cliAt(t testing.TB, home string, host *lan.Host, name string, args ...string) *process {
	t.Helper()
	args = append([]string{"--config", filepath.Join(home, "ferry"), "--name", name}, args...)
	cmd := host.Command(context.Background(), program(t, ferryCLI), args...)
	cmd.Env = append(os.Environ(), "HOME="+home)
	cmd.Dir = home
	return start(t, strings.ToLower(strings.ReplaceAll(name, " ", "-")), cmd)
}

// TestCLISend: a parcel goes from one computer to another, which is known by
// its name only, and each command ends by itself.
func TestCLISend(t *testing.T) {
	net := lan.New(t, 2)
	outside, inbox := t.TempDir(), t.TempDir()
	parcel := writeParcel(t, outside)
	bob := cli(t, net.Host(2), "Bob", "receive", "--accept", "all", "--dir", inbox, "--count", "1")
	anna := cli(t, net.Host(1), "Anna", append([]string{"send", "Bob"}, parcel...)...)
	anna.wait(patience, 0)
	bob.wait(patience, 0)
	sameTree(t, inbox, outside)
}

// TestCLIManySenders: fifty computers send to one at once. All arrives, and the receiver's
// memory does not grow with their number.
func TestCLIManySenders(t *testing.T) {
	const (
		senders = 50
		size    = 4 * megabyte
		memory  = 200 << 20 // bytes that the receiver may use at its peak
	)
	net := lan.New(t, 2)
	outside, inbox := t.TempDir(), t.TempDir()
	bob := cli(t, net.Host(2), "Bob", "receive", "--accept", "all", "--dir", inbox)
	var sending []*process
	for i := range senders {
		path := writeFile(t, filepath.Join(outside, fmt.Sprintf("%02d.bin", i)), size+int64(i))
		sending = append(sending, cli(t, net.Host(1), fmt.Sprintf("Sender %02d", i), "send", "Bob", path))
	}
	deadline := time.Now().Add(4 * patience) // fifty programs share what cores there are
	for _, p := range sending {
		p.wait(time.Until(deadline), 0)
	}
	peak := bob.memory("VmHWM")
	t.Logf("the receiver's peak memory: %d MiB", peak>>20)
	if peak > memory {
		t.Errorf("the receiver used %d MiB, want at most %d", peak>>20, memory>>20)
	}
	bob.quit(143) // as "receive" ends on SIGTERM
	sameTree(t, inbox, outside)
}
