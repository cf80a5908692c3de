//go:build linux

package e2e

import (
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
	"ferry/netcore/netcoretest/lan"
)

var soakTime = flag.Duration("soak", 2*time.Minute, "for how long BenchmarkSoak sends")

const (
	turnTime   = 2 * time.Second // at most one transfer begins in it
	sampleTime = time.Minute
)

// turnSizes are sizes of files that people send, in bytes.
var turnSizes = []int64{0, 700, 30_000, 2 * megabyte, 400_000, 4_000, 12 * megabyte, 90_000}

// BenchmarkSoak is what a window keeps, in the end of a long day, of all that it did: it gets a file every two seconds from a trusted
// device that comes and goes; of fifteen, one is cancelled half way, one is a stranger's, which its person accepts or declines, and one she sends
// herself. -soak says for how long.
//
// Over 57 minutes and 1,710 transfers: of the Go heap 20 MiB in use at first, 24 after 1,000 transfers, which is how many ended ones a
// node remembers, and 24 to 25 from then on; 41 goroutines and 32 or 33 open files throughout. Resident were 174 MiB at first, 184 to 197 in the
// first quarter of an hour, 192 to 212 in the last: that still grows a little, outside what Go has in use.
func BenchmarkSoak(b *testing.B) {
	s := newSoak(b)
	var samples []sample
	began := time.Now()
	tick := time.NewTicker(turnTime)
	defer tick.Stop()
	for turn := 0; time.Since(began) < *soakTime; turn++ {
		s.turn(turn)
		if at := time.Since(began); at >= time.Duration(len(samples))*sampleTime {
			samples = append(samples, s.sample(at, turn+1))
			s.keep(samples)
		}
		<-tick.C
	}
	samples = append(samples, s.sample(time.Since(began), s.turns))
	s.keep(samples)
	if err := s.anna.keepProfile("heap?gc=1", "heap.pprof"); err != nil {
		b.Fatal(err)
	}
	for i, name := range sampleNames[2:] {
		report(b, course(name, samples, i+2, s.turns))
	}
}

// A soak is Anna's window, which is looked at, and who deals with it.
type soak struct {
	b                   *testing.B
	lan                 *lan.LAN
	anna                *window
	carl, dora, outside string // the homes of a trusted device and of a stranger; what is sent
	turns               int
}

func newSoak(b *testing.B) *soak {
	b.Helper()
	screen, net := newScreen(b), lan.New(b, 3)
	s := &soak{b: b, lan: net, carl: b.TempDir(), dora: b.TempDir(), outside: b.TempDir()}
	home := shortDir(b)
	befriend(b, filepath.Join(home, "ferry"), "Carl", filepath.Join(s.carl, "ferry"))
	cli(b, net.Host(2), "Bob", "receive", "--accept", "all", "--dir", filepath.Join(s.outside, "received"))
	s.anna = launch(screen, net.Host(1), "Anna", home, "info")
	s.anna.await("the window", id("self.name", "Anna"))
	s.anna.place(10)
	s.anna.await("Bob's card", peer("Bob"))
	return s
}

// befriend has a window that is not there yet accept all that a device sends.
func befriend(t testing.TB, windowDir, name, dir string) {
	t.Helper()
	at := func(dir string) func(*netcore.Config, *netcoretest.Recorder) {
		return func(cfg *netcore.Config, _ *netcoretest.Recorder) { cfg.Dir = dir }
	}
	window, other := netcoretest.Start(t, "Anna", at(windowDir)), netcoretest.Start(t, name, at(dir))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	p, err := window.Connect(ctx, other.Ticket())
	if err == nil {
		err = window.SetAutoAccept(p.ID, netcore.AutoAccept{On: true})
	}
	if err != nil {
		t.Fatal(err)
	}
	window.Stop()
	other.Stop()
}

