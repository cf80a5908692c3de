package main

import (
	"context"
	"errors"
	"flag"
	"net"
	"net/netip"
	"strconv"
	"time"

	"ferry/netcore"
)

const (
	// hearLimit is how long doctor waits until it hears another computer.
	hearLimit = 5 * time.Second
	// settleTime is how long the network may take to be known, and devices to answer.
	settleTime = time.Second
	// diagnoseLimit is more than a peer takes to try this computer's addresses.
	diagnoseLimit = 30 * time.Second
	// askAgain is when a peer that could not be asked is asked again: a link that has just
	// been made may give way to another one, and nobody may ask more often.
	askAgain   = 2200 * time.Millisecond
	mostAsking = 3 // times
)

type doctorOptions struct{ listen string }

func prepareDoctor(set *flag.FlagSet) action {
	o := new(doctorOptions)
	set.Func("listen", "", func(s string) error { o.listen = s; return checkListen(s) })
	return o.run
}

// run asks the Ferry that runs on this config folder, if there is one. If not, it makes a hidden node, which disturbs nobody, unless a peer is to be asked to try this
// computer and there is nothing yet that it could try.
func (o *doctorOptions) run(ctx context.Context, p *program, args []string) error {
	if len(args) > 1 {
		return &usageError{"doctor", "doctor takes one PEER at most."}
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	if o.listen == "" {
		if r, ok := p.askRunning(ctx, cfg.Dir, args); ok {
			return p.tellReport(ctx, cfg.Dir, r, args)
		}
	}
	cfg.Listen = o.listen
	if o.listen == "" && len(args) > 0 && p.free(netcore.DefaultPort) {
		cfg.Listen = net.JoinHostPort("", strconv.Itoa(netcore.DefaultPort))
	}
	cfg.Hidden = cfg.Listen == ""
	if !cfg.Hidden {
		cfg.Visibility = netcore.VisibleToAll
	}
	return p.withNode(ctx, cfg, person{answerNothing, compareNothing}, func(ctx context.Context, s session) error {
		if len(args) == 0 {
			return p.checkSelf(ctx, s.node)
		}
		return p.checkPeer(ctx, s.node, args[0], cfg.Hidden)
	})
}

// answerNothing leaves an offer unanswered: a person may accept it later, when
// Ferry runs.
func answerNothing(ctx context.Context, _ netcore.Offer) netcore.Answer {
	<-ctx.Done()
	return netcore.Answer{}
}

// checkSelf finds out how this computer is connected, and says so.
func (p *program) checkSelf(ctx context.Context, n node) error {
	p.screen.setStatus("Listening for other computers…")
	d, err := hear(ctx, n)
	if err != nil {
		return err
	}
	return p.tellSelf(d, n.Peers(), findingsOf(d, n.Addr(), p.free))
}

func (p *program) tellSelf(d netcore.Diagnosis, peers []netcore.Peer, found findings) error {
	p.screen.setStatus("")
	p.json.doctor(d, peers, found)
	for _, f := range found {
		p.tell(f)
	}
	p.tellPeers(peers)
	return asError(found.code())
}

// askRunning asks the Ferry that runs on the config folder dir, if there is one: it is what a person means, and what others
// connect to. A peer that it does not know of is looked for as if there were none.
func (p *program) askRunning(ctx context.Context, dir string, args []string) (netcore.Report, bool) {
	query := ""
	if len(args) > 0 {
		query = args[0]
	}
	p.screen.setStatus("Looking for a Ferry that runs here…")
	defer p.screen.setStatus("")
	r, err := netcore.AskRunning(ctx, dir, query)
	if err != nil {
		p.log.Debug("no Ferry runs here", "err", err)
	}
	return r, err == nil && (query == "" || r.Peer != nil)
}

// tellReport says how the Ferry is connected that runs here.
func (p *program) tellReport(ctx context.Context, dir string, r netcore.Report, args []string) error {
	var at netip.AddrPort
	if len(r.Self.Addrs) > 0 {
		at = r.Self.Addrs[0]
	}
	if len(args) == 0 {
		return p.tellSelf(r.Diagnosis, r.Peers, findingsOf(r.Diagnosis, at, p.free))
	}
	known := r.Peer // already; asked again only if that was in vain
	d, err := diagnose(ctx, func(ctx context.Context) netcore.PeerDiagnosis {
		if d := known; d != nil {
			known = nil
			return *d
		}
		if again, err := netcore.AskRunning(ctx, dir, args[0]); err == nil && again.Peer != nil {
			return *again.Peer
		}
		return *r.Peer // as it was
	})
	if err != nil {
		return err
	}
	return p.tellPeer(d, false)
}

// hear waits until another computer is heard, or should have been.
func hear(ctx context.Context, n node) (netcore.Diagnosis, error) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	begun := time.Now()
	for {
		d := n.Diagnose()
		waited := time.Since(begun)
		deaf := len(d.Interfaces) == 0 || d.Multicast != nil
		switch {
		case waited >= hearLimit, waited >= settleTime && (deaf || !d.Heard.IsZero()):
			return d, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return d, context.Cause(ctx)
		}
	}
}

