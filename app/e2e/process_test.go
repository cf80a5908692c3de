//go:build linux

package e2e

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

const (
	// patience is how long anything that must happen may take on a slow and
	// busy computer.
	patience = 60 * time.Second
	// pollInterval is how often it is looked for.
	pollInterval = 50 * time.Millisecond
	// logTail is how much of a program's log a failed test shows, in bytes.
	logTail = 8 << 10
)

// A process is a program that a test has started, the leader of a process group of
// its own. Nothing of that group outlives the test.
type process struct {
	t     testing.TB
	name  string
	cmd   *exec.Cmd
	log   string        // the file that takes what it writes
	ended chan struct{} // closed when it has
	err   error         // of Wait; valid once ended is closed
}

// start starts cmd. name is for people, and for the log file.
func start(t testing.TB, name string, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{t: t, name: name, cmd: cmd, log: artefact(t, name+".log"), ended: make(chan struct{})}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644) // a second run goes on in the same log
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close() // the process has its own
	if cmd.Stdout == nil {
		cmd.Stdout = log
	}
	cmd.Stderr = log
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	if err := cmd.Start(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(p.kill)
	return p
}

// kill ends the whole group at once, and shows the log of a failed test.
func (p *process) kill() {
	err := syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	if err != nil && !errors.Is(err, syscall.ESRCH) {
		p.t.Errorf("%s: %v", p.name, err)
	}
	<-p.ended
	if p.t.Failed() {
		p.t.Logf("%s ended: %v; it said:\n%s", p.name, p.err, p.output())
	}
}

// quit asks the process to end, as the end of a session does, and requires
// that it does, with the given exit code.
func (p *process) quit(code int) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Errorf("%s: %v", p.name, err)
	}
	p.wait(patience, code)
}

// wait requires that the process ends by itself, with the given exit code.
func (p *process) wait(timeout time.Duration, code int) {
	p.t.Helper()
	select {
	case <-p.ended:
		if got := p.cmd.ProcessState.ExitCode(); got != code {
			p.t.Errorf("%s ended with code %d, want %d: %v", p.name, got, code, p.err)
		}
	case <-time.After(timeout):
		p.dump()
		p.t.Errorf("%s still runs after %v; what it does is in %s", p.name, timeout, p.log)
	}
}

// dump makes a Go program write what each of its goroutines does into its
// log, and end.
func (p *process) dump() {
	if err := p.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		p.t.Logf("%s: %v", p.name, err)
	}
	select {
	case <-p.ended:
	case <-time.After(patience):
	}
}

// running reports whether the process has not ended.
func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// output is the end of what the process wrote.
func (p *process) output() []byte {
	data, err := os.ReadFile(p.log)
	if err != nil {
		return []byte(err.Error())
	}
	return bytes.TrimSpace(data[max(0, len(data)-logTail):])
}

// eventually polls until check returns nil, and ends the test with its last error if
// that takes too long.
func eventually(t testing.TB, what string, check func() error) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%s: not after %v: %v", what, patience, err)
		}
	}
}
