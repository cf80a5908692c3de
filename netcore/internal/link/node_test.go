//go:build linux

package link

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"ferry/netcore/internal/identity"
	"ferry/netcore/netcoretest/lan"
)

// A node is a process of this test binary on a host.
type node struct {
	t      *testing.T
	host   *lan.Host
	name   string
	dir    string
	id     identity.PeerID
	began  time.Time
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stderr output
	ended  bool

	mu    sync.Mutex
	lines []line
	news  chan struct{} // replaced when there is a line
	done  chan struct{} // its output has ended
}

// output is what a process has written.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// launch starts a node on h; dir holds its identity.
func launch(t *testing.T, h *lan.Host, name, dir string) *node {
	t.Helper()
	n := begin(t, h, name, dir)
	n.ready()
	return n
}

// begin does not wait until the node is ready.
func begin(t *testing.T, h *lan.Host, name, dir string) *node {
	t.Helper()
	return run(t, h, "node", name, dir, dir, name)
}

func run(t *testing.T, h *lan.Host, role, name, dir string, args ...string) *node {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	n := &node{t: t, host: h, name: name, dir: dir, news: make(chan struct{}), done: make(chan struct{})}
	n.cmd = h.Command(context.Background(), exe, args...)
	// The race detector would wait for a second at each end.
	n.cmd.Env = append(os.Environ(), roleEnv+"="+role, "GORACE=atexit_sleep_ms=0 "+os.Getenv("GORACE"))
	n.cmd.Stderr = &n.stderr
	if n.stdin, err = n.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := n.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go n.read(stdout)
	t.Cleanup(n.quit)
	return n
}

func (n *node) ready() {
	n.t.Helper()
	l := n.await(0, "its own name", func(l line) bool { return l.Ready != nil })
	n.id, n.began = l.Ready.ID, l.At
}

func (n *node) read(stdout io.Reader) {
	defer close(n.done)
	for d := json.NewDecoder(stdout); ; {
		var l line
		if d.Decode(&l) != nil {
			return // its exit status says more
		}
		n.mu.Lock()
		n.lines = append(n.lines, l)
		close(n.news)
		n.news = make(chan struct{})
		n.mu.Unlock()
	}
}

// quit ends the node as a person does, and checks that it ended in good order.
func (n *node) quit() {
	if n.ended {
		return
	}
	n.ended = true
	if err := n.stdin.Close(); err != nil {
		n.t.Error(err)
	}
	<-n.done
	if err := n.cmd.Wait(); err != nil {
		n.t.Errorf("%s: %v: %s", n.name, err, &n.stderr)
	}
}

// kill ends the node as the kernel does.
func (n *node) kill() {
	n.t.Helper()
	n.ended = true
	if err := n.cmd.Process.Kill(); err != nil {
		n.t.Fatal(err)
	}
	<-n.done
	_ = n.cmd.Wait() // that it was killed is no news
}

// mark is the number of lines until now.
func (n *node) mark() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.lines)
}

// since returns the lines after a mark, and what is closed when there are more.
func (n *node) since(mark int) ([]line, <-chan struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.lines[mark:]), n.news
}

// await waits for a line after the mark.
func (n *node) await(mark int, what string, is func(line) bool) line {
	n.t.Helper()
	deadline := time.After(patience)
	for {
		lines, news := n.since(mark)
		if i := slices.IndexFunc(lines, is); i >= 0 {
			return lines[i]
		}
		select {
		case <-news:
		case <-n.done:
			n.t.Fatalf("%s ended before %s: %s", n.name, what, &n.stderr)
		case <-deadline:
			text, err := json.Marshal(lines)
			n.t.Fatalf("%s waited in vain for %s; got %s, %v\n%s", n.name, what, text, err, &n.stderr)
		}
	}
}

// seesOf waits until n sees other come or go, and returns when that was.
func (n *node) sees(mark int, other *node, online bool) time.Time {
	n.t.Helper()
	return n.await(mark, fmt.Sprintf("%s online: %v", other.name, online), func(l line) bool {
		return l.Changed != nil && l.Changed.ID == other.id && l.Changed.Online == online
	}).At
}

// lost reports whether n saw other go after the mark.
func (n *node) lost(mark int, other *node) bool {
	lines, _ := n.since(mark)
	return slices.ContainsFunc(lines, func(l line) bool {
		return l.Changed != nil && l.Changed.ID == other.id && !l.Changed.Online
	})
}

// do has n carry out a command, one at a time.
func (n *node) do(words ...any) answer {
	n.t.Helper()
	mark := n.mark()
	if _, err := fmt.Fprintln(n.stdin, words...); err != nil {
		n.t.Fatal(err)
	}
	return *n.await(mark, fmt.Sprint(words...), func(l line) bool { return l.Answer != nil }).Answer
}

// dials requires that n can open a connection to other.
func (n *node) dials(other *node) answer {
	n.t.Helper()
	a := n.do("dial", other.id)
	if a.Err != "" {
		n.t.Fatalf("%s dials %s: %s", n.name, other.name, a.Err)
	}
	return a
}
