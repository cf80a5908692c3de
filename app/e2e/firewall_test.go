//go:build linux

package e2e

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ferry/netcore"
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

// TestUnseenFirewall sends from a window that nobody sees to a computer whose firewall lets nobody in, and that was there before: neither
// could dial the other. Once that has arrived, the window is as unseen as it was.
func TestUnseenFirewall(t *testing.T) {
	s, network, home, bobs := newScreen(t), lan.New(t, 2), shortDir(t), t.TempDir()
	if err := (netcore.Settings{Visibility: netcore.VisibleToNone}).Save(filepath.Join(home, "ferry")); err != nil {
		t.Fatal(err)
	}
	anna := open(s, network.Host(1), "Anna", home, 10)
	inbox := t.TempDir()
	receive := []string{"receive", "--accept", "all", "--dir", inbox}
	bob := cliAt(t, bobs, network.Host(2), "Bob", receive...)
	parcel := t.TempDir()
	drop := func(name string) {
		t.Helper()
		anna.drop(anna.await("Bob's card", peer("Bob")).center(), writeFile(t, filepath.Join(parcel, name), 100_000))
	}
	drop("before.bin")
	anna.await("what was sent", row("before.bin", "to Bob", "sent"))
	bob.quit(143)
	off := anna.onScreen(point{500, 400}) // the card; under the mouse it says what a drop would do
	s.must("xdotool", "mousemove", strconv.Itoa(off.x), strconv.Itoa(off.y))
	anna.await("Bob's dimmed card", called("seen:", "last seen"))

	network.Host(2).BlockInbound(true)
	bob = cliAt(t, bobs, network.Host(2), "Bob, behind a firewall", receive...)
	drop("behind.bin")
	anna.await("what was sent", row("behind.bin", "to Bob", "sent"))
	sameTree(t, inbox, parcel)
	looks := cliAt(t, bobs, network.Host(2), "Bob looks", "peers", "--json")
	looks.wait(patience, 0)
	if said := string(looks.output()); strings.Contains(said, `"online":true`) {
		t.Errorf("Bob sees\n%s", said)
	}
	bob.quit(143)
}
