//go:build linux

package main

import (
	"time"

	"ferry/netcore/netcoretest/lan"
)

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
)

// A benchCase is one piece of work for ferry and some others.
type benchCase struct {
	name    string
	title   string
	tree    tree // what is sent
	disk    bool // the receiver's folder is on a disk, not in memory
	mbit    int  // the sender's speed; 0: as fast as it goes
	path    lan.Path
	against []string // the names of peers
	once    bool     // more runs would tell no more
	targets []target
}

// A target is what a figure of ferry's must come to.
type target struct {
	figure  figure
	against string // the name of a peer; empty: the figure itself is meant
	limit   float64
	atLeast bool // the limit is the least, not the most
}

const (
	daemon = "rsync daemon"
	ssh    = "rsync+ssh gcm"
	netcat = "nc"
	iperf  = "iperf3"
)

var cases = []benchCase{
	{
		name: "file", title: "one file of 2 GiB", tree: oneFile(2 * gib),
		against: []string{daemon, ssh, netcat, iperf},
		targets: []target{
			{figure: spent, against: daemon, limit: 1.05},
			{figure: spent, against: ssh, limit: 0.55},
			{figure: cpu, against: daemon, limit: 1.25},
		},
	},
	{
		name: "offer-bytes", title: "until 2 GiB are offered", tree: oneFile(2 * gib),
		targets: []target{{figure: offered, limit: 0.3}},
	},
	{
		name: "small", title: "10,000 files of 4 KiB in 100 folders", tree: manyFiles(100, 100, 4*kib),
		against: []string{daemon, ssh},
		targets: []target{{figure: spent, against: daemon, limit: 0.6}},
	},
	{
		name: "small-disk", title: "10,000 files of 4 KiB in 100 folders, to a disk", tree: manyFiles(100, 100, 4*kib), disk: true,
		against: []string{daemon, ssh},
		targets: []target{
			{figure: spent, against: daemon, limit: 1},
			{figure: synced, against: daemon, limit: 1},
		},
	},
	{
		name: "mixed", title: "500 files of 1 KiB to 20 MiB", tree: mixedFiles(500, kib, 20*mib),
		against: []string{daemon, ssh},
		targets: []target{{figure: spent, against: daemon, limit: 1.1}},
	},
	{
		name: "gbit", title: "512 MiB at 1 Gbit/s", tree: oneFile(512 * mib), mbit: 1000,
		against: []string{iperf, daemon, netcat},
		targets: []target{{figure: goodput, against: iperf, limit: 0.97, atLeast: true}},
	},
	{
		name: "delay", title: "512 MiB at 1 Gbit/s, 20 ms there and back", tree: oneFile(512 * mib), mbit: 1000,
		path:    lan.Path{Delay: 10 * time.Millisecond},
		against: []string{iperf, daemon},
		targets: []target{{figure: goodput, against: iperf, limit: 0.95, atLeast: true}},
	},
	{
		name: "loss", title: "8 MiB at 1 Gbit/s, 20 ms there and back, 1 % lost", tree: oneFile(8 * mib), mbit: 1000,
		path:    lan.Path{Delay: 10 * time.Millisecond, Loss: 0.01},
		against: []string{iperf},
		targets: []target{{figure: goodput, against: iperf, limit: 1.5, atLeast: true}},
	},
	{
		name: "offer-files", title: "until 100,000 files are offered", tree: manyFiles(100, 1000, 0),
		targets: []target{{figure: offered, limit: 2}},
	},
	{
		name: "million", title: "1,000,000 empty files in 1,000 folders", tree: manyFiles(1000, 1000, 0), once: true,
		targets: []target{{figure: memory, limit: 100}},
	},
}
