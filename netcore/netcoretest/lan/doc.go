// Package lan builds real local networks for tests: virtual hosts, each a Linux
// network namespace with a network card, joined by bridges that carry unicast,
// broadcast and multicast like a switch does. A test can pull cables, block
// multicast, close firewalls, or make a path long and lossy, and nothing of it
// touches the computer's own network.
//
// # What it needs
//
// Linux with iproute2 and util-linux (nsenter, unshare); [Host.SetMulticast]
// and [Host.BlockInbound] need nftables too, [Host.SetPath] /dev/net/tun. It
// runs as root, or in a user namespace for anybody else. Where user namespaces
// are forbidden, run the tests with sudo:
//
//	go test -exec 'sudo -E' ./...
//
// A test that cannot have its network fails; it is never skipped.
//
// # Nothing is left behind
//
// Each [LAN] lives in namespaces that are held by one process, its anchor, and
// have no names outside of it; so any number of LANs can exist side by side,
// with the same addresses. The anchor ends with the test, and also when the
// test binary dies without cleaning up; the kernel then removes the rest.
//
// A [Path] is a process too: this program once more, which importing the package
// makes able to be one.
//
// Except for [Host.Command] and [Host.IP], the methods end the test with Fatal
// when they fail, so they must be called from the test's own goroutine.
package lan
