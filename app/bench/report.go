//go:build linux

package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
)

// report says what a case came to: the medians of all programs, and ferry's
// figures beside the targets. The first of all is ferry.
func report(c benchCase, all []series) string {
	var out strings.Builder
	fmt.Fprintf(&out, "\n%s: %s (medians of %d; load %s)\n", c.name, c.title, len(all[0].samples), load())
	tabulate(&out, all)
	for _, other := range all[1:] {
		r := compare(all[0].of(spent), other.of(spent))
		fmt.Fprintf(&out, "  time, ferry / %s: %.3f (by rounds %.3f)\n", other.peer, r.ofMedians, r.ofRounds)
	}
	for _, goal := range c.targets {
		fmt.Fprintln(&out, " ", goal.judge(all))
	}
	return out.String()
}

// tabulate writes a line for each program and a column for each figure.
func tabulate(out *strings.Builder, all []series) {
	t := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprint(t, "  \t")
	for f := range figureCount {
		fmt.Fprint(t, f, "\t")
	}
	fmt.Fprintln(t)
	for _, s := range all {
		fmt.Fprintf(t, "  %s\t", s.peer)
		for f := range figureCount {
			fmt.Fprint(t, f.format(median(s.of(f))), "\t")
		}
		fmt.Fprintln(t)
	}
	t.Flush() // a Builder takes everything
}

// judge says in a line whether ferry, the first of all, meets the target.
func (g target) judge(all []series) string {
	sign := "<="
	if g.atLeast {
		sign = ">="
	}
	if g.against == "" {
		value := median(all[0].of(g.figure))
		return fmt.Sprintf("target: %v %s, %s %s: %s", g.figure, g.figure.format(value), sign, g.figure.format(g.limit), g.verdict(value))
	}
	i := slices.IndexFunc(all, func(s series) bool { return s.peer == g.against })
	if i < 0 {
		return fmt.Sprintf("target: %v against %s: not measured", g.figure, g.against)
	}
	r := compare(all[0].of(g.figure), all[i].of(g.figure))
	return fmt.Sprintf("target: %v, ferry / %s: %.3f (by rounds %.3f), %s %.2f: %s",
		g.figure, g.against, r.ofMedians, r.ofRounds, sign, g.limit, g.verdict(r.ofMedians))
}

func (g target) verdict(value float64) string {
	if value > 0 && (value <= g.limit) != g.atLeast || value == g.limit {
		return "met"
	}
	return "MISSED"
}

// load is how busy the computer was in the last minute. Well above 2, others
// used it too.
func load() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(data), " ")
	return first
}
