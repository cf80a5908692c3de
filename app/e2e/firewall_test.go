//go:build linux

package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"ferry/netcore/netcoretest/lan"
)

// TestCLIFirewall sends with a command, which listens nowhere, to a computer whose firewall lets nobody in: neither could
// dial the other. The sender has "ferry-cli receive" running too, or not; a third computer is in nobody's way.
func TestCLIFirewall(t *testing.T) {
	net := lan.New(t, 3)
	net.Host(2).BlockInbound(true)
	carol := cli(t, net.Host(3), "Carol", "receive", "--accept", "all", "--dir", t.TempDir())
	outside := t.TempDir()
	parcel := writeParcel(t, outside)
	for _, window := range []bool{false, true} {
		inbox, home := t.TempDir(), t.TempDir()
		bob := cli(t, net.Host(2), "Bob", "receive", "--accept", "all", "--dir", inbox, "--count", "1")
		if window {
			cliAt(t, home, net.Host(1), "Anna", "receive", "--accept", "trusted", "--dir", filepath.Join(home, "inbox"))
			cliAt(t, home, net.Host(1), "Anna looks", "peers").wait(patience, 0) // the two have found each other meanwhile
		}
		if window {
			doctor := cliAt(t, home, net.Host(1), "Anna asks", "doctor", "Bob")
			doctor.wait(patience, 1)
			const want = "Bob can reach this computer; this computer cannot reach Bob on port 7776 (timed out): its firewall. Transfers work all the same."
			if said := string(doctor.output()); !strings.Contains(said, want) {
				t.Errorf("doctor says\n%s\nwant %q", said, want)
			}
		}
		anna := cliAt(t, home, net.Host(1), "Anna sends", append([]string{"send", "Bob"}, parcel...)...)
		anna.wait(patience, 0)
		bob.wait(patience, 0)
		sameTree(t, inbox, outside)
	}
	carol.quit(143)
}
