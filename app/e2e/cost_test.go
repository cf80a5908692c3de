//go:build linux

package e2e

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"ferry/app/bus/bustest"
	"ferry/netcore"
	"ferry/netcore/netcoretest/lan"
)

// What the window costs, as "make window-cost" prints it. Nothing here fails because something is slow. Each runs
// once, however large b.N is: use -benchtime 1x.

// windowAddress is where the window's node is reached.
const windowAddress = "10.77.0.1:7776"

// BenchmarkFirstFrame is how long it takes from the start of the program until there is something in its window.
func BenchmarkFirstFrame(b *testing.B) {
	const times = 10
	s, net := newScreen(b), lan.New(b, 1)
	var mapped, drawn []time.Duration
	for range times {
		eye := s.command(exec.Command("/usr/bin/python3", "testdata/frame.py"))
		out, err := eye.StdoutPipe()
		if err == nil {
			err = eye.Start()
		}
		if err == nil {
			_, err = io.ReadFull(out, make([]byte, len("ready\n")))
		}
		if err != nil {
			b.Fatal(err)
		}
		home := shortDir(b)
		program(b, ferry) // is not built while the clock runs
		began := time.Now()
		w := launch(s, net.Host(1), "Anna", home, "info")
		said, err := io.ReadAll(out)
		if err = errors.Join(err, eye.Wait()); err != nil {
			b.Fatal(err)
		}
		for i, field := range strings.Fields(string(said)) {
			seconds, err := strconv.ParseFloat(field, 64)
			if err != nil {
				b.Fatal(err)
			}
			took := time.UnixMicro(int64(seconds * 1e6)).Sub(began)
			if i == 0 {
				mapped = append(mapped, took)
			} else {
				drawn = append(drawn, took)
			}
		}
		s.shot("first-frame")
		w.await("the window", id("self.name", "Anna"))
		w.close()
	}
	report(b, figure{
		"first frame, median of 10", "1.5 s", round(median(drawn)),
		fmt.Sprintf("window mapped after %s; the first start %s", round(median(mapped)), round(drawn[0])),
	})
}

func round(d time.Duration) string { return d.Round(time.Millisecond).String() }

// BenchmarkIdle is what a window takes that has nothing to do: with one peer and with thirty, minimised, and in the tray.
//
// On two cores of a server, beside other work: 0.4 % of a core with one peer, 0.9 % with thirty, 0.8 % minimised or in the tray. Without package idle a window
// alone takes 1.0 to 1.6 %, as does an empty one of Fyne's.
func BenchmarkIdle(b *testing.B) {
	const long = time.Minute
	s, net, home := newScreen(b), lan.New(b, 2), shortDir(b)
	s.bus = bustest.Start(b)
	items := startPanel(b, s.bus)
	if err := (netcore.Settings{Tray: true}).Save(filepath.Join(home, "ferry")); err != nil {
		b.Fatal(err)
	}
	w := launch(s, net.Host(1), "Anna", home, "info")
	w.await("the window", id("self.name", "Anna"))
	w.place(10)
	within(b, "Ferry in the tray", items)
	first := crowd{Dir: b.TempDir(), Nodes: 1, Address: windowAddress}.start(b, net.Host(2))
	w.await("a card", peer("Peer 000"))
	w.measure(b, "idle, one peer", "1 %", long)
	first.kill()
	tells(crowd{Dir: b.TempDir(), Nodes: 30, Address: windowAddress}.start(b, net.Host(2)), "met")
	w.measure(b, "idle, 30 peers", "1 %", long)
	s.must("xdotool", "windowminimize", w.xid)
	w.measure(b, "the same, minimised", "1 %", long)
	startAgain(w, net.Host(1))
	w.closeByKey()
	w.measure(b, "the same, in the tray", "1 %", long)
}

// measure reports what the window's process takes during d.
func (w *window) measure(b *testing.B, what, target string, d time.Duration) {
	b.Helper()
	<-time.After(2 * time.Second) // what came before has an end
	profile := make(chan error, 1)
	if os.Getenv("FERRY_CPU_PROFILE") != "" { // it costs some itself
		go func() {
			profile <- w.keepProfile("profile?seconds="+strconv.Itoa(int(d.Seconds())), strings.ReplaceAll(what, " ", "-")+".pprof")
		}()
	} else {
		profile <- nil
	}
	before := w.proc.used()
	began := time.Now()
	<-time.After(d)
	took, used := time.Since(began), w.proc.used().sub(before)
	if err := <-profile; err != nil {
		b.Fatal(err)
	}
	report(b, figure{what, target, used.share(took), used.rasterizerShare(took)})
}

// profile reads a profile of the window's process.
func (w *window) profile(name string) ([]byte, error) {
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", w.profiles())
		},
	}}
	answer, err := client.Get("http://window/debug/pprof/" + name)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}

// keepProfile leaves a profile as an artefact.
func (w *window) keepProfile(name, file string) error {
	data, err := w.profile(name)
	if err != nil {
		return err
	}
	return os.WriteFile(artefact(w.t, file), data, 0o644)
}

// BenchmarkTwoHundredRows is what a window takes into which 200 files come at once.
func BenchmarkTwoHundredRows(b *testing.B) {
	const size = 32 * megabyte
	file := filepath.Join(b.TempDir(), "A film with a name of usual length.mkv")
	w, _ := occupied(b, crowd{Path: file, Times: 200, AtOnce: 200, Upload: 20 * megabyte}, size, "running")
	w.screen.shot("rows")
	w.measure(b, "200 running rows, 20 MB/s in all", "15 %", 30*time.Second)
	w.screen.must("xdotool", "windowminimize", w.xid)
	w.measure(b, "the same, minimised", "-", 30*time.Second)
}

