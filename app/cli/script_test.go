package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"ferry/netcore"
)

// The scripts run the real program on the real node. It differs from the one
// that people run in two things: it looks for peers on the loopback
// interface only, so that a test neither meets nor disturbs the real network.
// And it believes that a script can read a question at once.
func TestMain(m *testing.M) {
	// Nor may a test keep this computer awake.
	for _, bus := range []string{"DBUS_SYSTEM_BUS_ADDRESS", "DBUS_SESSION_BUS_ADDRESS"} {
		if err := os.Setenv(bus, "unix:path=/nonexistent"); err != nil {
			panic(err)
		}
	}
	// Who starts the tests may ignore this signal, as nohup does; what they start must not.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	testscript.Main(m, map[string]func(){
		"ferry-cli": func() {
			h := system()
			h.open = openOnLoopback
			h.free = func(uint16) bool { return false } // doctor must not listen on the real network
			h.reading = 0
			os.Exit(run(os.Args[1:], h))
		},
	})
}

func openOnLoopback(cfg netcore.Config) (node, error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	for _, i := range interfaces {
		if i.Flags&net.FlagLoopback != 0 {
			cfg.Interfaces = []string{i.Name}
			return openNode(cfg)
		}
	}
	return nil, errors.New("no loopback interface")
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			home := filepath.Join(env.WorkDir, "home")
			env.Setenv("HOME", home)
			env.Setenv("USERPROFILE", home)
			env.Values[jobsKey{}] = make(jobs)
			return os.Mkdir(home, 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    cmdExits,
			"start":    cmdStart,
			"startpty": cmdStartPTY,
			"type":     cmdType,
			"signal":   cmdSignal,
			"ended":    cmdEnded,
			"waitfor":  cmdWaitfor,
			"waitvar":  cmdWaitvar,
			"json":     cmdJSON,
			"jsonvar":  cmdJSONVar,
			"mkfifo":   cmdMkfifo,
			"random":   cmdRandom,
			"same":     cmdSame,
			"mode":     cmdMode,
		},
	})
}

// exits CODE PROGRAM ARGS... runs a program that must end with CODE.
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	got := 0
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want || neg {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

type jobsKey struct{}

// jobs are the programs that a script runs in the background, by name.
type jobs map[string]*job

type job struct {
	cmd   *exec.Cmd
	ended chan struct{}
	keys  *os.File // its keyboard, if it has a terminal
}

func jobNamed(ts *testscript.TestScript, name string) *job {
	j := ts.Value(jobsKey{}).(jobs)[name]
	if j == nil {
		ts.Fatalf("no job %q", name)
	}
	return j
}

// start NAME PROGRAM ARGS... runs a program in the background. Its output
// goes to the files NAME.out and NAME.err.
func cmdStart(ts *testscript.TestScript, neg bool, args []string) {
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"), "USERPROFILE="+ts.Getenv("HOME"))
	out, err := os.Create(ts.MkAbs(args[0] + ".out"))
	ts.Check(err)
	defer out.Close() // the program has its own copy
	errs, err := os.Create(ts.MkAbs(args[0] + ".err"))
	ts.Check(err)
	defer errs.Close()
	cmd.Stdout, cmd.Stderr = out, errs
	launch(ts, args[0], cmd)
}

// launch starts cmd as a job that ends with the script at the latest.
func launch(ts *testscript.TestScript, name string, cmd *exec.Cmd) {
	ts.Check(cmd.Start())
	j := &job{cmd: cmd, ended: make(chan struct{})}
	ts.Value(jobsKey{}).(jobs)[name] = j
	go func() {
		defer close(j.ended)
		_ = cmd.Wait() // the exit code is in cmd.ProcessState
	}()
	ts.Defer(func() {
		_ = cmd.Process.Kill() // it may have ended already
		<-j.ended
	})
}

// signal NAME INT|TERM|HUP|KILL sends a signal to a background program.
func cmdSignal(ts *testscript.TestScript, neg bool, args []string) {
	s := map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP, "KILL": os.Kill}[args[1]]
	ts.Check(jobNamed(ts, args[0]).cmd.Process.Signal(s))
}

// ended NAME CODE waits for the end of a background program.
func cmdEnded(ts *testscript.TestScript, neg bool, args []string) {
	j := jobNamed(ts, args[0])
	select {
	case <-j.ended:
	case <-time.After(limit):
		ts.Fatalf("%s has not ended", args[0])
	}
	if got := strconv.Itoa(j.cmd.ProcessState.ExitCode()); got != args[1] {
		ts.Fatalf("%s ended with %s, want %s\n%s", args[0], got, args[1], errorsOf(ts, args[0]))
	}
}

func errorsOf(ts *testscript.TestScript, name string) string {
	text, _ := os.ReadFile(ts.MkAbs(name + ".err")) // only for the message
	return string(text)
}

// waitfor FILE REGEXP waits until a file has a match.
func cmdWaitfor(ts *testscript.TestScript, neg bool, args []string) {
	re, err := regexp.Compile(args[1])
	ts.Check(err)
	var text []byte
	poll(ts, func() bool {
		text, err = os.ReadFile(ts.MkAbs(args[0]))
		return err == nil && re.Match(text)
	}, func() string { return fmt.Sprintf("no match for %s in %s:\n%s", re, args[0], text) })
}

// waitvar VARIABLE FILE REGEXP waits until a file has a match, and keeps its
// first group.
func cmdWaitvar(ts *testscript.TestScript, neg bool, args []string) {
	cmdWaitfor(ts, neg, args[1:])
	match := regexp.MustCompile(args[2]).FindStringSubmatch(ts.ReadFile(args[1]))
	ts.Setenv(args[0], match[1])
}

// poll waits until what is wanted holds.
func poll(ts *testscript.TestScript, holds func() bool, complaint func() string) {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			ts.Fatalf("%s", complaint())
		}
	}
}

// mkfifo FILE makes a named pipe.
func cmdMkfifo(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(makeFIFO(ts.MkAbs(args[0])))
}

// random FILE BYTES makes a file of which no two parts are the same.
func cmdRandom(ts *testscript.TestScript, neg bool, args []string) {
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = io.CopyN(f, rand.NewChaCha8([32]byte{}), size)
	ts.Check(errors.Join(err, f.Close()))
}

// same FILE FILE checks that two files are identical, as cmp does, of any size.
func cmdSame(ts *testscript.TestScript, neg bool, args []string) {
	a, b := digest(ts, args[0]), digest(ts, args[1])
	if a != b {
		ts.Fatalf("%s and %s differ", args[0], args[1])
	}
}

func digest(ts *testscript.TestScript, name string) [sha256.Size]byte {
	f, err := os.Open(ts.MkAbs(name))
	ts.Check(err)
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	ts.Check(err)
	return [sha256.Size]byte(h.Sum(nil))
}

// mode FILE MODE checks the permissions of a file.
func cmdMode(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != strings.TrimSpace(args[1]) {
		ts.Fatalf("%s has mode %s, want %s", args[0], got, args[1])
	}
}