// turn is one transfer, and what became of it is on the window.
func (s *soak) turn(n int) {
	s.b.Helper()
	name := fmt.Sprintf("file %05d.bin", n)
	size := turnSizes[n%len(turnSizes)]
	switch n % 15 {
	case 5:
		s.ask(name, size, n/15%2 == 0)
	case 10:
		carl := s.send("Carl", s.carl, "--limit-up", "5M", s.file(name, 100*megabyte))
		s.anna.await("progress", row(name, "of 100 MB"))
		if err := carl.cmd.Process.Signal(os.Interrupt); err != nil {
			s.b.Error(err)
		}
		carl.wait(patience, 130)
		s.anna.await("cancelled", row(name, "Carl cancelled"))
	case 14:
		s.anna.drop(s.anna.await("Bob's card", peer("Bob")).center(), s.file(name, size))
		s.anna.await("sent", row(name, "to Bob", "sent"))
	default:
		s.send("Carl", s.carl, s.file(name, size)).wait(patience, 0)
		s.anna.await("received", row(name, "from Carl", "received"))
	}
	s.tidy(s.outside)
	s.tidy(filepath.Join(s.outside, "received"))
	s.tidy(s.anna.inbox())
	s.turns++
}

// ask has a stranger ask, whose first offer is declined, her second one accepted, and so on: whoever is always declined is not heard any more.
func (s *soak) ask(name string, size int64, declined bool) {
	s.b.Helper()
	dora := s.send("Dora", s.dora, s.file(name, size))
	if declined {
		s.anna.click("Decline", id("offer.decline"))
		dora.wait(patience, 3)
		s.anna.await("declined", row(name, "you declined"))
		return
	}
	s.anna.click("Accept", id("offer.accept"))
	dora.wait(patience, 0)
	s.anna.await("received", row(name, "from Dora", "received"))
}

func (s *soak) file(name string, size int64) string {
	s.b.Helper()
	return writeFile(s.b, filepath.Join(s.outside, name), size)
}

// send starts sending to Anna.
func (s *soak) send(who, home string, args ...string) *process {
	s.b.Helper()
	path := args[len(args)-1]
	args = append(append([]string{"send"}, args[:len(args)-1]...), windowAddress, path)
	return cliAt(s.b, home, s.lan.Host(3), who, args...)
}

// tidy removes the files in a folder, as people do.
func (s *soak) tidy(dir string) {
	s.b.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "file *.bin"))
	for _, f := range files {
		if rerr := os.Remove(f); rerr != nil {
			err = rerr
		}
	}
	if err != nil {
		s.b.Fatal(err)
	}
}

// A sample is what the window holds at one moment, in the order of sampleNames.
type sample [6]int64

var sampleNames = [...]string{"seconds", "transfers", "resident, KiB", "Go heap in use, KiB", "goroutines", "open files"}

var goroutineLine = regexp.MustCompile(`^goroutine profile: total (\d+)`)

func (s *soak) sample(at time.Duration, turns int) sample {
	s.b.Helper()
	heap := s.anna.heap(s.b)
	profile, err := s.anna.profile("goroutine?debug=1")
	if err != nil {
		s.b.Fatal(err)
	}
	match := goroutineLine.FindSubmatch(profile)
	if match == nil {
		s.b.Fatalf("no goroutines in %s", profile)
	}
	goroutines, err := strconv.ParseInt(string(match[1]), 10, 64)
	if err != nil {
		s.b.Fatal(err)
	}
	files, err := os.ReadDir(s.anna.proc.path("fd"))
	if err != nil {
		s.b.Fatal(err)
	}
	return sample{int64(at.Seconds()), int64(turns), s.anna.proc.memory("VmRSS") >> 10, heap >> 10, goroutines, int64(len(files))}
}

// keep leaves the samples as an artefact, so that a long run can be looked at.
func (s *soak) keep(samples []sample) {
	s.b.Helper()
	var text strings.Builder
	w := csv.NewWriter(&text)
	err := w.Write(sampleNames[:])
	for _, line := range samples {
		fields := make([]string, len(line))
		for i, v := range line {
			fields[i] = strconv.FormatInt(v, 10)
		}
		if err == nil {
			err = w.Write(fields)
		}
	}
	w.Flush()
	if err == nil {
		err = os.WriteFile(artefact(s.b, "samples.csv"), []byte(text.String()), 0o644)
	}
	if err != nil {
		s.b.Fatal(err)
	}
}

// course tells how the i-th number of the samples went.
func course(name string, samples []sample, i, transfers int) figure {
	first, last := samples[0][i], samples[len(samples)-1][i]
	least, most := first, first
	for _, s := range samples {
		least, most = min(least, s[i]), max(most, s[i])
	}
	return figure{
		fmt.Sprintf("%s, %v, %d transfers", name, *soakTime, transfers), "flat",
		fmt.Sprintf("%d at first, %d at last", first, last), fmt.Sprintf("least %d, most %d; %d samples", least, most, len(samples)),
	}
}
