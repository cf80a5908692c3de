//go:build linux

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"ferry/netcore/netcoretest/lan"
)

// sentAgain is how much an interruption may cost, in bytes: what was under way.
const sentAgain = 8 << 20

// An errand is one delivery from Anna to Bob, who each have a computer and a
// ferry-cli. Whatever comes between, it must end with all goods at Bob's, with
// one question, and without much being sent twice.
type errand struct {
	t         *testing.T
	anna, bob *party
	goods     string   // the folder that Anna sends
	inbox     string   // Bob's
	to        string   // how Anna calls Bob
	stays     bool     // Bob's program does not end with the transfer
	parties   []*party // all that ever ran
	sentFirst int64    // bytes that Anna's card had sent before
}

// newErrand gets goods of about size bytes on their way, at mbit megabits a
// second, and returns when both ends have said that they move.
func newErrand(t *testing.T, size int64, mbit int) *errand {
	e := prepare(t, size)
	e.anna.host.SetRate(mbit)
	e.begin()
	return e
}

// prepare is newErrand without a beginning.
func prepare(t *testing.T, size int64) *errand {
	t.Helper()
	return prepareWith(t, func(dir string) string { return writeGoods(t, dir, size) })
}

// prepareWith has goods that write makes in a folder.
func prepareWith(t *testing.T, write func(dir string) string) *errand {
	t.Helper()
	t.Parallel()
	net := lan.New(t, 2)
	e := &errand{t: t, goods: write(t.TempDir()), inbox: t.TempDir(), to: net.Host(2).IP().String()}
	e.anna = &party{name: "Anna", host: net.Host(1), home: t.TempDir()}
	e.bob = &party{name: "Bob", host: net.Host(2), home: t.TempDir(), other: e.anna}
	e.anna.other = e.bob
	return e
}

// begin starts both ends.
func (e *errand) begin() {
	e.t.Helper()
	e.sentFirst = e.sent()
	e.startBob()
	e.bob.await("listening", func(ev cliEvent) bool { return ev.Event == "listening" })
	e.startAnna()
	e.bob.await("the transfer to run", running)
	e.anna.await("the transfer to run", running)
}

func (e *errand) startAnna() { e.t.Helper(); e.start(e.anna, "send", e.to, e.goods) }

func (e *errand) startBob() {
	e.t.Helper()
	command := []string{"receive", "--accept", "all", "--dir", e.inbox}
	if !e.stays {
		command = append(command, "--count", "1")
	}
	e.start(e.bob, command...)
}

