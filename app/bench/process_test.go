//go:build linux

package main

import (
	"errors"
	"math"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func shell(t *testing.T, script string) *process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	p, err := start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

// TestQuitCountsThoseThatServed: what the children of a daemon have used is
// part of what it has used.
func TestQuitCountsThoseThatServed(t *testing.T) {
	p := shell(t, `sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done' & echo ready; wait; exec sleep 3600`)
	if err := p.await("ready", func() bool { return len(p.stdout.Bytes()) > 0 }); err != nil {
		t.Fatal(err)
	}
	if err := p.quit(); err != nil {
		t.Fatal(err)
	}
	if used := p.used(); used < 0.02 {
		t.Errorf("%v s of CPU, without the child's", used)
	}
}

func TestProcessThatFails(t *testing.T) {
	p := shell(t, "echo no such thing >&2; exit 3")
	if err := p.wait(); err == nil || !strings.Contains(err.Error(), "no such thing") {
		t.Errorf("got %v, want what it wrote", err)
	}
	if err := shell(t, "exit 3").awaitListening(1); err == nil {
		t.Error("one that has ended listens")
	}
}

func TestListening(t *testing.T) {
	const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0200007F:B79A 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1
   1: 0200007F:B79B 0200007F:1234 01 00000000:00000000 00:00000000 00000000     0        0 1 1
`
	for port, want := range map[int]bool{0xB79A: true, 0xB79B: false, 0x1234: false, 0: false} {
		if got := listening(table, port); got != want {
			t.Errorf("port %d listens: %v", port, got)
		}
	}
}

func TestIperfTook(t *testing.T) {
	j := &job{size: 1000}
	got, err := iperfTook(j, []byte(`{"end": {"sum_received": {"seconds": 2, "bytes": 4000}}}`))
	if err != nil || math.Abs(got-0.5) > 1e-9 {
		t.Errorf("1000 bytes took %v, %v; want 0.5 s", got, err)
	}
	for _, out := range []string{"", "{}", `{"error": "unable to connect"}`} {
		if got, err := iperfTook(j, []byte(out)); err == nil {
			t.Errorf("%q: took %v", out, got)
		}
	}
}

// TestHolder: however the work ends, all is undone, the last first.
func TestHolder(t *testing.T) {
	failure := errors.New("failure")
	for name, end := range map[string]func(*holder) error{
		"well":  func(*holder) error { return nil },
		"error": func(*holder) error { return failure },
		"fatal": func(h *holder) error { h.Fatal("failure"); return nil },
	} {
		var undone []int
		err := withHolder(func(h *holder) error {
			for i := range 3 {
				h.Cleanup(func() { undone = append(undone, i) })
			}
			return end(h)
		})
		if want := []int{2, 1, 0}; !slices.Equal(undone, want) {
			t.Errorf("%s: undone %v, want %v", name, undone, want)
		}
		if (err != nil) != (name != "well") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
