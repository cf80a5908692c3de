package netcore

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"ferry/netcore/internal/conn"
	"ferry/netcore/internal/fault"
	"ferry/netcore/internal/identity"
	"ferry/netcore/internal/link"
	"ferry/netcore/internal/wire"
)

// runningFile, in the config folder, says where the node that runs on it listens. It proves nothing, and may be
// left from one that is over: whoever answers there has to show this folder's own identity.
const runningFile = "listening"

const (
	// reportFind and reportTime are how long a running node looks for a peer, and may take for all of it.
	reportFind = 2 * time.Second // it knows those that are online
	reportTime = 30 * time.Second
)

// A Report is how a node that runs in another program is connected.
type Report struct {
	Self      Peer
	Diagnosis Diagnosis
	Peers     []Peer // that are online
	// Peer is who of that node and the peer that was asked about can reach the other; nil if none was, or it
	// was not found, which PeerErr says why: it wraps what [Node.Find] returns.
	Peer    *PeerDiagnosis
	PeerErr error
}

// AskRunning asks the node that runs on the config folder dir, in another program of this computer, how it is
// connected, and, unless query is empty, who of it and the peer that query names (see [Node.Find]) can reach the other. The
// error wraps ErrOffline if none runs that others could reach.
func AskRunning(ctx context.Context, dir, query string) (Report, error) {
	addr, err := readRunning(dir)
	if err != nil {
		return Report{}, fmt.Errorf("%w: %w", ErrOffline, err)
	}
	id, _, err := identity.Open(dir)
	if err != nil {
		return Report{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, reportTime)
	defer cancel()
	cfg := &conn.Config{Identity: id, Hello: func() wire.Hello { return wire.Hello{Instance: newInstance()} }}
	c, err := conn.Dial(ctx, cfg, addr, id.ID(), wire.PurposeStatus)
	if err != nil {
		return Report{}, err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, c.Abort)()
	if err := c.SendControl(wire.TypeStatus, statusQuestion{query}); err != nil {
		return Report{}, err
	}
	if err := c.Flush(); err != nil {
		return Report{}, err
	}
	var a statusAnswer
	if err := c.Expect(wire.TypeStatus, &a); err != nil {
		return Report{}, err
	}
	return a.report(), nil
}

// readRunning returns where to dial the node that runs on dir.
func readRunning(dir string) (netip.AddrPort, error) {
	data, err := os.ReadFile(filepath.Join(dir, runningFile))
	if err != nil {
		return netip.AddrPort{}, err
	}
	addr, err := netip.ParseAddrPort(strings.TrimSpace(string(data)))
	if err == nil && addr.Addr().IsUnspecified() {
		loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
		addr = netip.AddrPortFrom(loopback, addr.Port())
	}
	return addr, err
}

// noteRunning says in the config folder where this node listens.
func (n *Node) noteRunning() {
	path := filepath.Join(n.cfg.Dir, runningFile)
	if err := os.WriteFile(path, []byte(n.Addr().String()+"\n"), 0o600); err != nil {
		n.log.Warn("others on this computer cannot ask how this node is connected", "err", err)
	}
}

type statusQuestion struct {
	Peer string `json:"peer,omitempty"` // as Find takes it
}

// statusAnswer is a Report between two programs of one version, on one computer.
type statusAnswer struct {
	Self      Peer       `json:"self"`
	Diagnosis Diagnosis  `json:"diagnosis"`
	Multicast string     `json:"multicast,omitempty"`
	Peers     []Peer     `json:"peers"`
	Found     *Peer      `json:"found,omitempty"`
	Linked    bool       `json:"linked,omitempty"`
	There     []result   `json:"there,omitempty"`
	Back      []result   `json:"back,omitempty"`
	BackCode  fault.Code `json:"back_code,omitempty"`
	PeerCode  fault.Code `json:"peer_code,omitempty"`
	PeerText  string     `json:"peer_text,omitempty"`
}

type result = wire.Result

func (a *statusAnswer) report() Report {
	r := Report{Self: a.Self, Diagnosis: a.Diagnosis, Peers: a.Peers}
	if a.Multicast != "" {
		r.Diagnosis.Multicast = errors.New(a.Multicast)
	}
	switch {
	case a.PeerText != "" && a.PeerCode == "":
		r.PeerErr = fmt.Errorf("%w: %s", ErrAmbiguous, a.PeerText)
	case a.PeerText != "":
		r.PeerErr = fmt.Errorf("%w: %s", a.PeerCode.Kind(), a.PeerText)
	case a.Found != nil:
		d := &PeerDiagnosis{Peer: *a.Found, Linked: a.Linked}
		d.There, d.Back = attempts(link.AttemptsOf(a.There)), attempts(link.AttemptsOf(a.Back))
		if a.BackCode != "" {
			d.BackErr = a.BackCode.Kind()
		}
		r.Peer = d
	}
	return r
}

// tellStatus answers another program of this computer that has this node's own identity.
func (n *Node) tellStatus(ctx context.Context, c *conn.Conn) {
	if c.Peer != n.identity.ID() || !n.isHere(c) {
		c.Fail(fmt.Errorf("%w: of no concern to others", ErrUntrusted))
		return
	}
	ctx, cancel := context.WithTimeout(ctx, reportTime)
	defer cancel()
	defer context.AfterFunc(ctx, c.Abort)()
	var q statusQuestion
	err := c.Expect(wire.TypeStatus, &q)
	if err == nil {
		err = c.SendControl(wire.TypeStatus, n.status(ctx, q.Peer))
	}
	if err != nil {
		c.Fail(err)
		return
	}
	c.Finish(conn.LingerTimeout)
}

// isHere reports whether the other end of c is on this computer.
func (n *Node) isHere(c *conn.Conn) bool {
	return c.Remote.Addr().IsLoopback() || c.Remote.Addr() == c.Local.Addr()
}

func (n *Node) status(ctx context.Context, query string) statusAnswer {
	a := statusAnswer{Self: n.Self(), Diagnosis: n.Diagnose(), Peers: n.Peers()}
	if err := a.Diagnosis.Multicast; err != nil {
		a.Multicast, a.Diagnosis.Multicast = err.Error(), nil
	}
	if query == "" {
		return a
	}
	finding, cancel := context.WithTimeout(ctx, reportFind)
	peer, err := n.Find(finding, query)
	cancel()
	if err != nil {
		a.PeerText = err.Error()
		if !errors.Is(err, ErrAmbiguous) {
			a.PeerCode = fault.CodeOf(err)
		}
		return a
	}
	d := n.DiagnosePeer(ctx, peer.ID)
	a.Found, a.Linked = &d.Peer, d.Linked
	a.There, a.Back = link.ResultsOf(linkAttempts(d.There)), link.ResultsOf(linkAttempts(d.Back))
	if d.BackErr != nil {
		a.BackCode = fault.CodeOf(d.BackErr)
	}
	return a
}

func linkAttempts(list []Attempt) (out []link.Attempt) {
	for _, a := range list {
		out = append(out, link.Attempt{Addr: a.Addr, RoundTrip: a.RoundTrip, Err: a.Err})
	}
	return out
}
