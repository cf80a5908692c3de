//go:build linux

// Command bench measures what moving files with Ferry costs, beside programs
// that every Debian has: iperf3, rsync as a daemon and over ssh, nc.
//
// Two real ferry-cli processes, in two network namespaces that a virtual cable
// joins, get the same work as the others do; the runs of all programs
// take turns, so that a computer that is busy for a while is so for all of
// them. Ratios between programs mean something; seconds depend on the computer.
//
//	go run ./app/bench [-case NAME]... [-runs N] [-disk DIR] [-mem DIR] [-ferry FILE] [-beside FILE]
//
// -beside has another build of ferry-cli take part, to see what a change has
// brought.
//
// What each figure is:
//
//   - time: from the start of the sending process to its end; for ferry that is
//     the receiver's word that all is whole and on its disk. What iperf3
//     measures begins with the connection.
//   - synced: the same, and then "sync -f" on the receiver's folder. Ferry has
//     done that itself.
//   - CPU: user and system seconds of both ends, for each GiB.
//   - memory: the peak (VmHWM) of the larger end.
//   - offer: from the start of the sending process until the receiver tells
//     of the offer; so it has the start of a process in it.
//
// Everything that it starts and writes is gone when it ends. It needs root, or
// user namespaces (then rsync over ssh is left out). "packaging/deps.sh bench"
// installs the other programs.
package main
