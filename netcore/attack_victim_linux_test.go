package netcore_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"ferry/netcore"
	"ferry/netcore/netcoretest"
)

// A victim runs in a process of its own, so that what it takes can be told from what its attackers take.
type victimProcess struct {
	addr, inbox string

	stdin  io.Closer
	stdout *bufio.Reader
	cmd    *exec.Cmd
}

// A toll is what a victim took at the most.
type toll struct {
	Files, Goroutines, Memory int // open files, goroutines, bytes (VmHWM)
	Asked, AtOnce, OfOne      int // questions to its person: in all, at a time, of one device at a time
}

const victimDir = "FERRY_TEST_VICTIM"

// startVictim starts a node that accepts what Anna offers and decides on nothing else.
func startVictim(t testing.TB) *victimProcess {
	t.Helper()
	dir := t.TempDir()
	v := &victimProcess{inbox: filepath.Join(dir, "inbox")}
	v.cmd = exec.Command(os.Args[0], "-test.run=^TestVictimProcess$")
	v.cmd.Env = append(os.Environ(), victimDir+"="+dir)
	v.cmd.Stderr = os.Stderr
	stdin, err := v.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := v.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close(); _ = v.cmd.Wait() })
	v.stdin, v.stdout = stdin, bufio.NewReader(stdout)
	v.addr = strings.TrimSpace(v.line(t))
	return v
}

func (v *victimProcess) line(t testing.TB) string {
	t.Helper()
	line, err := v.stdout.ReadString('\n')
	if err != nil {
		t.Fatalf("the victim: %v", err)
	}
	return line
}

// end stops the victim and returns what it took.
func (v *victimProcess) end(t testing.TB) (got toll) {
	t.Helper()
	v.stdin.Close()
	if err := json.Unmarshal([]byte(v.line(t)), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// TestVictimProcess is no test: it is what startVictim starts.
func TestVictimProcess(t *testing.T) {
	dir := os.Getenv(victimDir)
	if dir == "" {
		return
	}
	var w watcher
	bob := netcoretest.Start(t, "Bob", func(c *netcore.Config, r *netcoretest.Recorder) {
		c.Dir, c.Inbox, c.Handler = filepath.Join(dir, "config"), filepath.Join(dir, "inbox"), &w
	})
	fmt.Println(bob.Addr())
	ended := make(chan struct{})
	go func() { defer close(ended); _, _ = io.Copy(io.Discard, os.Stdin) }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for waiting := true; waiting; {
		select {
		case <-tick.C:
			w.look(t)
		case <-ended:
			waiting = false
		}
	}
	line, err := json.Marshal(w.total(t))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(string(line))
}

// watcher is the person at the victim, and keeps count. It remembers no events: there are many.
type watcher struct {
	netcoretest.Recorder
	mu  sync.Mutex
	now map[netcore.PeerID]int
	all int
	toll
}

func (w *watcher) Event(netcore.Event) {}

func (w *watcher) Offer(ctx context.Context, o netcore.Offer) netcore.Answer {
	w.count(o.Peer.ID, 1)
	defer w.count(o.Peer.ID, -1)
	if o.Peer.Name != "Anna" {
		<-ctx.Done()
	}
	return netcore.Answer{Accept: o.Peer.Name == "Anna"}
}

func (w *watcher) count(id netcore.PeerID, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now == nil {
		w.now = make(map[netcore.PeerID]int)
	}
	w.now[id] += n
	w.all += n
	w.Asked += max(n, 0)
	w.AtOnce, w.OfOne = max(w.AtOnce, w.all), max(w.OfOne, w.now[id])
}

func (w *watcher) look(t *testing.T) {
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Error(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Files, w.Goroutines = max(w.Files, len(files)), max(w.Goroutines, runtime.NumGoroutine())
}

func (w *watcher) total(t *testing.T) toll {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Error(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kib := 0
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		t.Error(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Memory = kib << 10
	return w.toll
}
