//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// pollInterval is how often something is looked at that nobody tells of.
	pollInterval = 5 * time.Millisecond
	// patience is how long a program may take to get ready, or to end.
	patience = 30 * time.Second
)

// A process is a program that takes part in a run.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr watched
	ended          chan struct{} // closed when it has
	err            error         // of Wait; valid once ended is closed
	peak           atomic.Int64  // the most memory that it was seen to use, in KiB
}

// start starts cmd, the leader of a process group of its own.
func start(cmd *exec.Cmd) (*process, error) {
	p := &process{cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.stdout, &p.stderr
	cmd.SysProcAttr.Setpgid = true
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	go p.weigh()
	return p, nil
}

// weigh looks at the process's memory for as long as it runs. The figure that
// wait4 gives has the memory of this program in it, which it was forked from.
func (p *process) weigh() {
	tick := time.NewTicker(4 * pollInterval)
	defer tick.Stop()
	for {
		if kib, err := p.status("VmHWM"); err == nil {
			p.peak.Store(kib)
		}
		select {
		case <-p.ended:
			return
		case <-tick.C:
		}
	}
}

// status returns a number out of /proc/PID/status.
func (p *process) status(key string) (int64, error) {
	data, err := os.ReadFile(p.proc("status"))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(data), key+":")
	line, _, _ := strings.Cut(rest, "\n")
	return strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(line), " kB"), 10, 64)
}

func (p *process) proc(name string) string {
	return fmt.Sprintf("/proc/%d/%s", p.cmd.Process.Pid, name)
}

// wait waits until the process has ended, and requires that all was well.
func (p *process) wait() error {
	<-p.ended
	if p.err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w: %s", strings.Join(p.cmd.Args, " "), p.err, p.stderr.Bytes())
}

// waitFor is wait for one that ought to have ended by now.
func (p *process) waitFor(limit time.Duration) error {
	select {
	case <-p.ended:
		return p.wait()
	case <-time.After(limit):
		return fmt.Errorf("%s: still runs: %s", strings.Join(p.cmd.Args, " "), p.stderr.Bytes())
	}
}

// quit ends a process that serves for ever, once it has nobody to serve any
// more: what its children have used is known when it has seen them end.
func (p *process) quit() error {
	children := p.proc("task/" + strconv.Itoa(p.cmd.Process.Pid) + "/children")
	err := p.await("the end of those that serve", func() bool {
		data, err := os.ReadFile(children)
		return err == nil && len(bytes.TrimSpace(data)) == 0
	})
	if err != nil {
		return err
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	<-p.ended // by a signal, so that its error says nothing
	return nil
}

// kill ends the process and its group, if they have not ended.
func (p *process) kill() {
	if err := syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	<-p.ended
}

// awaitListening waits until the process listens on a TCP port.
func (p *process) awaitListening(port int) error {
	return p.await(fmt.Sprint("listening on port ", port), func() bool {
		for _, table := range []string{"net/tcp", "net/tcp6"} {
			// One that is gone does not listen.
			if data, err := os.ReadFile(p.proc(table)); err == nil && listening(string(data), port) {
				return true
			}
		}
		return false
	})
}

// listening reports whether a table of the kernel's has a socket that listens
// on port.
func listening(table string, port int) bool {
	const listen = "0A" // TCP_LISTEN
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		if len(fields) > 3 && strings.HasSuffix(fields[1], fmt.Sprintf(":%04X", port)) && fields[3] == listen {
			return true
		}
	}
	return false
}

// await polls until ready, for as long as the process runs.
func (p *process) await(what string, ready func() bool) error {
	deadline := time.After(patience)
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for !ready() {
		select {
		case <-tick.C:
		case <-p.ended:
			return fmt.Errorf("%s: ended instead of %s: %w: %s", p.cmd.Path, what, p.err, p.stderr.Bytes())
		case <-deadline:
			return fmt.Errorf("%s: %s: not after %v", p.cmd.Path, what, patience)
		}
	}
	return nil
}

// used returns the CPU seconds of a process that has ended, and of its
// children.
func (p *process) used() float64 {
	return (p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()).Seconds()
}

// watched keeps what a program writes, and when it told of an offer.
type watched struct {
	mu    sync.Mutex
	text  []byte
	offer time.Time
}

func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.offer.IsZero() && bytes.Contains(p, []byte(`{"event":"offer"`)) {
		w.offer = time.Now()
	}
	w.text = append(w.text, p...)
	return len(p), nil
}

// Bytes returns what was written so far.
func (w *watched) Bytes() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.TrimSpace(w.text)
}