// start runs a party's ferry-cli, in the place of one that has ended.
func (e *errand) start(p *party, command ...string) {
	e.t.Helper()
	args := append([]string{"--json", "--config", filepath.Join(p.home, "ferry"), "--name", p.name}, command...)
	args = append(slices.Clone(p.wrap), append([]string{program(e.t, ferryCLI)}, args...)...)
	cmd := p.host.Command(context.Background(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "HOME="+p.home)
	cmd.Dir = p.home
	p.cliEvents = &cliEvents{}
	cmd.Stdout = p.cliEvents
	p.process = start(e.t, p.name, cmd)
	e.parties = append(e.parties, &party{name: p.name, process: p.process, cliEvents: p.cliEvents})
}

// finish requires that all has arrived, after so many interruptions.
func (e *errand) finish(interruptions int) {
	e.t.Helper()
	e.anna.wait(2*patience, 0)
	e.bob.await("the end", func(ev cliEvent) bool { return ev.State == "done" })
	sameGoods(e.t, filepath.Join(e.inbox, filepath.Base(e.goods)), e.goods)
	if e.stays {
		e.bob.quit(143)
	} else {
		e.bob.wait(patience, 0)
	}
	e.askedOnce()
	e.sentOnce(interruptions)
}

// finishWithout requires that all has arrived but the file name, and that both
// ends say so and why.
func (e *errand) finishWithout(name, code string) {
	e.t.Helper()
	for _, p := range []*party{e.anna, e.bob} {
		failed := p.await("the end", func(ev cliEvent) bool { return ev.State == "done" }).Failed
		if len(failed) != 1 || failed[0].Path != "goods/"+name || failed[0].Code != code {
			e.t.Errorf("%s: failed: %v, want %s: %s", p.name, failed, name, code)
		}
		p.wait(patience, 5)
	}
	if err := os.Remove(filepath.Join(e.goods, name)); err != nil {
		e.t.Fatal(err)
	}
	sameGoods(e.t, filepath.Join(e.inbox, "goods"), e.goods)
	e.askedOnce()
}

// askedOnce requires that all events were of one transfer, and one question.
func (e *errand) askedOnce() {
	e.t.Helper()
	var offers int
	var ids []string
	for _, p := range e.parties {
		for _, ev := range p.all() {
			if ev.Event == "offer" {
				offers++
			}
			if ev.ID != "" && !slices.Contains(ids, ev.ID) {
				ids = append(ids, ev.ID)
			}
		}
	}
	if offers != 1 || len(ids) != 1 {
		e.t.Errorf("%d questions about the transfers %v, want one about one", offers, ids)
	}
}

// sentOnce requires that Anna's computer has sent the goods, and for each
// interruption no more than sentAgain besides.
func (e *errand) sentOnce(interruptions int) {
	e.t.Helper()
	size := sizeOf(e.t, e.goods)
	sent := e.sent() - e.sentFirst
	headers := size / 16 // of Ethernet, IP, TCP and TLS, and the list of the goods
	again := sent - size - headers
	e.t.Logf("%.1f MB of goods, %.1f MB on the wire; %d interruptions", float64(size)/1e6, float64(sent)/1e6, interruptions)
	if again > int64(interruptions)*sentAgain+1<<20 {
		e.t.Errorf("%.1f MB were sent again over %d interruptions", float64(again)/1e6, interruptions)
	}
}

var cardCounters = regexp.MustCompile(`eth0:((?:\s+\d+){9})`)

// sent is how many bytes Anna's network card has sent so far.
func (e *errand) sent() int64 {
	e.t.Helper()
	out, err := e.anna.host.Command(e.t.Context(), "cat", "/proc/self/net/dev").Output()
	if err != nil {
		e.t.Fatal(err)
	}
	found := cardCounters.FindSubmatch(out)
	if found == nil {
		e.t.Fatalf("no eth0 in %s", out)
	}
	fields := bytes.Fields(found[1])
	sent, err := strconv.ParseInt(string(fields[8]), 10, 64) // after eight of what was received
	if err != nil {
		e.t.Fatal(err)
	}
	return sent
}

// A party is a person with a ferry-cli.
type party struct {
	*process
	*cliEvents
	name  string
	other *party
	host  *lan.Host
	home  string
	wrap  []string // runs what follows it
}

// await waits until an event is wanted, and returns the first that is. That
// ends when either program has ended in a way that no test wants.
func (p *party) await(what string, wanted func(cliEvent) bool) cliEvent {
	p.t.Helper()
	var found cliEvent
	eventually(p.t, p.name+": "+what, func() error {
		ended := !p.process.running()
		all := p.all()
		if i := slices.IndexFunc(all, wanted); i >= 0 {
			found = all[i]
			return nil
		}
		if ended {
			p.t.Fatalf("%s: %s: ended: %v", p.name, what, p.err)
		}
		if other := p.other; other.process != nil && !other.process.running() && other.failed() {
			p.t.Fatalf("%s: %s: %s ended: %v", p.name, what, other.name, other.err)
		}
		return fmt.Errorf("%d events, the last %v", len(all), all[max(0, len(all)-3):])
	})
	return found
}

// failed reports whether the program has ended without having delivered, or
// got, what it could.
func (p *party) failed() bool {
	code := p.cmd.ProcessState.ExitCode()
	return code != 0 && code != 5
}

// murder ends the program as a power cut does; nobody is surprised.
func (p *party) murder() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Error(err)
	}
	<-p.ended
	p.process = nil
}

// cliEvents takes what ferry-cli --json writes.
type cliEvents struct {
	mu   sync.Mutex
	rest []byte // a line that is not complete
	list []cliEvent
}

// A cliEvent has what the tests look at of what JSON.md describes.
type cliEvent struct {
	Event string    `json:"event"`
	Time  time.Time `json:"time"`
	ID    string    `json:"transfer_id"`
	State string    `json:"state"`
	Done  int64     `json:"done_bytes"`
	Found int64     `json:"found_bytes"`
	Fault *struct {
		Code   string `json:"code"`
		Remote bool   `json:"remote"`
	} `json:"error"`
	Failed []struct {
		Path string `json:"path"`
		Code string `json:"code"`
	} `json:"failed"`
}

func (ev cliEvent) String() string {
	text := fmt.Sprintf("%s %s, %d bytes, %d found", ev.Event, ev.State, ev.Done, ev.Found)
	if ev.Fault != nil {
		text += ", " + ev.Fault.Code
	}
	return text
}

func (l *cliEvents) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		line, rest, whole := bytes.Cut(l.rest, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		l.rest = rest
		var ev cliEvent
		if err := json.Unmarshal(line, &ev); err != nil {
			return 0, fmt.Errorf("%q: %w", line, err)
		}
		l.list = append(l.list, ev)
	}
}

func (l *cliEvents) all() []cliEvent {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.list)
}

func running(ev cliEvent) bool { return ev.Event == "transfer" && ev.State == "running" }
func paused(ev cliEvent) bool  { return ev.Event == "transfer" && ev.State == "paused" }

// pausedBy is an event that tells that the transfer waits, and why.
func pausedBy(codes ...string) func(cliEvent) bool {
	return func(ev cliEvent) bool { return paused(ev) && ev.Fault != nil && slices.Contains(codes, ev.Fault.Code) }
}

// moved is an event that tells that so many bytes are there.
func moved(least int64) func(cliEvent) bool {
	return func(ev cliEvent) bool { return ev.Done >= least }
}
