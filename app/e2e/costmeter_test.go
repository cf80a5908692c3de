//go:build linux

package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// A figure is what one benchmark found out, beside what it should be.
type figure struct{ what, target, measured, more string }

var figures []figure

// report keeps a figure for the table at the end.
func report(b *testing.B, f figure) {
	b.Helper()
	b.Logf("%s: %s (%s; target %s)", f.what, f.measured, f.more, f.target)
	figures = append(figures, f)
}

// printFigures prints what was measured, if anything was.
func printFigures() error {
	if len(figures) == 0 {
		return nil
	}
	load, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\nThe window's cost; load now %s\tTARGET\tMEASURED\tMORE\n", strings.Join(strings.Fields(string(load))[:3], " "))
	for _, f := range figures {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", f.what, f.target, f.measured, f.more)
	}
	return w.Flush()
}

// A usage is the CPU time that a process has taken since it began. A graphics card does what the rasterizer's
// threads do here.
type usage struct{ own, rasterizer time.Duration }

func (u usage) sub(v usage) usage { return usage{u.own - v.own, u.rasterizer - v.rasterizer} }

// share is u in parts of one core during d.
func (u usage) share(d time.Duration) string {
	return fmt.Sprintf("%.2f %% of a core", 100*u.own.Seconds()/d.Seconds())
}

func (u usage) rasterizerShare(d time.Duration) string {
	return fmt.Sprintf("and llvmpipe's threads %.2f %%", 100*u.rasterizer.Seconds()/d.Seconds())
}

// clockTick is the unit of times in /proc: USER_HZ, which is 100 on every Linux.
const clockTick = time.Second / 100

// used is what p has used so far.
func (p *process) used() usage {
	p.t.Helper()
	all, raster := cpuTime(p.t, p.path("stat")), time.Duration(0)
	tasks, err := filepath.Glob(p.path("task/*"))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, task := range tasks {
		name, err := os.ReadFile(filepath.Join(task, "comm"))
		switch {
		case errors.Is(err, os.ErrNotExist): // it has just ended
		case err != nil:
			p.t.Fatal(err)
		case strings.HasPrefix(string(name), "llvmpipe"):
			raster += cpuTime(p.t, filepath.Join(task, "stat"))
		}
	}
	return usage{all - raster, raster}
}

func (p *process) path(name string) string {
	return fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, name)
}

// cpuTime reads the user and system time out of a stat file of /proc.
func cpuTime(t testing.TB, path string) time.Duration {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// The name, in brackets, may have spaces in it; the 14th and 15th fields are meant.
	fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
	var ticks int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * clockTick
}

// memory is how much physical memory the process uses in bytes: now, "VmRSS", or at its peak, "VmHWM".
func (p *process) memory(name string) int64 {
	p.t.Helper()
	status, err := os.ReadFile(p.path("status"))
	if err != nil {
		p.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), name+":")
	kib, err := strconv.ParseInt(strings.Fields(rest + " ?")[0], 10, 64)
	if err != nil {
		p.t.Fatalf("no %s in\n%s", name, status)
	}
	return kib << 10
}

func median[T int64 | time.Duration](of []T) T {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

func mib(bytes int64) string { return fmt.Sprintf("%d MiB", bytes>>20) }
