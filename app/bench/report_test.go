//go:build linux

package main

import (
	"strings"
	"testing"
)

// seconds is a series of a program that took so long, and used nothing else.
func seconds(peer string, spents ...float64) series {
	s := series{peer: peer}
	for _, value := range spents {
		var one sample
		one[spent] = value
		one[goodput] = 1e6 / value
		s.samples = append(s.samples, one)
	}
	return s
}

func TestReport(t *testing.T) {
	c := benchCase{name: "file", title: "one file", targets: []target{
		{figure: spent, against: daemon, limit: 1},
		{figure: spent, against: ssh, limit: 1},
	}}
	out := report(c, []series{seconds("ferry", 1, 3, 2), seconds(daemon, 4, 4, 4)})
	title, table, _ := strings.Cut(strings.TrimPrefix(out, "\n"), "\n")
	if want := "file: one file (medians of 3; load "; !strings.HasPrefix(title, want) {
		t.Errorf("the title is %q, want %q...", title, want)
	}
	want := strings.TrimPrefix(`
                       time   synced      goodput   CPU/GiB   memory   offer
            ferry   2.000 s        -   4.0 Mbit/s         -        -       -
     rsync daemon   4.000 s        -   2.0 Mbit/s         -        -       -
  time, ferry / rsync daemon: 0.500 (by rounds 0.500)
  target: time, ferry / rsync daemon: 0.500 (by rounds 0.500), <= 1.00: met
  target: time against rsync+ssh gcm: not measured
`, "\n")
	if table != want {
		t.Errorf("got\n%s\nwant\n%s", table, want)
	}
}

func TestJudge(t *testing.T) {
	all := []series{seconds("ferry", 2), seconds(iperf, 1)}
	for _, c := range []struct {
		target target
		want   string
	}{
		{target{figure: spent, limit: 2}, "target: time 2.000 s, <= 2.000 s: met"},
		{target{figure: spent, limit: 1.9}, "target: time 2.000 s, <= 1.900 s: MISSED"},
		{target{figure: memory, limit: 100}, "target: memory -, <= 100 MiB: MISSED"},
		{target{figure: goodput, against: iperf, limit: 0.5, atLeast: true}, "target: goodput, ferry / iperf3: 0.500 (by rounds 0.500), >= 0.50: met"},
		{target{figure: goodput, against: iperf, limit: 0.9, atLeast: true}, "target: goodput, ferry / iperf3: 0.500 (by rounds 0.500), >= 0.90: MISSED"},
		{target{figure: cpu, against: iperf, limit: 1}, "target: CPU/GiB, ferry / iperf3: 0.000 (by rounds 0.000), <= 1.00: MISSED"},
	} {
		if got := c.target.judge(all); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

// TestCasesAreSound: names are taken once, and each target is against a peer
// that takes part.
func TestCasesAreSound(t *testing.T) {
	known := map[string]bool{"": true}
	for _, p := range others {
		known[p.name] = true
	}
	seen := map[string]bool{}
	for _, c := range cases {
		if seen[c.name] {
			t.Errorf("two cases are called %s", c.name)
		}
		seen[c.name] = true
		takesPart := map[string]bool{"": true}
		for _, name := range c.against {
			takesPart[name] = true
			if !known[name] {
				t.Errorf("%s: there is no peer %q", c.name, name)
			}
		}
		for _, g := range c.targets {
			if !takesPart[g.against] {
				t.Errorf("%s: a target against %q, which takes no part", c.name, g.against)
			}
		}
	}
}
