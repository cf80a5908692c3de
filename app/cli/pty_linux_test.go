package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// startpty NAME PROGRAM ARGS... runs a program in the background on a
// terminal of its own. What it shows goes to the file NAME.tty.
func cmdStartPTY(ts *testscript.TestScript, neg bool, args []string) {
	screen, terminal, err := openPTY()
	ts.Check(err)
	defer terminal.Close() // the program has its own copy
	shown, err := os.Create(ts.MkAbs(args[0] + ".tty"))
	ts.Check(err)
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		_, _ = shown.ReadFrom(screen) // ends with an error when the last program has left
	}()
	ts.Defer(func() { // runs after the program has ended: launch defers later
		<-copied
		screen.Close()
		shown.Close()
	})
	launch(ts, args[0], cmd)
	ts.Value(jobsKey{}).(jobs)[args[0]].keys = screen
}

// type NAME TEXT types on the terminal of a background program. "^C" is
// ctrl-C, "^M" is Enter.
func cmdType(ts *testscript.TestScript, neg bool, args []string) {
	keys := map[string]string{"^C": "\x03", "^M": "\r"}
	text, ok := keys[args[1]]
	if !ok {
		text = args[1] + "\r"
	}
	_, err := jobNamed(ts, args[0]).keys.WriteString(text)
	ts.Check(err)
}

func openPTY() (screen, terminal *os.File, err error) {
	screen, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	fd := int(screen.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		return nil, nil, err
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		return nil, nil, err
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	return screen, terminal, err
}
