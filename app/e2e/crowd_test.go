//go:build linux

package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ferry/netcore"
	"ferry/netcore/netcoretest/lan"
)

// crowdEnv names the environment variable that makes this program a crowd instead of tests.
const crowdEnv = "FERRY_CROWD"

// A crowd is a program with many nodes that keep one window busy. They meet it by its address, and neither each other
// nor anybody else.
type crowd struct {
	Dir     string // of the config folders
	Nodes   int
	Address string // the window's

	Path   string // the first node sends it
	Times  int    // in all; 0: never
	AtOnce int
	Upload int64 // bytes per second of all transfers

	Rename time.Duration // each time one of the nodes gets another name; 0: never
}

// start runs the crowd on a host until the test ends.
func (c crowd) start(t testing.TB, host *lan.Host) *process {
	t.Helper()
	spec, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := host.Command(context.Background(), os.Args[0])
	cmd.Env = append(os.Environ(), crowdEnv+"="+string(spec))
	return start(t, "crowd", cmd)
}

// config is the config folder of one of its nodes.
func (c crowd) config(i int) string { return filepath.Join(c.Dir, fmt.Sprintf("%03d", i)) }

// befriend has the window, which is not there yet, accept all that the crowd's first node sends.
func (c crowd) befriend(t testing.TB, windowDir string) {
	t.Helper()
	befriend(t, windowDir, "Peer 000", c.config(0))
}

// crowdMain is the crowd, until SIGTERM. It writes "met", "running" and "done N" to stdout.
func crowdMain(spec string) error {
	var c crowd
	if err := json.Unmarshal([]byte(spec), &c); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	nodes := make([]*netcore.Node, c.Nodes)
	sender := &crowdSender{crowd: c, states: make(map[netcore.TransferID]netcore.State), fresh: make(chan struct{}, 1)}
	var to netcore.PeerID
	for i := range nodes {
		node, err := netcore.New(netcore.Config{
			Dir: c.config(i), Name: fmt.Sprintf("Peer %03d", i), Listen: "0.0.0.0:0", Interfaces: []string{"none"},
			Limits: netcore.Limits{Upload: c.Upload}, Handler: sender,
		})
		if err != nil {
			return err
		}
		nodes[i] = node
		running.Go(func() {
			if err := node.Run(ctx); err != nil {
				fmt.Fprintln(os.Stderr, "crowd:", err)
			}
		})
		<-node.Started()
		p, err := node.Connect(ctx, c.Address)
		if err != nil {
			return err
		}
		to = p.ID
	}
	fmt.Println("met")
	if c.Times > 0 {
		return sender.send(ctx, nodes[0], to)
	}
	return c.rename(ctx, nodes)
}

// rename gives one node after the other another name.
func (c crowd) rename(ctx context.Context, nodes []*netcore.Node) error {
	if c.Rename == 0 {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(c.Rename)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-tick.C:
			nodes[i%len(nodes)].SetName(fmt.Sprintf("Peer %03d %d", i%len(nodes), i/len(nodes)))
		case <-ctx.Done():
			return nil
		}
	}
}

// A crowdSender keeps so many transfers under way.
type crowdSender struct {
	crowd  crowd
	mu     sync.Mutex
	states map[netcore.TransferID]netcore.State // of those that have not ended
	done   int
	err    error
	fresh  chan struct{} // something has changed
}

func (s *crowdSender) send(ctx context.Context, node *netcore.Node, to netcore.PeerID) error {
	told := 0
	for sent := 0; ; {
		s.mu.Lock()
		underWay, done, running, err := len(s.states), s.done, s.running(), s.err
		s.mu.Unlock()
		if err != nil {
			return err
		}
		for ; sent < s.crowd.Times && sent-done < s.crowd.AtOnce; sent++ {
			if _, err := node.Send(to, []string{s.crowd.Path}); err != nil {
				return err
			}
		}
		if done/100 > told/100 {
			told = done
			fmt.Println("done", done/100*100)
		}
		if running == s.crowd.AtOnce && underWay == running && told == 0 {
			fmt.Println("running")
		}
		select {
		case <-s.fresh:
		case <-ctx.Done():
			return nil
		}
	}
}

func (s *crowdSender) running() (n int) {
	for _, state := range s.states {
		if state == netcore.Running {
			n++
		}
	}
	return n
}

// Event implements netcore.Handler.
func (s *crowdSender) Event(ev netcore.Event) {
	c, ok := ev.(netcore.TransferChanged)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := c.Transfer
	switch {
	case t.State == netcore.Done:
		s.done++
		delete(s.states, t.ID)
	case t.State.Final():
		s.err = errors.Join(s.err, fmt.Errorf("a transfer ended as %v: %w", t.State, t.Err))
	case s.states[t.ID] == t.State:
		return
	default:
		s.states[t.ID] = t.State
	}
	select {
	case s.fresh <- struct{}{}:
	default:
	}
}

// Offer implements netcore.Handler.
func (s *crowdSender) Offer(context.Context, netcore.Offer) netcore.Answer { return netcore.Answer{} }

// Verify implements netcore.Handler.
func (s *crowdSender) Verify(context.Context, *netcore.Verification) netcore.Verdict {
	return netcore.Undecided
}

// tells polls until the crowd has said something.
func tells(p *process, words string) {
	p.t.Helper()
	eventually(p.t, "the crowd: "+words, func() error {
		out := string(p.output())
		switch {
		case strings.Contains(out+"\n", words+"\n"):
			return nil
		case !p.running():
			p.t.Fatalf("the crowd has ended: %v: %s", p.err, out)
		}
		return errors.New(out)
	})
}