// checkPeer finds out who of this computer and a peer can reach the other.
func (p *program) checkPeer(ctx context.Context, n node, query string, hidden bool) error {
	p.screen.setStatus("Looking for " + visible(query) + "…")
	peer, err := findPeer(ctx, n, query)
	if err != nil {
		var missing *peerError
		other, ok := elsewhere(n, query)
		if cause(ctx) != nil || !errors.As(err, &missing) || !ok {
			return err
		}
		peer = other
	}
	p.screen.setStatus("Trying who can reach whom…")
	d, err := diagnose(ctx, func(ctx context.Context) netcore.PeerDiagnosis { return n.DiagnosePeer(ctx, peer.ID) })
	if err != nil {
		return err
	}
	return p.tellPeer(d, hidden)
}

func (p *program) tellPeer(d netcore.PeerDiagnosis, hidden bool) error {
	v := verdictOf(d, hidden)
	p.screen.setStatus("")
	p.json.doctorPeer(d, v)
	p.tell(v.finding)
	for _, line := range attemptLines(d) {
		p.screen.note("  " + line)
	}
	return asError(findings{v.finding}.code())
}

// elsewhere returns the peer that query names though it does not answer: a known one, whose last
// addresses are tried, or one that has dialled this computer from that address.
func elsewhere(n node, query string) (netcore.Peer, bool) {
	if peer, err := knownPeer(n, query); err == nil {
		return peer, true
	}
	host, _, err := net.SplitHostPort(query)
	if err != nil {
		host = query
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netcore.Peer{}, false
	}
	for _, peer := range n.Peers() {
		for _, at := range peer.Addrs {
			if at.Addr() == addr {
				return peer, true
			}
		}
	}
	return netcore.Peer{}, false
}

// diagnose asks again where the peer could not be asked.
func diagnose(ctx context.Context, try func(context.Context) netcore.PeerDiagnosis) (netcore.PeerDiagnosis, error) {
	limited, cancel := context.WithTimeout(ctx, diagnoseLimit)
	defer cancel()
	for again := 1; ; again++ {
		d := try(limited)
		passing := errors.Is(d.BackErr, netcore.ErrLost) || errors.Is(d.BackErr, netcore.ErrBusy)
		if err := cause(ctx); err != nil || !passing || again == mostAsking {
			return d, err
		}
		select {
		case <-time.After(askAgain):
		case <-ctx.Done():
			return d, context.Cause(ctx)
		}
	}
}

// tell prints a finding: what is so, and what to do.
func (p *program) tell(f finding) {
	if p.json != nil {
		return
	}
	mark := map[health]string{well: "ok  ", ill: "BAD ", unsure: "?   "}[f.health]
	p.screen.result(mark + f.text)
	if f.todo != "" {
		p.screen.result("    " + f.todo)
	}
}

func (p *program) tellPeers(peers []netcore.Peer) {
	if p.json != nil {
		return
	}
	p.tell(peersFinding(peers))
}
