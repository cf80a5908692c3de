//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"ferry/netcore/netcoretest/lan"
)

// A stage is what all runs share: two hosts, and folders.
type stage struct {
	ctx              context.Context
	sender, receiver *lan.Host
	temp             string // keys and configurations
	mem, disk        string // folders in memory and on a disk
	runs             int
	ferries          []peer // what is measured, and what else takes part in each case
	peers            []peer // the others, those that are here
	out              io.Writer

	tree   string // describes what source is
	source string // what is sent; empty before the first case
}

// A job is the work of one run.
type job struct {
	*stage
	inbox string // an empty folder
	size  int64
}

// measure runs a case, all programs in turns, and reports. Every round begins
// with another program.
func (s *stage) measure(c benchCase) error {
	if err := s.setUp(c); err != nil {
		return err
	}
	peers, runs := s.partakers(c), s.runs
	if c.once {
		runs = 1
	}
	all := make([]series, len(peers))
	for round := range runs {
		for i := range peers {
			i := (i + round) % len(peers)
			all[i].peer = peers[i].name
			fmt.Fprintf(os.Stderr, "%s: round %d of %d: %s\n", c.name, round+1, runs, peers[i].name)
			result, err := s.once(c, peers[i], round == 0)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", c.name, peers[i].name, err)
			}
			all[i].samples = append(all[i].samples, result)
		}
	}
	_, err := io.WriteString(s.out, report(c, all))
	return err
}

// partakers returns who takes part in a case, ferry first.
func (s *stage) partakers(c benchCase) []peer {
	peers := slices.Clone(s.ferries)
	for _, p := range s.peers {
		if slices.Contains(c.against, p.name) {
			peers = append(peers, p)
		}
	}
	return peers
}

// setUp makes the network and what is sent as the case wants them.
func (s *stage) setUp(c benchCase) error {
	s.sender.SetRate(c.mbit)
	s.receiver.SetPath(c.path)
	if s.tree == c.tree.describe {
		return nil
	}
	s.tree = ""
	dir := filepath.Join(s.mem, "source")
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	source, err := c.tree.write(s.ctx, dir)
	if err == nil {
		s.tree, s.source = c.tree.describe, source
	}
	return err
}

// once is one run of one program. What ferry delivers is counted each time, and
// compared if it is to be.
func (s *stage) once(c benchCase, p peer, compare bool) (result sample, err error) {
	if err := s.ctx.Err(); err != nil {
		return result, err
	}
	j := &job{stage: s, inbox: filepath.Join(s.mem, "inbox")}
	if c.disk {
		j.inbox = filepath.Join(s.disk, "inbox")
	}
	_, j.size = c.tree.amount()
	if err := os.Mkdir(j.inbox, 0o755); err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(j.inbox)) }()
	// What was written or removed before is not to be this run's burden.
	if _, err := syncAll(j.inbox); err != nil {
		return result, err
	}
	if result, err = p.run(j); err != nil || p.silent {
		return result, err
	}
	if err := c.tree.check(j.inbox); err != nil {
		return result, err
	}
	if compare && p.ferry {
		err = sameContent(s.ctx, j.inbox, s.source)
	}
	return result, err
}

// run has the peer do a job and says what that came to.
func (p peer) run(j *job) (sample, error) {
	server, err := start(j.command(j.receiver, p.serve(j)))
	if err != nil {
		return sample{}, err
	}
	defer server.kill()
	if err := server.awaitListening(p.port); err != nil {
		return sample{}, err
	}
	before := time.Now()
	client, err := start(j.command(j.sender, p.send(j)))
	if err != nil {
		return sample{}, err
	}
	defer client.kill()
	if err := client.wait(); err != nil {
		return sample{}, fmt.Errorf("%w; the other end: %s", err, server.stderr.Bytes())
	}
	if p.both {
		<-server.ended
	}
	took := time.Since(before).Seconds()
	syncing, err := syncAll(j.inbox)
	if err != nil {
		return sample{}, err
	}
	if err := p.finish(server); err != nil {
		return sample{}, err
	}
	if p.took != nil {
		if took, err = p.took(j, client.stdout.Bytes()); err != nil {
			return sample{}, err
		}
	}
	return p.sum(j, client, server, before, took, syncing), nil
}

func (p peer) finish(server *process) error {
	if p.daemon {
		return server.quit()
	}
	return server.waitFor(patience)
}

// sum puts together what a run came to.
func (p peer) sum(j *job, client, server *process, before time.Time, took, syncing float64) sample {
	var r sample
	r[spent] = took
	r[goodput] = float64(j.size) / took
	if j.size > 0 {
		r[cpu] = (client.used() + server.used()) / (float64(j.size) / gib)
	}
	if !p.silent {
		r[synced] = took + syncing
	}
	if p.ferry {
		r[synced] = took
		r[memory] = float64(max(client.peak.Load(), server.peak.Load())) / kib
		r[offered] = server.stdout.offer.Sub(before).Seconds()
	}
	return r
}

func (s *stage) command(h *lan.Host, line []string) *exec.Cmd {
	cmd := h.Command(s.ctx, line[0], line[1:]...)
	cmd.Dir = s.temp
	cmd.Env = append(os.Environ(), "HOME="+s.temp)
	return cmd
}

// syncAll has the whole file system that dir is on written to its disk, as
// "sync -f" does, and says how many seconds that took.
func syncAll(dir string) (float64, error) {
	f, err := os.Open(dir)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	before := time.Now()
	err = unix.Syncfs(int(f.Fd()))
	return time.Since(before).Seconds(), err
}
