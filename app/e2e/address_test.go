//go:build linux

package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"ferry/netcore/netcoretest/lan"
)

// TestScannedCode: on a network that carries no multicast, what a camera reads off the screen is
// enough to reach the device and to be sure that it is this one.
func TestScannedCode(t *testing.T) {
	s, network := newScreen(t), lan.New(t, 2)
	for i := 1; i <= 2; i++ {
		network.Host(i).SetMulticast(false)
	}
	anna := open(s, network.Host(1), "Anna", shortDir(t), 10)
	anna.click("the button that shows the address", id("button.address"))
	anna.await("the address", id("sheet", network.Host(1).IP().String()))
	s.shot("code")
	read := s.must("zbarimg", "--quiet", "--raw", artefact(t, "code.png")) // and what it has to complain of
	at := strings.Index(read, "ferry:")
	if at < 0 {
		t.Fatalf("read off the screen: %q", read)
	}
	ticket := strings.TrimSpace(read[at:])
	s.must("xdotool", "key", "Escape")
	file := writeFile(t, filepath.Join(t.TempDir(), "plan.pdf"), 5000)
	bob := cli(t, network.Host(2), "Bob", "send", ticket, file)
	anna.click("Accept", id("offer.accept"))
	bob.wait(patience, 0)
	sameTree(t, anna.inbox(), filepath.Dir(file))
}
