//go:build linux

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"ferry/netcore/netcoretest/lan"
)

type options struct {
	cases     []string // names; none: all
	runs      int
	mem, disk string
	ferry     string // paths; empty: built
	beside    string // empty: none
}

func main() {
	var o options
	flag.Func("case", "run this `NAME` only; may be given again: "+names(), o.addCase)
	flag.IntVar(&o.runs, "runs", 5, "how often each program does the work of a case")
	flag.StringVar(&o.mem, "mem", "/dev/shm", "a `DIR` in memory")
	flag.StringVar(&o.disk, "disk", "/var/tmp", "a `DIR` on a disk")
	flag.StringVar(&o.ferry, "ferry", "", "a ferry-cli `FILE` to measure (default: built from this source)")
	flag.StringVar(&o.beside, "beside", "", "another ferry-cli `FILE` that takes part in each case")
	flag.Parse()
	if flag.NArg() > 0 || o.runs < 1 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := withHolder(func(h *holder) error { return o.run(ctx, h) }); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func names() string {
	var all []string
	for _, c := range cases {
		all = append(all, c.name)
	}
	return strings.Join(all, ", ")
}

func (o *options) addCase(name string) error {
	if !slices.ContainsFunc(cases, func(c benchCase) bool { return c.name == name }) {
		return errors.New("there are " + names())
	}
	o.cases = append(o.cases, name)
	return nil
}

// run measures all that was asked for. A case that fails does not keep the
// others from being measured.
func (o *options) run(ctx context.Context, h *holder) error {
	s, err := o.stage(ctx, h)
	if err != nil {
		return err
	}
	var failed error
	for _, c := range cases {
		if len(o.cases) > 0 && !slices.Contains(o.cases, c.name) {
			continue
		}
		if err := s.measure(c); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			failed = errors.New("not all cases could be measured")
		}
		if ctx.Err() != nil {
			return errors.New("interrupted")
		}
	}
	return failed
}

// stage makes all that the runs need.
func (o *options) stage(ctx context.Context, h *holder) (*stage, error) {
	s := &stage{ctx: ctx, runs: o.runs, peers: available(), out: os.Stdout}
	for dir, parent := range map[*string]string{&s.temp: "", &s.mem: o.mem, &s.disk: o.disk} {
		var err error
		if *dir, err = h.tempDir(parent); err != nil {
			return nil, err
		}
	}
	if inMemory(s.disk) {
		fmt.Fprintf(os.Stderr, "bench: %s is in memory; -disk names a folder on a disk\n", o.disk)
	}
	net := lan.New(h, 2)
	s.sender, s.receiver = net.Host(1), net.Host(2)
	for _, p := range s.peers {
		if p.prepare == nil {
			continue
		}
		if err := p.prepare(s); err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return s, o.board(s)
}

func inMemory(dir string) bool {
	var fs unix.Statfs_t
	return unix.Statfs(dir, &fs) == nil && fs.Type == unix.TMPFS_MAGIC
}

// board finds the ferries, and builds what there is none of.
func (o *options) board(s *stage) error {
	exe := o.ferry
	if exe == "" {
		exe = filepath.Join(s.temp, "ferry-cli")
		if err := build(s.ctx, exe); err != nil {
			return err
		}
	}
	for i, path := range []string{exe, o.beside} {
		if path == "" {
			continue
		}
		path, err := filepath.Abs(path)
		if err != nil {
			return err
		}
		s.ferries = append(s.ferries, ferryPeer([]string{"ferry", "ferry beside"}[i], path, 47010+i))
	}
	return nil
}

// build makes ferry-cli as people get it.
func build(ctx context.Context, exe string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-o", exe, "ferry/app/cli")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}
