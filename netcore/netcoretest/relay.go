package netcoretest

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
)

// A Relay passes TCP connections on to a node, until they are cut: a cable that
// can be pulled.
type Relay struct {
	listener net.Listener
	to       netip.AddrPort
	work     sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]struct{}
	out   bool // the cable is out

	stalled atomic.Bool
}

// NewRelay starts a relay to a node on loopback; it ends with the test.
func NewRelay(t testing.TB, to netip.AddrPort) *Relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &Relay{listener: l, to: to, conns: make(map[net.Conn]struct{})}
	r.work.Go(r.accept)
	t.Cleanup(func() {
		l.Close()
		r.Pull()
		r.work.Wait()
	})
	return r
}

// Addr is where to connect to.
func (r *Relay) Addr() string { return r.listener.Addr().String() }

// Cut ends all connections, without a word to either side.
func (r *Relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stalled.Store(false)
	for c := range r.conns {
		c.Close()
	}
}

// Stall lets nothing through any more on the connections that there are and those to come, and
// tells neither side, until Cut.
func (r *Relay) Stall() { r.stalled.Store(true) }

// Pull cuts all connections and lets no new one through until Plug.
func (r *Relay) Pull() { r.set(true) }

// Plug lets connections through again.
func (r *Relay) Plug() { r.set(false) }

func (r *Relay) set(out bool) {
	r.mu.Lock()
	r.out = out
	r.mu.Unlock()
	if out {
		r.Cut()
	}
}

func (r *Relay) accept() {
	for {
		in, err := r.listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", r.to.String())
		if err != nil || !r.add(in, out) {
			in.Close()
			continue
		}
		r.work.Go(func() { r.pass(in, out) })
		r.work.Go(func() { r.pass(out, in) })
	}
}

func (r *Relay) add(conns ...net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range conns {
		if r.out {
			c.Close()
			continue
		}
		r.conns[c] = struct{}{}
	}
	return !r.out
}

// lossy swallows what is written while it is stalled.
type lossy struct {
	net.Conn
	stalled *atomic.Bool
}

func (l lossy) Write(p []byte) (int, error) {
	if l.stalled.Load() {
		return len(p), nil
	}
	return l.Conn.Write(p)
}

func (r *Relay) pass(from, to net.Conn) {
	_, _ = io.Copy(lossy{to, &r.stalled}, from) // a cut is no error
	from.Close()
	to.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, from)
}
