//go:build linux

package link

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/discovery"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

const nodePort = 7776

func init() {
	roles = map[string]func(args []string) error{"node": nodeMain, "crowd": crowdMain}
}

// A line is what a node prints, as JSON.
type line struct {
	At      time.Time
	Ready   *State  `json:",omitempty"` // itself; At is when it began
	Changed *State  `json:",omitempty"` // of a peer
	Clone   string  `json:",omitempty"` // where
	Answer  *answer `json:",omitempty"` // to a command
}

// An answer says how a command went.
type answer struct {
	Err     string        `json:",omitempty"`
	Dialled bool          `json:",omitempty"` // by this side
	Remote  string        `json:",omitempty"`
	Took    time.Duration `json:",omitempty"`
	CPU     time.Duration `json:",omitempty"` // of the process, up to now
	Memory  int64         `json:",omitempty"` // resident at most, in bytes
	Peers   int           `json:",omitempty"` // online
	Tried   []string      `json:",omitempty"`
}

// A childNode is a node as netcore makes one, without files.
type childNode struct {
	m    *Manager
	mdns *discovery.MDNS
	cfg  *conn.Config
	out  *json.Encoder
	mu   sync.Mutex // guards out
	work sync.WaitGroup
}

func (n *childNode) print(l line) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if l.At.IsZero() {
		l.At = time.Now()
	}
	if err := n.out.Encode(l); err != nil {
		panic(err)
	}
}

// nodeMain is a node that says what it sees, and does what its standard input says until
// that ends. Its arguments are the folder of its identity and its name, and "hidden".
func nodeMain(args []string) error {
	began := time.Now()
	log.SetOutput(io.Discard) // the library's, about address families that are missing
	id, _, err := identity.Open(args[0])
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", fmt.Sprintf(":%d", nodePort))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	n := newChildNode(id, args[1], nodePort, os.Stdout)
	n.mdns = discovery.NewMDNS(discovery.MDNSConfig{
		ID: id.ID(), Port: nodePort, NetworkChanged: n.m.SetNetwork, Log: n.cfg.Log,
	})
	n.print(line{At: began, Ready: &State{ID: id.ID(), Hello: n.cfg.Hello()}})
	n.serve(ctx, l)
	n.work.Go(func() {
		if err := n.mdns.Run(ctx, func(s discovery.Sighting) { n.m.Hint(s.ID, s.Addrs) }); err != nil {
			panic(err)
		}
	})
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		words := strings.Fields(in.Text())
		n.work.Go(func() { n.print(line{Answer: n.do(ctx, words)}) })
	}
	cancel()
	n.work.Wait()
	return nil
}

func newChildNode(id *identity.Identity, name string, port uint16, out io.Writer) *childNode {
	instance := hex.EncodeToString(fmt.Appendf(nil, "%x", time.Now().UnixNano()))
	n := &childNode{out: json.NewEncoder(out)}
	logger := slog.New(slog.DiscardHandler)
	if os.Getenv("FERRY_TEST_LOG") != "" {
		logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})).With("node", name)
	}
	n.cfg = &conn.Config{Identity: id, Log: logger, Hello: func() wire.Hello {
		return wire.Hello{Name: name, Port: port, Instance: instance}
	}}
	n.m = New(Config{
		Conn: n.cfg, Log: logger,
		Changed: func(s State) { n.print(line{Changed: &s}) },
		Serve:   func(_ context.Context, c *conn.Conn) { echo(c) },
		Clone:   func(addr netip.AddrPort, _ wire.Hello) { n.print(line{Clone: addr.String()}) },
	})
	n.cfg.Admit = n.m.Admit
	return n
}

// serve lets connections in, and runs the Manager.
func (n *childNode) serve(ctx context.Context, l net.Listener) {
	context.AfterFunc(ctx, func() { l.Close() })
	n.work.Go(func() { n.m.Run(ctx) })
	n.work.Go(func() {
		for {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			n.work.Go(func() {
				if c, err := conn.Accept(ctx, n.cfg, raw); err == nil && !n.m.Take(c) {
					echo(c)
				}
			})
		}
	})
}

// echo sends one frame back, as if it were a transfer.
func echo(c *conn.Conn) {
	defer c.Close()
	var j wire.Join
	if c.Expect(wire.TypeJoin, &j) == nil && c.SendControl(wire.TypeJoin, j) == nil && c.Flush() == nil {
		c.Finish(time.Second)
	}
}

// do carries out a command.
func (n *childNode) do(ctx context.Context, words []string) *answer {
	began := time.Now()
	a, err := n.command(ctx, words)
	if err != nil {
		a.Err = err.Error()
	}
	a.Took = time.Since(began)
	return &a
}

func (n *childNode) command(ctx context.Context, words []string) (a answer, err error) {
	var id identity.PeerID
	if len(words) > 1 && words[0] != "connect" {
		if id, err = identity.ParsePeerID(words[1]); err != nil {
			return a, err
		}
	}
	switch words[0] {
	case "dial":
		return n.dial(ctx, id)
	case "connect":
		_, err = n.m.Connect(ctx, []netip.AddrPort{netip.MustParseAddrPort(words[1])})
	case "remember":
		n.m.Remember(id, []netip.AddrPort{netip.MustParseAddrPort(words[2])})
	case "reach":
		a.Tried = tried(n.m.Reach(ctx, id))
	case "checkback":
		var list []Attempt
		list, err = n.m.CheckBack(ctx, id)
		a.Tried = tried(list)
	case "usage":
		var r syscall.Rusage
		err = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
		a.CPU = time.Duration(r.Utime.Nano() + r.Stime.Nano())
		a.Memory = r.Maxrss << 10
		a.Peers = len(n.m.Peers())
	default:
		err = errors.New("no such command")
	}
	return a, err
}

// dial opens a connection for a transfer and sees whether something comes back over it.
func (n *childNode) dial(ctx context.Context, id identity.PeerID) (a answer, err error) {
	c, err := n.m.Dial(ctx, id, wire.PurposeTransfer)
	if err != nil {
		return a, err
	}
	defer c.Close()
	a.Dialled, a.Remote = c.Dialled, c.Remote.Addr().String()
	j := wire.Join{ID: strings.Repeat("ab", 16)}
	if err := c.SendControl(wire.TypeJoin, j); err != nil {
		return a, err
	}
	if err := c.Flush(); err != nil {
		return a, err
	}
	return a, c.Expect(wire.TypeJoin, &j)
}

func tried(list []Attempt) []string {
	var out []string
	for _, a := range list {
		out = append(out, fmt.Sprintf("%v %v", a.Addr, a.Err))
	}
	return out
}

// crowdMain is as many nodes as its argument says, on ports from nodePort on, which
// find nobody by themselves.
func crowdMain(args []string) error {
	var count int
	if _, err := fmt.Sscan(args[0], &count); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var nodes []*childNode
	for i := range count {
		id, err := identity.New()
		if err != nil {
			return err
		}
		l, err := net.Listen("tcp", fmt.Sprintf(":%d", nodePort+i))
		if err != nil {
			return err
		}
		n := newChildNode(id, fmt.Sprint("crowd ", i), uint16(nodePort+i), io.Discard)
		n.serve(ctx, l)
		nodes = append(nodes, n)
	}
	self := childNode{out: json.NewEncoder(os.Stdout)}
	for _, n := range nodes {
		self.print(line{Ready: &State{ID: n.cfg.Identity.ID(), Hello: n.cfg.Hello()}})
	}
	_, err := io.Copy(io.Discard, os.Stdin)
	cancel()
	for _, n := range nodes {
		n.work.Wait()
	}
	return err
}