// occupied is a window into which a crowd sends files, without being asked, that has said what it was waited for.
func occupied(b *testing.B, c crowd, size int64, until string) (*window, *process) {
	b.Helper()
	s, net := newScreen(b), lan.New(b, 2)
	home := shortDir(b)
	c.Dir, c.Nodes, c.Address = b.TempDir(), 1, windowAddress
	c.befriend(b, filepath.Join(home, "ferry"))
	writeFile(b, c.Path, size)
	w := launch(s, net.Host(1), "Anna", home, "info")
	w.await("the window", id("self.name", "Anna"))
	w.place(10)
	p := c.start(b, net.Host(2))
	tells(p, until)
	return w, p
}

// BenchmarkManyCards is what a window takes that shows many peers of which ten a second change.
func BenchmarkManyCards(b *testing.B) {
	s, net := newScreen(b), lan.New(b, 2)
	w := launch(s, net.Host(1), "Anna", shortDir(b), "info")
	w.await("the window", id("self.name", "Anna"))
	w.place(10)
	p := crowd{Dir: b.TempDir(), Nodes: 300, Address: windowAddress, Rename: time.Second / 10}.start(b, net.Host(2))
	tells(p, "met")
	s.shot("cards")
	w.measure(b, "300 cards, ten renamed a second", "-", 30*time.Second)
}

// BenchmarkLargeOffer is how long it takes from the moment when an offer of 100,000 entries is there whole until all of it
// is in its card.
func BenchmarkLargeOffer(b *testing.B) {
	const folders, files, times = 100, 999, 5
	s, net := newScreen(b), lan.New(b, 2)
	outside := filepath.Join(b.TempDir(), "photos")
	for i := range folders {
		dir := filepath.Join(outside, fmt.Sprintf("%03d", i))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			b.Fatal(err)
		}
		for j := range files {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("IMG_%05d.jpg", j)), nil, 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
	w := launch(s, net.Host(1), "Anna", shortDir(b), "debug")
	w.await("the window", id("self.name", "Anna"))
	w.place(10)
	before := w.proc.memory("VmRSS")
	var shown, whole []time.Duration
	for i := range times {
		sender := cli(b, net.Host(2), "Bob", "send", windowAddress, outside)
		var card time.Time
		var all time.Time
		for deadline := time.Now().Add(patience); all.IsZero(); { // without a pause: it matters when, and a look costs little
			scene, err := w.look()
			if err != nil {
				b.Fatal(err)
			}
			if _, ok := scene.find(id("offer")); ok && card.IsZero() {
				card = time.Now()
			}
			if _, ok := scene.find(called("offer.entry:photos/", "")); ok {
				all = time.Now()
			}
			if time.Now().After(deadline) {
				s.shot("late")
				b.Fatalf("%s shows: %v; the sender says: %s", w.name, scene, sender.output())
			}
		}
		began := w.offered(b, i)
		shown, whole = append(shown, card.Sub(began)), append(whole, all.Sub(began))
		s.shot("large")
		sender.kill()
		w.awaitNo("offer of who is gone", id("offer"))
	}
	report(b, figure{
		"an offer of 100,000 entries, median of 5", "1 s", round(median(whole)),
		fmt.Sprintf("its card after %s; memory %s before, at most %s", round(median(shown)), mib(before), mib(w.proc.memory("VmHWM"))),
	})
}

var offerLine = regexp.MustCompile(`(?m)^time=(\S+) .*msg=offer .*$`)

// offered is when the i-th offer was there, as the window logs it.
func (w *window) offered(b *testing.B, i int) time.Time {
	b.Helper()
	log, err := os.ReadFile(filepath.Join(w.config(), "log/ferry.log"))
	if err != nil {
		b.Fatal(err)
	}
	lines := offerLine.FindAllSubmatch(log, -1)
	if len(lines) <= i {
		b.Fatalf("%d offers are logged, want %d", len(lines), i+1)
	}
	at, err := time.Parse(time.RFC3339, string(lines[i][1]))
	if err != nil {
		b.Fatal(err)
	}
	return at
}

// BenchmarkMemory is what a window keeps of transfers that have ended.
func BenchmarkMemory(b *testing.B) {
	const times, step = 3000, 500
	file := filepath.Join(b.TempDir(), "A letter of usual length.pdf")
	w, p := occupied(b, crowd{Path: file, Times: times, AtOnce: 8}, 4<<10, "done 100")
	var samples []string
	for done := step; done <= times; done += step {
		tells(p, fmt.Sprint("done ", done))
		samples = append(samples, fmt.Sprintf("%d: %s heap, %s resident", done, mib(w.heap(b)), mib(w.proc.memory("VmRSS"))))
	}
	if err := w.keepProfile("heap?gc=1", "heap.pprof"); err != nil {
		b.Fatal(err)
	}
	report(b, figure{"memory after so many transfers", "flat", samples[len(samples)-1], strings.Join(samples[:len(samples)-1], "; ")})
}

var heapLine = regexp.MustCompile(`(?m)^# HeapAlloc = (\d+)$`)

// heap is how many bytes are in use in the window's process that Go has allotted.
func (w *window) heap(b *testing.B) int64 {
	b.Helper()
	data, err := w.profile("heap?gc=1&debug=1")
	if err != nil {
		b.Fatal(err)
	}
	match := heapLine.FindSubmatch(data)
	if match == nil {
		b.Fatalf("no heap in %s", data)
	}
	n, err := strconv.ParseInt(string(match[1]), 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}
