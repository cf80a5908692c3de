package link

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/wire"
)

const (
	// callDelay is how long a peer may take to answer at one of its addresses
	// until it is asked to dial.
	callDelay = 250 * time.Millisecond
	// callTime is how long it may take then.
	callTime = dialTime

	// How often a peer may ask to be dialled: a transfer over many lanes asks
	// for all of them at once.
	callRate  = 4 // a second
	callBurst = 32
	// Of all peers together that are not remembered: an identity costs nothing.
	strangersCallRate  = 16
	strangersCallBurst = 128
)

// A call waits for a peer that was asked to dial.
type call struct {
	peer identity.PeerID
	came chan *conn.Conn // holds one
}

// Dial opens a connection to a peer for the given purpose, over the best of its
// addresses that works. If none has answered for a moment, or none did before,
// and a link stands, the peer is asked over that to dial instead: the
// connection's Dialled is false then, and all else is the same.
//
// The error is of the kind [fault.Offline] if no address answers and the peer
// has not dialled either, and [fault.Untrusted] if nothing is to be had to do with the peer; otherwise it is what the
// peer has answered.
func (m *Manager) Dial(ctx context.Context, id identity.PeerID, purpose wire.Purpose) (*conn.Conn, error) {
	if m.access(id) == None {
		return nil, fmt.Errorf("%w: not to be dialled", fault.Untrusted)
	}
	ctx, cancel := context.WithTimeout(ctx, conn.HandshakeTimeout)
	d := &dialling{results: make(chan dialled, 2)} // none of the two waits
	defer func() {
		cancel()
		d.settle()
	}()
	d.begin(func() (*conn.Conn, error) { return m.direct(ctx, id, purpose) })
	back := func() (*conn.Conn, error) { return m.beDialled(ctx, id) }
	patience := time.NewTimer(m.patience(id))
	defer patience.Stop()
	asked := false
	var errs []error
	for {
		select {
		case <-patience.C:
			patience.Reset(callDelay) // there may be a link by then
		case r := <-d.results:
			d.running--
			var remote *conn.RemoteError
			if r.err == nil || errors.As(r.err, &remote) {
				return r.c, r.err
			}
			errs = append(errs, r.err)
		}
		if !asked && len(m.linksTo(id)) > 0 {
			asked = true
			d.begin(back)
		}
		if d.running == 0 {
			return nil, joined(errs)
		}
	}
}

// joined is what a person hears of the ways that were tried.
func joined(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	return fmt.Errorf("%w, nor has the other device dialled (%w)", errs[0], errs[1])
}

// dialling is the ways in which a connection may come about.
type dialling struct {
	results chan dialled
	running int
}

type dialled struct {
	c   *conn.Conn
	err error
}

func (d *dialling) begin(dial func() (*conn.Conn, error)) {
	d.running++
	go func() {
		c, err := dial()
		d.results <- dialled{c, err}
	}()
}

// settle waits for those ways that are of no use any more.
func (d *dialling) settle() {
	for ; d.running > 0; d.running-- {
		if late := <-d.results; late.c != nil {
			late.c.Close()
		}
	}
}

// patience is how long a peer is dialled before it is asked to dial: not at all if there is
// no sign that it can be reached.
func (m *Manager) patience(id identity.PeerID) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	if p, ok := m.peers[id]; ok && p.places.works() {
		return callDelay
	}
	return 0
}

// direct dials a peer's addresses.
func (m *Manager) direct(ctx context.Context, id identity.PeerID, purpose wire.Purpose) (*conn.Conn, error) {
	m.mu.Lock()
	p, ok := m.peers[id]
	if !ok {
		m.mu.Unlock()
		return nil, fmt.Errorf("%w: no address is known", fault.Offline)
	}
	addrs := p.places.best(m.network)
	m.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	return conn.DialEach(ctx, m.cfg.Conn, addrs, id, purpose, m.noteAt(p))
}

// beDialled asks a peer to dial, and waits for it.
func (m *Manager) beDialled(ctx context.Context, id identity.PeerID) (*conn.Conn, error) {
	var token [16]byte
	rand.Read(token[:]) // never fails (crypto/rand, since Go 1.24)
	text := hex.EncodeToString(token[:])
	w := &call{peer: id, came: make(chan *conn.Conn, 1)}
	m.mu.Lock()
	m.calls[text] = w
	m.mu.Unlock()
	c, err := m.await(ctx, w, token)
	m.mu.Lock()
	delete(m.calls, text) // after this, none comes
	m.mu.Unlock()
	if err != nil {
		select {
		case late := <-w.came:
			late.Close()
		default:
		}
	}
	return c, err
}

func (m *Manager) await(ctx context.Context, w *call, token [16]byte) (*conn.Conn, error) {
	if !m.say(m.linksTo(w.peer), wire.TypeCall, token[:]) {
		return nil, fmt.Errorf("%w: no link", fault.Lost)
	}
	timeout := time.NewTimer(callTime)
	defer timeout.Stop()
	select {
	case c := <-w.came:
		return c, nil
	case <-timeout.C:
		return nil, fault.Timeout
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// expects reports whether a peer was asked to dial with this token.
func (m *Manager) expects(id identity.PeerID, token string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	w, ok := m.calls[token]
	return ok && w.peer == id
}

// takeCalled hands a connection that answers a call to whoever waits for it.
func (m *Manager) takeCalled(c *conn.Conn) {
	m.mu.Lock()
	w, ok := m.calls[c.Hello.Call]
	if ok = ok && w.peer == c.Peer; ok {
		delete(m.calls, c.Hello.Call)
		w.came <- c // it has room for one
	}
	m.mu.Unlock()
	if !ok {
		c.Fail(fmt.Errorf("%w: nobody has called", fault.Cancelled))
	}
}

// dialBack does what a peer asks for with a Call, unless it asks too often. It does not wait.
func (m *Manager) dialBack(p *peer, token [16]byte) {
	if m.cfg.Serve == nil || m.access(p.id) != Full {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !p.calls.Allow() || p.remembered.IsZero() && !m.called.Allow() {
		m.cfg.Log.Debug("called too often", "peer", p.id)
		return
	}
	m.start(func() { m.answer(p, hex.EncodeToString(token[:])) })
}

// answer dials a peer that has called, and lets the connection be served.
func (m *Manager) answer(p *peer, token string) {
	ctx, cancel := context.WithTimeout(m.ctx, callTime)
	cfg := m.cfg.Conn.With(func(_ identity.PeerID, h *wire.Hello) error { h.Call = token; return nil })
	c, err := conn.DialEach(ctx, cfg, m.known(p), p.id, wire.PurposeTransfer, m.noteAt(p))
	cancel()
	if err != nil {
		m.cfg.Log.Debug("dial back", "peer", p.id, "err", err)
		return
	}
	m.cfg.Serve(m.ctx, c)
}

// known returns where a peer itself has shown that it is: at the far ends of
// its links, and where it answered before. Nobody else has a say in that.
func (m *Manager) known(p *peer) []netip.AddrPort {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []netip.AddrPort
	for _, l := range p.links {
		if addr, ok := l.where(); ok && !slices.Contains(list, addr) {
			list = append(list, addr)
		}
	}
	for _, pl := range p.places.sorted(m.network) {
		if pl.proved && !slices.Contains(list, pl.addr) {
			list = append(list, pl.addr)
		}
	}
	return list[:min(len(list), maxAddrs)]
}
