package main

import (
	"bytes"
	"context"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"ferry/netcore"
)

// limit is how long a test waits for what must happen, on the slowest machine.
const limit = 60 * time.Second

var (
	anna = netcore.Peer{ID: netcore.PeerID{1}, Name: "Anna", System: "linux", Online: true,
		Addrs: []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:7776")}}
	bob = netcore.Peer{ID: netcore.PeerID{2}, Name: "Bob", System: "windows", Online: true, Verified: time.Unix(1, 0), AutoAccept: netcore.AutoAccept{On: true}}
)

// A fakeNode plays a node. Its life is what live does with the front end.
type fakeNode struct {
	cfg     netcore.Config
	live    func(ctx context.Context, h netcore.Handler) error // nil: just be there
	find    func(ctx context.Context, query string) (netcore.Peer, error)
	peers   []netcore.Peer
	onSend  []netcore.Transfer // the states that a sent transfer goes through
	past    []netcore.Transfer // what Past returns
	verify  func(context.Context, netcore.PeerID) error
	sendErr error

	hidden    bool // it listens nowhere
	known     []netcore.Peer
	ticket    string
	diagnosis netcore.Diagnosis
	found     netcore.PeerDiagnosis

	mu        sync.Mutex
	sent      []string
	cancelled []netcore.TransferID
	forgotten []netcore.PeerID
	query     netcore.Query        // what of the past was asked for
	dropped   []netcore.TransferID // from the past
	closed    bool
}

var fakeID = netcore.TransferID{7}

func (n *fakeNode) Run(ctx context.Context) error {
	if n.live != nil {
		if err := n.live(ctx, n.cfg.Handler); err != nil {
			return err
		}
	}
	<-ctx.Done()
	return nil
}

func (n *fakeNode) Close() error          { n.closed = true; return nil }
func (n *fakeNode) Self() netcore.Peer    { return netcore.Peer{ID: netcore.PeerID{9}, Name: n.cfg.Name} }
func (n *fakeNode) Inbox() string         { return n.cfg.Inbox }
func (n *fakeNode) Peers() []netcore.Peer { return n.peers }

func (n *fakeNode) Addr() netip.AddrPort {
	if n.hidden {
		return netip.AddrPort{}
	}
	return netip.MustParseAddrPort("127.0.0.1:7776")
}

func (n *fakeNode) Known() []netcore.Peer       { return n.known }
func (n *fakeNode) Ticket() string              { return n.ticket }
func (n *fakeNode) Diagnose() netcore.Diagnosis { return n.diagnosis }
func (n *fakeNode) Forget(id netcore.PeerID)    { n.forgotten = append(n.forgotten, id) }

func (n *fakeNode) DiagnosePeer(context.Context, netcore.PeerID) netcore.PeerDiagnosis {
	return n.found
}

func (n *fakeNode) Past(q netcore.Query) ([]netcore.Transfer, error) {
	n.query = q
	return n.past, nil
}

func (n *fakeNode) DropPast(ids ...netcore.TransferID) error {
	n.dropped = append(n.dropped, ids...)
	return nil
}

func (n *fakeNode) Verify(ctx context.Context, id netcore.PeerID) error { return n.verify(ctx, id) }
func (n *fakeNode) SetNickname(id netcore.PeerID, name string)          { n.change(id).Name = name }
func (n *fakeNode) Block(id netcore.PeerID)                             { n.change(id).Blocked = true }
func (n *fakeNode) Unblock(id netcore.PeerID)                           { n.change(id).Blocked = false }

func (n *fakeNode) SetAutoAccept(id netcore.PeerID, a netcore.AutoAccept) error {
	p := n.change(id)
	if a.On && p.Verified.IsZero() {
		return netcore.ErrNotVerified
	}
	p.AutoAccept = a
	return nil
}

// change returns the known peer that id names, to be changed.
func (n *fakeNode) change(id netcore.PeerID) *netcore.Peer {
	for i := range n.known {
		if n.known[i].ID == id {
			return &n.known[i]
		}
	}
	n.known = append(n.known, netcore.Peer{ID: id})
	return &n.known[len(n.known)-1]
}

// Cancel ends the transfer that was sent, as a node does that reaches the
// other side.
func (n *fakeNode) Cancel(id netcore.TransferID, _ netcore.Keep) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cancelled = append(n.cancelled, id)
	n.cfg.Handler.Event(netcore.TransferChanged{Transfer: outgoing(netcore.Cancelled, failedWith(netcore.ErrCancelled, false))})
}

func (n *fakeNode) Find(ctx context.Context, query string) (netcore.Peer, error) {
	if n.find != nil {
		return n.find(ctx, query)
	}
	return bob, nil
}

func (n *fakeNode) Continue(context.Context, string, []string) (netcore.TransferID, bool) {
	return netcore.TransferID{}, false
}

func (n *fakeNode) Send(_ netcore.PeerID, paths []string) (netcore.TransferID, error) {
	n.mu.Lock()
	n.sent = paths
	n.mu.Unlock()
	for _, t := range n.onSend {
		n.cfg.Handler.Event(netcore.TransferChanged{Transfer: t})
	}
	return fakeID, n.sendErr
}

// A buffer is an output stream that can be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// A bench is a host whose node is played.
type bench struct {
	host
	out, err buffer
	node     *fakeNode
}

func newBench(n *fakeNode) *bench {
	b := &bench{node: n}
	b.host = host{
		stdin:  strings.NewReader(""),
		stdout: &b.out,
		stderr: &b.err,
		width:  func() int { return 80 },
		free:   func(uint16) bool { return false },
		open: func(cfg netcore.Config) (node, error) {
			n.cfg = cfg
			return n, nil
		},
	}
	return b
}

// run runs ferry-cli with a config folder of its own.
func (b *bench) run(t *testing.T, args ...string) int {
	t.Helper()
	code := run(append([]string{"--config", t.TempDir()}, args...), b.host)
	t.Logf("exit %d\nstdout:\n%s\nstderr:\n%s", code, &b.out, &b.err)
	return code
}

func (b *bench) program() *program { return newProgram(b.host, globals{}) }

// outgoing is a transfer to Bob in a state.
func outgoing(state netcore.State, change ...func(*netcore.Transfer)) netcore.Transfer {
	t := netcore.Transfer{ID: fakeID, Peer: bob, State: state, Names: []string{"notes.txt"}, Files: 1, Bytes: 2000, Left: -1, Started: time.Now()}
	if state == netcore.Done {
		t.DoneFiles, t.DoneBytes = 1, 2000
	}
	for _, c := range change {
		c(&t)
	}
	return t
}

// incoming is a transfer from Anna in a state.
func incoming(id byte, state netcore.State, change ...func(*netcore.Transfer)) netcore.Transfer {
	t := outgoing(state, change...)
	t.ID, t.Direction, t.Peer, t.Dir = netcore.TransferID{id}, netcore.Incoming, anna, "/inbox"
	return t
}

// eventually waits until what holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("did not happen: %s", what)
		}
	}
}

func wantIn(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in:\n%s", part, text)
		}
	}
}
