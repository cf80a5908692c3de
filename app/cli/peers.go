package main

import (
	"context"
	"errors"
	"flag"
	"net/netip"
	"strings"
	"time"

	"ferry/netcore"
)

const defaultLook = 3 * time.Second

type peersOptions struct {
	look  time.Duration
	known bool // print those that are known, here or not
}

func preparePeers(set *flag.FlagSet) action {
	o := &peersOptions{look: defaultLook}
	set.Func("for", "", func(s string) error {
		d, err := time.ParseDuration(s)
		if err != nil || d <= 0 {
			return errors.New("must be a time such as 500ms, 3s or 1m")
		}
		o.look = d
		return nil
	})
	set.BoolVar(&o.known, "known", false, "")
	return o.run
}

func (o *peersOptions) run(ctx context.Context, p *program, args []string) error {
	if len(args) > 0 {
		return &usageError{"peers", "peers takes no arguments."}
	}
	cfg, err := p.config()
	if err != nil {
		return err
	}
	cfg.Hidden = true
	return p.withNode(ctx, cfg, nobody, func(ctx context.Context, s session) error {
		select {
		case <-time.After(o.look):
			if o.known {
				p.printKnown(s.node.Known())
			} else {
				p.printPeers(s.node.Peers(), o.look)
			}
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
}

func (p *program) printPeers(peers []netcore.Peer, look time.Duration) {
	if p.json != nil {
		p.json.peers(peers)
	}
	if len(peers) == 0 {
		p.screen.note("Nobody was found in " + look.String() + ". Is Ferry running on the other computer, and is it on the same network?")
		return
	}
	if p.json == nil {
		for _, line := range peerTable(peers) {
			p.screen.result(line)
		}
	}
}

const nobodyKnown = "No device is known yet. One is when something was sent to it or received from it, or when it was connected to by address."

func (p *program) printKnown(peers []netcore.Peer) {
	if p.json != nil {
		p.json.peers(peers)
		return
	}
	if len(peers) == 0 {
		p.screen.note(nobodyKnown)
		return
	}
	for i, line := range peerTable(peers) {
		seen := "LAST SEEN       "
		if i > 0 {
			seen = seenText(peers[i-1])
		}
		p.screen.result(seen + "  " + line)
	}
}

// seenText is when a peer was here last, 16 columns wide.
func seenText(p netcore.Peer) string {
	switch {
	case p.Online:
		return "now             "
	case p.Seen.IsZero():
		return "never           "
	}
	return p.Seen.Local().Format("2006-01-02 15:04")
}

// peerTable returns the lines of a table, its heading first.
func peerTable(peers []netcore.Peer) []string {
	const heading = "NAME"
	width := len(heading)
	for _, peer := range peers {
		width = max(width, columns(visible(peer.Name)))
	}
	lines := []string{pad(heading, width) + "  " + pad("PEER ID", 52) + "  ONLINE  ADDRESSES"}
	for _, peer := range peers {
		online := "no "
		if peer.Online {
			online = "yes"
		}
		lines = append(lines, pad(visible(peer.Name), width)+"  "+peer.ID.String()+"  "+online+"     "+addressList(peer.Addrs))
	}
	return lines
}

func addressList(addrs []netip.AddrPort) string {
	texts := make([]string, len(addrs))
	for i, addr := range addrs {
		texts[i] = addr.String()
	}
	return strings.Join(texts, " ")
}
